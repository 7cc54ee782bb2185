#include "git/erasing.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "git/git_command.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

Finished git(const Repository& repository, const std::vector<std::string>& arguments) {
  Finished finished = run_git(&repository, {}, arguments, {});
  if (finished.status == 0) return finished;
  throw Error(ErrorCode::cannot,
              "git " + arguments.front() + " failed in " + repository.git_folder().string() + ": " +
                  reason_in(finished.error_output),
              "nothing was removed there; look at it with: git fsck");
}

// What no ref, reflog or index leads to, with its type. fsck looks into packs as well.
std::map<Oid, std::string> unreachable(const Repository& repository) {
  std::map<Oid, std::string> found;
  const Finished finished =
      git(repository, {"fsck", "--unreachable", "--connectivity-only", "--no-progress"});
  for (const std::string_view line : split(finished.output, '\n')) {
    // "unreachable blob <oid>"
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() != 3 || words[0] != "unreachable") continue;
    if (const auto oid = Oid::from_hex(words[2])) found.emplace(*oid, words[1]);
  }
  return found;
}

fs::path loose_path(const Repository& repository, const Oid& oid) {
  const std::string hex = oid.hex();
  return repository.git_folder() / "objects" / hex.substr(0, 2) / hex.substr(2);
}

void remove_loose(const Repository& repository, const std::vector<Oid>& objects) {
  for (const Oid& oid : objects) {
    std::error_code error;
    fs::remove(loose_path(repository, oid), error);
    if (error) {
      throw Error(ErrorCode::cannot, "cannot remove the object " + oid.hex() + " from " +
                                         repository.git_folder().string() + ": " + error.message());
    }
  }
}

// Asked of the disk, not of what an open repository remembers.
std::vector<Oid> still_there(const Repository& repository, const std::vector<Oid>& objects) {
  const Repository fresh = Repository::open(repository.git_folder());
  std::vector<Oid> there;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(there),
               [&](const Oid& oid) { return fresh.has_object(oid); });
  return there;
}

}  // namespace

std::vector<Oid> objects_below(const Repository& repository, const std::vector<Oid>& commits) {
  std::vector<Oid> objects;
  if (commits.empty()) return objects;
  std::vector<std::string> arguments = {"rev-list", "--objects", "--no-object-names"};
  for (const Oid& commit : commits) arguments.push_back(commit.hex());
  const Finished finished = git(repository, arguments);
  for (const std::string_view line : split(finished.output, '\n')) {
    if (const auto oid = Oid::from_hex(line)) objects.push_back(*oid);
  }
  return objects;
}

std::vector<Oid> unreachable_commits(const Repository& repository) {
  std::vector<Oid> commits;
  for (const auto& [oid, type] : unreachable(repository)) {
    if (type == "commit") commits.push_back(oid);
  }
  return commits;
}

void forget_past_of(const Repository& repository, std::string_view ref) {
  if (!fs::exists(repository.git_folder() / "logs" / ref)) return;
  git(repository, {"reflog", "expire", "--expire=all", std::string(ref)});
}

std::vector<Oid> remove_unreachable(const Repository& repository, const std::vector<Oid>& objects) {
  const std::map<Oid, std::string> free = unreachable(repository);
  std::vector<Oid> going;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(going),
               [&](const Oid& oid) { return free.contains(oid); });
  if (!going.empty()) {
    remove_loose(repository, going);
    if (!still_there(repository, going).empty()) {
      // Packed: all that is unreachable becomes loose (-A), and only ours is then removed.
      git(repository, {"repack", "-A", "-d", "-q"});
      remove_loose(repository, going);
    }
  }
  return still_there(repository, objects);
}

}  // namespace bw::git
