#include "world/restore.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "git/transport.h"
#include "stream/line_file.h"
#include "world/backup_chain.h"
#include "world/config.h"
#include "world/identity.h"
#include "world/registry.h"
#include "world/world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_backups = 100;

std::string fetched_ref(std::string_view name) {
  return "refs/bw/fetched/" + std::string(name);
}

// The files of one backup, as they are put together; gone again when this goes.
class Unpacked {
public:
  explicit Unpacked(const Environment& environment) : folder_(environment.data_folder / "restoring") {
    remove();  // of a run that broke off
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
  }
  ~Unpacked() { remove(); }
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;

  const fs::path& folder() const { return folder_; }

  void take(const BackupPart& part) {
    const fs::path file = folder_ / part.path.text;
    fs::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary | (part.from == 0 ? std::ios::trunc : std::ios::app));
    stream.write(part.bytes.data(), static_cast<std::streamsize>(part.bytes.size()));
    stream.close();
    if (!stream) throw Error(ErrorCode::cannot, "cannot write " + file.string(), "is the disk full?");
    digests_[part.path.text] = part.digest;
    if (part.path.world) worlds_.insert(*part.path.world);
  }

  // Error(invalid) naming the first file that is not what its parts said.
  void check() const {
    for (const auto& [path, digest] : digests_) {
      if (sha256(read_file(folder_ / path, max_line_file_bytes)) != digest)
        throw Error(ErrorCode::invalid, path + " is not what its pieces said it is");
    }
  }
  const std::set<WorldId>& worlds() const { return worlds_; }

private:
  void remove() const {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path folder_;
  std::map<std::string, Digest> digests_;
  std::set<WorldId> worlds_;
};

class Restoring {
public:
  Restoring(const Environment& environment, const git::RemoteUrl& url)
      : environment_(environment),
        url_(url),
        lock_(backup_folder(environment) / "lock"),
        keys_(read_personal_seed(environment)),
        repository_(open_backup_copy(environment)) {}

  Restored run() {
    const std::vector<std::string> names = own_names();
    fetch(names);
    for (const std::string& name : names) result_.backups.push_back(take(name));
    return std::move(result_);
  }

private:
  git::TransportOptions options() const {
    return {.progress = environment_.progress, .may_prompt = environment_.may_prompt};
  }

  std::vector<std::string> own_names() {
    std::vector<std::string> names;
    for (const git::RemoteRef& ref : git::list_remote(url_, {std::string(backup_refs) + "*"}, options())) {
      const std::string name = ref.name.substr(backup_refs.size());
      if (is_own_backup_name(keys_, name)) {
        names.push_back(name);
      } else {
        ++result_.others;
      }
    }
    if (names.empty()) {
      throw Error(
          ErrorCode::invalid,
          result_.others > 0 ? fmt::format("none of the {} backups at {} is yours: they are of other people",
                                           result_.others, url_.shown())
                             : "there is no backup at " + url_.shown(),
          "backups open with the personal seed that made them: \"bw id restore\" brings it back from paper");
    }
    if (names.size() > max_backups)
      throw Error(ErrorCode::invalid, "there are more than 100 backups of yours at " + url_.shown());
    return names;
  }

  void fetch(const std::vector<std::string>& names) {
    std::vector<std::string> refspecs;
    std::map<std::string, std::optional<git::Oid>> before;
    for (const std::string& name : names) {
      refspecs.push_back("+" + backup_ref(name) + ":" + fetched_ref(name));
      // What this machine knows of it: what it fetched before, or sent itself.
      before[name] = repository_.ref(fetched_ref(name));
      if (const auto sent = repository_.ref(backup_ref(name))) before[name] = sent;
    }
    git::fetch(repository_, url_, refspecs, options());
    for (const auto& [name, known] : before) {
      const auto now = repository_.ref(fetched_ref(name));
      if (!known || !now || repository_.is_ancestor(*known, *now)) continue;
      result_.warnings.push_back(
          fmt::format("backup {}: {} shows an older or another state than this machine saw of it",
                      name.substr(0, 10), url_.shown()));
    }
  }

  RestoredBackup take(const std::string& name) {
    RestoredBackup row{.name = name, .at = {}, .pieces = 0, .problem = {}};
    const auto head = repository_.ref(fetched_ref(name));
    if (!head) {
      row.problem = "it vanished while it was fetched";
      return row;
    }
    try {
      Unpacked unpacked(environment_);
      const BackupManifest manifest =
          read_backup(repository_, *head, keys_, name, [&](const BackupPiece& piece) {
            for (const BackupPart& part : piece.parts) unpacked.take(part);
          });
      unpacked.check();
      row.at = manifest.at;
      row.pieces = manifest.pieces;
      merge(unpacked);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid) throw;
      row.problem = error.what();
    }
    return row;
  }

  void merge(const Unpacked& unpacked) {
    for (const WorldId& world : unpacked.worlds()) {
      Journal journal = open_journal(environment_, world);
      result_.journals.push_back(
          {world, merge_journal(journal, unpacked.folder() / "journals" / world.text())});
    }
    merge_worlds(unpacked.folder());
    merge_settings(unpacked.folder());
  }

  // Worlds of which this machine has neither name nor folder. Where their folders are not here they can be
  // cloned again.
  void merge_worlds(const fs::path& folder) {
    if (!fs::exists(folder / "worlds.json")) return;
    Environment there = environment_;
    there.data_folder = folder;
    const std::vector<KnownWorld> here = known_worlds(environment_);
    for (const KnownWorld& world : known_worlds(there)) {
      const bool known = std::any_of(here.begin(), here.end(), [&](const KnownWorld& each) {
        return each.id == world.id || each.folder == world.folder;
      });
      if (known) continue;
      remember_world(environment_, world);
      result_.worlds.push_back(world.name);
    }
  }

  void merge_settings(const fs::path& folder) {
    Environment there = environment_;
    there.config_folder = folder;
    for (const ConfigKey& key : config_keys()) {
      const auto value = config_value(there, key);
      if (!value || config_value(environment_, key)) continue;
      try {
        set_config_value(environment_, key, *value);
        result_.settings.push_back(key.name);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::usage) throw;
        result_.warnings.push_back("the setting " + key.name + " was not taken: " + error.what());
      }
    }
  }

  const Environment& environment_;
  const git::RemoteUrl& url_;
  FileLock lock_;
  BackupKeys keys_;
  git::Repository repository_;
  Restored result_;
};

}  // namespace

bool Restored::ok() const {
  return std::all_of(backups.begin(), backups.end(),
                     [](const RestoredBackup& backup) { return backup.problem.empty(); });
}

Restored restore_backups(const Environment& environment, const git::RemoteUrl& url) {
  return Restoring(environment, url).run();
}

}  // namespace bw
