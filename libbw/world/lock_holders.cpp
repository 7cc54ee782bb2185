#include "world/lock_holders.h"

#include <array>
#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr auto first_second = std::chrono::milliseconds(1000);
constexpr auto patience = std::chrono::seconds(10);
constexpr auto pause = std::chrono::milliseconds(50);
constexpr std::size_t max_environment = 4u << 20;

bool lies_in(const fs::path& path, const fs::path& folder) {
  const std::string& inner = path.native();
  const std::string& outer = folder.native();
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

// The repository as processes name it.
struct LockedPlace {
  std::vector<fs::path> folders;
  fs::path git_folder;

  LockedPlace(const fs::path& git, const std::optional<fs::path>& work_tree) {
    std::error_code ignored;
    git_folder = fs::weakly_canonical(git, ignored);
    folders.push_back(git_folder);
    if (work_tree) folders.push_back(fs::weakly_canonical(*work_tree, ignored));
  }
  bool holds(const fs::path& path) const {
    for (const fs::path& folder : folders) {
      if (lies_in(path, folder)) return true;
    }
    return false;
  }
  bool is_named_in(std::string_view text) const {
    for (const fs::path& folder : folders) {
      if (text.find(folder.native()) != std::string_view::npos) return true;
    }
    return false;
  }
};

// What cannot be read is empty: the process has ended meanwhile, or is another user's.
std::string text_of(const fs::path& file) {
  try {
    return read_file_if_exists(file, max_environment).value_or("");
  } catch (const Error&) {
    return {};
  }
}

bool is_git_or_bw(const fs::path& process) {
  const std::string name = text_of(process / "comm");
  std::error_code unreadable;
  const fs::path program = fs::read_symlink(process / "exe", unreadable);
  const fs::path own = fs::read_symlink("/proc/self/exe", unreadable);
  return name.starts_with("git") || name.starts_with("bw\n") || name.starts_with("bw-") ||
         (!program.empty() && program == own);
}

bool works_in(const fs::path& process, const LockedPlace& place) {
  std::error_code unreadable;
  const fs::path folder = fs::read_symlink(process / "cwd", unreadable);
  // The kernel lets go of the folder after memory and files: a process without one is ending, and does
  // nothing more.
  if (unreadable == std::errc::no_such_file_or_directory || unreadable == std::errc::no_such_process)
    return false;
  // Where even that is not to be seen it may be anywhere.
  return unreadable || place.holds(folder) || place.is_named_in(text_of(process / "cmdline")) ||
         place.is_named_in(text_of(process / "environ"));
}

bool has_file_open(const fs::path& process, const fs::path& git_folder) {
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(process / "fd", unreadable)) {
    std::error_code gone;
    if (lies_in(fs::read_symlink(entry.path(), gone), git_folder)) return true;
  }
  return false;
}

bool is_ended(const fs::path& process) {
  // "<pid> (<name>) <state> …"; a zombie holds nothing.
  const std::string status = text_of(process / "stat");
  const std::size_t end = status.rfind(')');
  return end == std::string::npos || end + 2 >= status.size() || status[end + 2] == 'Z' ||
         status[end + 2] == 'X';
}

std::optional<std::string> holder(const LockedPlace& place, uid_t owner) {
  const std::string own = std::to_string(::getpid());
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const fs::path& process = entry.path();
    const std::string number = process.filename();
    if (number.find_first_not_of("0123456789") != std::string::npos || number == own) continue;
    struct stat status {};
    if (::stat(process.c_str(), &status) != 0 || status.st_uid != owner || is_ended(process)) continue;
    if ((is_git_or_bw(process) && works_in(process, place)) || has_file_open(process, place.git_folder)) {
      std::string name = text_of(process / "comm");
      while (name.ends_with('\n')) name.pop_back();
      return fmt::format("process {} ({}) works in this repository", number, printable(name));
    }
  }
  return std::nullopt;
}

std::chrono::milliseconds age_of(const struct stat& status) {
  using std::chrono::system_clock;
  const auto changed =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch() -
                                                               changed);
}

}  // namespace

bool is_git_lock(const fs::path& file, const fs::path& git_folder) {
  const std::string name = file.filename();
  const fs::path folder = file.parent_path();
  const bool locks = name.ends_with(".lock") && name.size() > 5;
  return (locks && folder != git_folder / "bw") || (name == "packed-refs.new" && folder == git_folder);
}

void remove_stale_locks(const fs::path& git_folder) {
  const auto limit = std::chrono::steady_clock::now() + patience;
  for (const fs::path& file : paths_below(git_folder)) {
    if (!is_git_lock(file, git_folder)) continue;
    while (const auto reason = why_held(file, git_folder, std::nullopt)) {
      if (std::chrono::steady_clock::now() >= limit)
        throw Error(ErrorCode::cannot, fmt::format("{} is a lock, and {}", file.string(), *reason),
                    "wait until that has ended; where nothing works there, remove the file");
      std::this_thread::sleep_for(pause);
    }
    std::error_code gone;
    fs::remove(file, gone);
  }
}

bool is_on_shared_disk(const fs::path& path) {
  // As linux/magic.h and the kernel's sources name them; FUSE carries sshfs, among others.
  constexpr std::array<unsigned long, 8> shared = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                                                   SMB2_SUPER_MAGIC, V9FS_MAGIC,      CEPH_SUPER_MAGIC,
                                                   FUSE_SUPER_MAGIC, AFS_FS_MAGIC};
  struct statfs disk {};
  if (::statfs(path.c_str(), &disk) != 0) return false;
  for (const unsigned long magic : shared) {
    if (static_cast<unsigned long>(disk.f_type) == magic) return true;
  }
  return false;
}

std::optional<std::string> why_held(const fs::path& file, const fs::path& git_folder,
                                    const std::optional<fs::path>& work_tree) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return std::nullopt;
  if (status.st_uid != ::geteuid()) return "it belongs to another user";
  if (is_on_shared_disk(file.parent_path())) return "it lies on a disk that other machines may use";
  if (const auto age = age_of(status); age < first_second) {
    // From a clock that was ahead: once more, and no longer.
    std::this_thread::sleep_for(age < std::chrono::milliseconds(0) ? first_second : first_second - age);
    struct stat again {};
    if (::lstat(file.c_str(), &again) != 0) return std::nullopt;
    if (again.st_ino != status.st_ino || again.st_mtim.tv_nsec != status.st_mtim.tv_nsec)
      return "it was made just now";
  }
  return holder(LockedPlace(git_folder, work_tree), status.st_uid);
}

}  // namespace bw
