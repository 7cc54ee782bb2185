#include "world/world_state.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "definition/known_definition.h"
#include "stream/definition_set.h"
#include "stream/log_reader.h"
#include "stream/table.h"
#include "tlog/proof.h"
#include "tools/toolset.h"
#include "world/cache_seal.h"
#include "world/claim.h"

namespace bw {
namespace {

constexpr std::string_view purpose = "bw.world-state.v1";
constexpr std::size_t max_snapshot_bytes = std::size_t{1} << 30;
constexpr std::size_t digest_digits = 64;
// Writing a snapshot costs more than folding so few entries again; what it costs grows with the state.
TreeSize worth_keeping(TreeSize size) {
  return std::max<TreeSize>(64, size / 512);
}

// Answers the fold out of the stream's tree.
class StreamArchive {
public:
  StreamArchive(const Environment& environment, const World& world)
      : environment_(environment),
        world_(world),
        tree_(stream_tree(world)),
        files_(world.repository, tree_) {}

  std::shared_ptr<const Definition> definition(const Digest& digest) {
    const auto [place, is_new] = definitions_.try_emplace(digest);
    if (!is_new) return place->second;
    const std::filesystem::path known = environment_.state_folder / "definitions";
    std::optional<Definition> made = read_known_definition(known, digest);
    if (!made) {
      LoadedDefinition loaded =
          load_definition(memory_source(read_definition_set(world_.repository, tree_, digest)));
      keep_known_definition(known, loaded);
      made = std::move(loaded.definition);
    }
    if (made) place->second = std::make_shared<const Definition>(*std::move(made));
    return place->second;
  }

  std::optional<Occurrence> entry(const EventId& id) {
    const auto index = world_.stream.ids.find(id);
    if (!index || *index >= world_.stream.covered()) return std::nullopt;
    // What it answers with is valid until it is asked again.
    answered_ = files_.file(*index / entries_per_file);
    const std::size_t line = *index % entries_per_file;
    if (line >= answered_->lines.size())
      throw Error(ErrorCode::invalid, fmt::format("the log lacks entry {}", *index));
    return cut_open(*index, answered_->lines[line]);
  }

  std::string rows(const Digest& root) const {
    const auto blob = world_.repository.find(tree_, table_path(root));
    return blob ? world_.repository.read_blob(blob->oid, max_table_bytes) : std::string();
  }

  Digest root(std::uint64_t size) const {
    return root_of(read_leaf_hashes(world_.repository, tree_, std::min(size, world_.stream.covered())));
  }

  LogFiles& files() { return files_; }

private:
  const Environment& environment_;
  const World& world_;
  git::Oid tree_;
  std::map<Digest, std::shared_ptr<const Definition>> definitions_;
  LogFiles files_;
  std::shared_ptr<const LogFiles::File> answered_;
};

std::unique_ptr<Fold> empty_fold(const std::shared_ptr<StreamArchive>& archive) {
  return std::make_unique<Fold>(
      Archive{.definition = [archive](const Digest& digest) { return archive->definition(digest); },
              .entry = [archive](const EventId& id) { return archive->entry(id); },
              .rows = [archive](const Digest& root) { return archive->rows(root); },
              .root = [archive](std::uint64_t size) { return archive->root(size); }},
      make_tools());
}

void fold_on(Fold& fold, StreamArchive& archive, TreeSize size) {
  read_entries(archive.files(), fold.size(), size, [&](std::uint64_t, std::string_view line) {
    fold.take(line);
    return true;
  });
}

std::filesystem::path snapshot_path(const World& world) {
  return world.repository.git_folder() / "bw" / "world-state";
}

// Nothing where there is none that belongs to this stream.
std::unique_ptr<Fold> read_snapshot(const Environment& environment, const World& world,
                                    const std::shared_ptr<StreamArchive>& archive) {
  const auto bytes = read_file_if_exists(snapshot_path(world), max_snapshot_bytes);
  if (!bytes || bytes->size() < digest_digits + 1) return nullptr;
  const auto seal = Digest::from_hex(std::string_view(*bytes).substr(0, digest_digits));
  const std::string_view content = std::string_view(*bytes).substr(digest_digits + 1);
  if (!seal || !is_cache_seal(environment, purpose, sha256(content).hex(), *seal)) return nullptr;
  try {
    const Json json = Json::parse(content);
    if (json.at("schemas") != schemas_digest()) return nullptr;
    const auto head = git::Oid::from_hex(json.at("head").get<std::string>());
    if (!head || !world.repository.has_object(*head)) return nullptr;
    if (!world.repository.is_ancestor(*head, *world.stream.head)) return nullptr;
    auto fold = empty_fold(archive);
    fold->restore(json.at("state"), Authority::from_json(json.at("authority")));
    return fold->size() <= world.stream.covered() ? std::move(fold) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

// A repository that can only be read costs time, no more.
void keep_snapshot(const Environment& environment, const World& world, const Fold& fold) {
  try {
    const std::string content = Json{
        {"authority", fold.authority().json()},
        {"head", world.stream.head->hex()},
        {"schemas", schemas_digest()},
        {"state", fold.json()}}.dump();
    const std::string seal = cache_seal(environment, purpose, sha256(content).hex()).hex() + "\n";
    write_file(snapshot_path(world), seal + content, 0600);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace

std::unique_ptr<Fold> fold_world(const Environment& environment, const World& world, TreeSize size,
                                 Listener* listener) {
  const auto archive = std::make_shared<StreamArchive>(environment, world);
  auto fold = empty_fold(archive);
  fold->listen(listener);
  fold_on(*fold, *archive, std::min(size, world.stream.covered()));
  fold->listen(nullptr);
  return fold;
}

std::unique_ptr<Fold> current_state(const Environment& environment, const World& world) {
  const auto archive = std::make_shared<StreamArchive>(environment, world);
  auto fold = read_snapshot(environment, world, archive);
  if (!fold) fold = empty_fold(archive);
  const TreeSize before = fold->size();
  fold_on(*fold, *archive, world.stream.covered());
  if (fold->size() - before >= worth_keeping(fold->size())) keep_snapshot(environment, world, *fold);
  return fold;
}

std::vector<Digest> digests_at(const Environment& environment, const World& world,
                               const std::vector<TreeSize>& sizes) {
  const auto archive = std::make_shared<StreamArchive>(environment, world);
  auto fold = empty_fold(archive);
  std::vector<Digest> digests;
  for (const TreeSize size : sizes) {
    fold_on(*fold, *archive, std::min(size, world.stream.covered()));
    digests.push_back(fold->digest());
  }
  return digests;
}

TreeSize size_at(const World& world, Timestamp moment) {
  TreeSize size = 0;
  // `recorded` never falls along the log.
  TreeSize low = 0, high = world.stream.covered();
  const git::Oid tree = stream_tree(world);
  while (low < high) {
    const TreeSize middle = low + (high - low) / 2;
    if (read_entry(world.repository, tree, middle).recorded <= moment.seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  size = low;
  return size;
}

}  // namespace bw
