#include "world/backup_chain.h"

#include <fmt/format.h>

#include "base/error.h"
#include "tlog/tiles.h"
#include "world/lock_holders.h"
#include "world/new_folder.h"

namespace bw {
namespace {

constexpr const char* manifest_path = "manifest";

std::string piece_path(std::uint64_t number) {
  return "pieces/" + tile_number(number);
}

// Commits say nothing of whose they are.
git::Person nobody() {
  return {"backup", "backup@bw.invalid"};
}

class Reading {
public:
  Reading(const git::Repository& repository, const git::Oid& commit, const BackupKeys& keys,
          const std::string& name)
      : repository_(repository), tree_(repository.read_commit(commit).tree), keys_(keys), name_(name) {}

  BackupManifest run(const std::function<void(const BackupPiece&)>& visit) {
    const BackupManifest manifest = read_manifest();
    if (repository_.find(tree_, piece_path(manifest.pieces)))
      throw bad("its manifest", "it is older than the pieces beside it");
    std::optional<Digest> previous;
    for (std::uint64_t number = 0; number < manifest.pieces; ++number) {
      const std::string sealed = blob(piece_path(number), "piece " + std::to_string(number));
      const BackupPiece piece = open(number, sealed);
      if (piece.previous != previous) {
        throw bad("piece " + std::to_string(number),
                  "it does not continue the one before, of which an older version was put here");
      }
      for (const BackupPart& part : piece.parts) take(number, part);
      visit(piece);
      previous = sha256(sealed);
    }
    if (previous != manifest.last)
      throw bad("piece " + std::to_string(manifest.pieces - 1), "it is not the one that the manifest names");
    return manifest;
  }

private:
  Error bad(const std::string& what, const std::string& why) const {
    return {ErrorCode::invalid, fmt::format("backup {}: {}: {}", name_.substr(0, 10), what, why),
            "whoever keeps that repository changed or lost it; another copy of the backup may be whole"};
  }

  std::string blob(const std::string& path, const std::string& what) const {
    const auto entry = repository_.find(tree_, path);
    if (!entry || entry->mode != git::Mode::file) throw bad(what, "it is missing");
    return repository_.read_blob(entry->oid, max_sealed_piece);
  }

  BackupManifest read_manifest() const {
    const auto content = open_piece(keys_, manifest_context(name_), blob(manifest_path, "its manifest"));
    if (!content) throw bad("its manifest", content.reason());
    const auto manifest = BackupManifest::parse(*content);
    if (!manifest) throw bad("its manifest", manifest.reason());
    return *manifest;
  }

  BackupPiece open(std::uint64_t number, const std::string& sealed) const {
    const std::string what = "piece " + std::to_string(number);
    const auto content = open_piece(keys_, piece_context(name_, number), sealed);
    if (!content) throw bad(what, content.reason());
    auto piece = BackupPiece::parse(*content);
    if (!piece) throw bad(what, piece.reason());
    if (piece->number != number) throw bad(what, "it says that it is another");
    return *std::move(piece);
  }

  void take(std::uint64_t number, const BackupPart& part) {
    std::uint64_t& size = sizes_[part.path.text];
    if (part.from != 0 && part.from != size)
      throw bad("piece " + std::to_string(number),
                "it does not continue " + part.path.text + " where that ends");
    size = part.from + part.bytes.size();
  }

  const git::Repository& repository_;
  git::Oid tree_;
  const BackupKeys& keys_;
  const std::string& name_;
  std::map<std::string, std::uint64_t> sizes_;
};

}  // namespace

std::filesystem::path backup_folder(const Environment& environment) {
  return environment.state_folder / "backup";
}

git::Repository open_backup_copy(const Environment& environment) {
  const std::filesystem::path folder = backup_folder(environment) / "copy.git";
  if (!NewFolder::is_to_be_made(folder)) {
    remove_stale_locks(folder);
    return git::Repository::open(folder);
  }
  std::filesystem::permissions(backup_folder(environment), std::filesystem::perms::owner_all);
  NewFolder place(folder);
  git::Repository repository = git::Repository::create(folder, true);
  place.keep();
  return repository;
}

std::string backup_ref(std::string_view name) {
  return std::string(backup_refs) + std::string(name);
}

BackupManifest read_backup(const git::Repository& repository, const git::Oid& commit, const BackupKeys& keys,
                           const std::string& name, const std::function<void(const BackupPiece&)>& visit) {
  return Reading(repository, commit, keys, name).run(visit);
}

BackupWriter::BackupWriter(const Environment& environment, git::Repository& repository,
                           const BackupKeys& keys, std::string name, const std::optional<git::Oid>& base,
                           const std::optional<BackupManifest>& last)
    : environment_(environment), repository_(repository), keys_(keys), name_(std::move(name)), base_(base) {
  if (!last) return;
  previous_ = last->last;
  piece_.number = result_.pieces = last->pieces;
}

void BackupWriter::add(const BackupPath& path, std::uint64_t from, std::string_view bytes,
                       std::string_view whole) {
  const std::uint64_t begin = from;
  do {
    if (filled_ == max_part_bytes || piece_.parts.size() == max_parts) flush();
    const std::string_view part = bytes.substr(from - begin, max_part_bytes - filled_);
    piece_.parts.push_back({path, from, std::string(part), sha256(whole.substr(0, from + part.size()))});
    filled_ += part.size();
    from += part.size();
  } while (from - begin < bytes.size());
}

void BackupWriter::flush() {
  if (piece_.parts.empty()) return;
  if (piece_.number == max_pieces)
    throw Error(ErrorCode::refused, "the backup has a million pieces",
                "begin another: bw journal backup --anew");
  piece_.previous = previous_;
  const std::string sealed =
      seal_piece(keys_, piece_context(name_, piece_.number), piece_.content(), environment_.random);
  previous_ = sha256(sealed);
  edits_.push_back({piece_path(piece_.number), repository_.write_blob(sealed)});
  ++result_.added;
  result_.pieces = piece_.number + 1;
  result_.bytes += sealed.size();
  environment_.report(fmt::format("sealed {} pieces", result_.added));
  piece_ = BackupPiece{.number = result_.pieces, .previous = {}, .parts = {}};
  filled_ = 0;
}

BackupWriter::Result BackupWriter::finish() {
  flush();
  if (result_.added == 0) return result_;
  const BackupManifest manifest{environment_.now(), result_.pieces, *previous_};
  const std::string sealed =
      seal_piece(keys_, manifest_context(name_), manifest.content(), environment_.random);
  edits_.push_back({manifest_path, repository_.write_blob(sealed)});
  result_.bytes += sealed.size();
  std::optional<git::Oid> before;
  if (base_) before = repository_.read_commit(*base_).tree;
  std::vector<git::Oid> parents;
  if (base_) parents.push_back(*base_);
  result_.commit = repository_.commit({.tree = repository_.edit_tree(before, edits_),
                                       .parents = parents,
                                       .author = nobody(),
                                       .time = manifest.at,
                                       .message = "Backup\n"},
                                      {});
  return result_;
}

}  // namespace bw
