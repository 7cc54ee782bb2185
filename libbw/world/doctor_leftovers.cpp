#include <cerrno>
#include <charconv>

#include <fmt/format.h>
#include <signal.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "world/examination.h"
#include "world/lock_holders.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_keep_file = 4096;

void take_away(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error)
    throw Error(ErrorCode::cannot, fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

// What git and libgit2 call what they have not finished writing. (git: tmp_obj_…, tmp_pack_…, .tmp-<pid>-…,
// the folders of a push that was not accepted yet; libgit2: tmp_object_git2_…, pack_git2_…, <file>_git2_….)
bool is_unfinished_object(std::string_view name) {
  return name.starts_with("tmp_") || name.starts_with(".tmp-") || name.starts_with("pack_git2_") ||
         name.starts_with("incoming-") || name.starts_with("tmp_objdir-");
}

// ".bw-<pid>-<number>.tmp": a file of ours that was not moved into its place (base/files.cpp).
std::optional<pid_t> writer_of(std::string_view name) {
  constexpr std::string_view start = ".bw-";
  if (!name.starts_with(start) || !name.ends_with(".tmp")) return std::nullopt;
  pid_t pid = 0;
  const std::string_view rest = name.substr(start.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), pid);
  if (error != std::errc{} || end == rest.data() + rest.size() || *end != '-') return std::nullopt;
  return pid;
}

bool is_running(pid_t pid) {
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

class Leftovers {
public:
  Leftovers(Examination& examination, const git::Repository& repository)
      : examination_(examination), git_(repository.git_folder()), work_tree_(repository.work_tree()) {}

  void look() {
    // What is seen may be removed.
    for (const fs::path& path : paths_below(git_)) look_at(path);
    if (work_tree_) {
      std::error_code unreadable;
      std::vector<fs::path> paths;
      for (const auto& entry : fs::directory_iterator(*work_tree_, unreadable)) paths.push_back(entry.path());
      for (const fs::path& path : paths) look_at_draft(path);
    }
    const Environment& environment = examination_.environment;
    for (const fs::path& folder :
         {environment.config_folder, environment.data_folder, environment.state_folder}) {
      for (const fs::path& path : paths_below(folder)) look_at_draft(path);
    }
  }

private:
  void look_at(const fs::path& path) {
    const std::string name = path.filename();
    const fs::path folder = path.parent_path();
    if (is_git_lock(path, git_)) {
      look_at_lock(path, "stale-lock", "the process that made this lock file is gone");
    } else if (is_unfinished_object(name) && fs::relative(path, git_).native().starts_with("objects")) {
      look_at_lock(path, "leftover", "the process that wrote it is gone");
    } else if (name.ends_with(".keep") && folder.filename() == "pack") {
      look_at_keep(path);
    } else {
      look_at_draft(path);
    }
  }

  void look_at_lock(const fs::path& path, const char* kind, const char* what) {
    std::error_code gone;
    if (!fs::exists(fs::symlink_status(path, gone))) return;  // with the folder it was in
    if (const auto reason = why_held(path, git_, work_tree_)) {
      if (std::string_view(kind) == "leftover") return;  // somebody is writing it
      examination_.left(
          kind, path.string(), "it is a lock, and " + *reason,
          "wait until that has ended, then run \"bw doctor\" again; where nothing works here, remove "
          "the file");
      return;
    }
    if (!fs::exists(fs::symlink_status(path, gone))) return;
    examination_.found(kind, path.string(), what, "it was removed", "remove it", [&] { take_away(path); });
  }

  // git keeps a pack that it fetches from being packed again until its refs are there:
  // "fetch-pack <pid> on <host>".
  void look_at_keep(const fs::path& path) {
    const std::string text = read_file_if_exists(path, max_keep_file).value_or("");
    if (text.starts_with("fetch-pack ") || text.starts_with("receive-pack "))
      look_at_lock(path, "leftover", "the fetch or push that made it is gone");
  }

  void look_at_draft(const fs::path& path) {
    const auto pid = writer_of(path.filename().native());
    std::error_code gone;
    if (!pid || is_running(*pid) || is_on_shared_disk(path.parent_path())) return;
    if (!fs::exists(fs::symlink_status(path, gone))) return;
    examination_.found("leftover", path.string(), "the process that wrote it is gone", "it was removed",
                       "remove it", [&] { take_away(path); });
  }

  Examination& examination_;
  fs::path git_;
  std::optional<fs::path> work_tree_;
};

}  // namespace

void examine_leftovers(Examination& examination, const git::Repository& repository) {
  Leftovers(examination, repository).look();
}

}  // namespace bw
