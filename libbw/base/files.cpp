#include "base/files.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr unsigned group_and_others = 077;

std::string hint_for(int error, const fs::path& path) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "the disk is full or the quota is used up: free some space and try again; nothing was changed";
    case EFBIG:
      return "the file would be larger than the system allows; nothing was changed";
    case EROFS:
      return "the file system is read-only: work on a copy elsewhere, or mount it writable";
    case EACCES:
    case EPERM:
      return "check who owns " + path.string() + " and its permissions, and those of its folder";
    case EMFILE:
    case ENFILE:
      return "too many files are open: close other programs, or raise the limit (ulimit -n)";
    case ELOOP:
      return "a symbolic link is not accepted here: put the file itself in its place";
    default:
      return {};
  }
}

[[noreturn]] void fail(const std::string& verb, const fs::path& path, int error) {
  throw Error(ErrorCode::cannot, "cannot " + verb + " " + path.string() + ": " + std::strerror(error),
              hint_for(error, path));
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) fail("open the folder", folder, errno);
  // EINVAL: a file system that has nothing to sync for folders.
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL) fail("make durable the folder", folder, errno);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

void create_folders(const fs::path& folder, mode_t mode) {
  if (is_folder(folder)) return;
  const fs::path above = folder_of(folder);
  if (above != folder) create_folders(above, mode);
  if (::mkdir(folder.c_str(), mode) == 0) {
    sync_folder(above);
  } else if (errno != EEXIST || !is_folder(folder)) {
    fail("create the folder", folder, errno);
  }
}

mode_t folder_mode(unsigned file_mode) {
  return (file_mode & group_and_others) == 0 ? 0700 : 0777;
}

// Returns the error number, 0 where all was written.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// A file beside its destination, gone again unless it was moved there.
class Draft {
public:
  Draft(fs::path destination, unsigned mode) : destination_(std::move(destination)) {
    static std::atomic<unsigned> counter{0};
    const fs::path folder = folder_of(destination_);
    create_folders(folder, folder_mode(mode));
    for (int attempt = 0; attempt < 1000 && descriptor_ < 0; ++attempt) {
      path_ = folder / (".bw-" + std::to_string(::getpid()) + "-" + std::to_string(++counter) + ".tmp");
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (descriptor_ < 0 && errno != EEXIST) fail("write", destination_, errno);
    }
    if (descriptor_ < 0) fail("write", destination_, EEXIST);
  }
  ~Draft() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!moved_) ::unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void set_mode(mode_t mode) {
    if (::fchmod(descriptor_, mode) != 0) fail("set the permissions of", destination_, errno);
  }
  void write(std::string_view content) {
    int error = write_all(descriptor_, content);
    if (error == 0 && ::fsync(descriptor_) != 0) error = errno;
    // Some network file systems report a full disk only here.
    if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0) error = errno;
    if (error != 0) fail("write", destination_, error);
  }
  void replace_destination() {
    if (::rename(path_.c_str(), destination_.c_str()) != 0) fail("write", destination_, errno);
    moved_ = true;
    sync_folder(folder_of(destination_));
  }
  void become_destination() {
    moved_ = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, destination_.c_str(), RENAME_NOREPLACE) == 0;
    const bool not_supported = !moved_ && (errno == EINVAL || errno == ENOSYS);
    const bool created = moved_ || (not_supported && ::link(path_.c_str(), destination_.c_str()) == 0);
    if (!created) fail("create", destination_, errno);
    sync_folder(folder_of(destination_));
  }

private:
  fs::path destination_;
  fs::path path_;
  int descriptor_ = -1;
  bool moved_ = false;
};

std::string read_regular(const Descriptor& descriptor, const fs::path& path, std::size_t max_bytes) {
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) fail("read", path, errno);
  if (S_ISDIR(status.st_mode)) fail("read", path, EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::cannot, "cannot read " + path.string() + ": it is not a regular file");
  }
  const auto too_large = [&]() -> Error {
    return {ErrorCode::invalid, path.string() + " is larger than " + std::to_string(max_bytes) + " bytes"};
  };
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > max_bytes) throw too_large();
  // Read until the end and not until `size`: the file may be growing, and /proc has files of size 0.
  std::string content;
  std::size_t filled = 0;
  while (true) {
    content.resize(std::max(size + 1, filled + 4096));
    const ssize_t got = ::read(descriptor.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) throw too_large();
  }
  content.resize(filled);
  return content;
}

int open_to_read(const fs::path& path, Links links) {
  // Non-blocking, or opening a named pipe would wait for its writer.
  const int refuse_link = links == Links::refuse ? O_NOFOLLOW : 0;
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | refuse_link);
}

}  // namespace

std::string read_file(const fs::path& path, std::size_t max_bytes, Links links) {
  const Descriptor descriptor(open_to_read(path, links));
  if (!descriptor.is_open()) fail("read", path, errno);
  return read_regular(descriptor, path, max_bytes);
}

std::optional<std::string> read_file_if_exists(const fs::path& path, std::size_t max_bytes) {
  const Descriptor descriptor(open_to_read(path, Links::follow));
  if (!descriptor.is_open() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!descriptor.is_open()) fail("read", path, errno);
  return read_regular(descriptor, path, max_bytes);
}

void write_file(const fs::path& path, std::string_view content, unsigned mode) {
  struct stat before {};
  const bool replaces = ::lstat(path.c_str(), &before) == 0 && S_ISREG(before.st_mode);
  Draft draft(path, mode);
  if (replaces) {
    const bool secret = (mode & group_and_others) == 0;
    draft.set_mode(before.st_mode & (secret ? 0700u : 0777u));
  }
  draft.write(content);
  draft.replace_destination();
}

void create_file(const fs::path& path, std::string_view content, unsigned mode) {
  Draft draft(path, mode);
  draft.write(content);
  draft.become_destination();
}

void append_file(const fs::path& path, std::string_view content, unsigned mode) {
  if (!content.ends_with('\n')) {
    throw Error(ErrorCode::usage, "what is appended to " + path.string() + " must end with a line feed");
  }
  create_folders(folder_of(path), folder_mode(mode));
  const Descriptor descriptor(
      ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode));
  if (!descriptor.is_open()) fail("append to", path, errno);
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) fail("append to", path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::cannot, "cannot append to " + path.string() + ": it is not a regular file");
  }
  char last = '\n';
  if (status.st_size > 0 && ::pread(descriptor.get(), &last, 1, status.st_size - 1) != 1) {
    fail("read the end of", path, errno);
  }
  if (last != '\n') {
    throw Error(ErrorCode::invalid, path.string() + " ends in the middle of a line",
                "an earlier append was torn: remove the incomplete last line (keep a copy) and try again");
  }
  int error = write_all(descriptor.get(), content);
  if (error == 0 && ::fsync(descriptor.get()) != 0) error = errno;
  if (error != 0) {
    if (::ftruncate(descriptor.get(), status.st_size) != 0) fail("cut back a torn append to", path, errno);
    fail("append to", path, error);
  }
  if (status.st_size == 0) sync_folder(folder_of(path));
}

FileLock::FileLock(const fs::path& path, std::chrono::milliseconds patience) {
  create_folders(folder_of(path), 0700);
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) fail("lock", path, errno);
  const auto limit = std::chrono::steady_clock::now() + patience;
  std::chrono::milliseconds pause{1};
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error == EINTR) continue;
    if (error != EWOULDBLOCK || std::chrono::steady_clock::now() >= limit) {
      // The destructor does not run for an object that was never finished.
      std::array<char, 32> holder{};
      const ssize_t size = ::pread(descriptor_, holder.data(), holder.size(), 0);
      ::close(std::exchange(descriptor_, -1));
      if (error != EWOULDBLOCK) fail("lock", path, error);
      std::string process(holder.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
      process = process.substr(0, process.find_first_not_of("0123456789"));
      throw Error(
          ErrorCode::cannot,
          path.string() + " is locked by " + (process.empty() ? "another process" : "process " + process),
          "wait until it has finished, then try again");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{16});
  }
  // Only for the message above, so a full disk is no reason to fail.
  const std::string process = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, process.data(), process.size(), 0);
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<fs::path> paths_below(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::vector<fs::path> folders = {folder};
  while (!folders.empty()) {
    // A recursive iterator would end where one folder vanishes.
    std::error_code gone;
    auto entry = fs::directory_iterator(folders.back(), gone);
    folders.pop_back();
    for (; !gone && entry != fs::directory_iterator(); entry.increment(gone)) {
      paths.push_back(entry->path());
      std::error_code unknown;
      if (fs::is_directory(entry->symlink_status(unknown))) folders.push_back(entry->path());
    }
  }
  return paths;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "bw-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("create a temporary folder", name, errno);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace bw
