#include "base/open_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* verb, const fs::path& path, int error) {
  throw Error(ErrorCode::cannot,
              std::string("cannot ") + verb + " " + path.string() + ": " + std::strerror(error),
              error == ENOSPC || error == EDQUOT ? "free some disk space and try again" : "");
}

}  // namespace

OpenFile::OpenFile(int descriptor, fs::path path, bool vanishes)
    : descriptor_(descriptor), path_(std::move(path)), vanishes_(vanishes) {}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      vanishes_(std::exchange(other.vanishes_, false)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    path_ = std::move(other.path_);
    vanishes_ = std::exchange(other.vanishes_, false);
  }
  return *this;
}

OpenFile::~OpenFile() {
  close();
}

void OpenFile::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (std::exchange(vanishes_, false)) ::unlink(path_.c_str());
}

std::optional<OpenFile> OpenFile::open(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (descriptor < 0) fail("read", path, errno);
  OpenFile file(descriptor, path, false);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail("read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::cannot, "cannot read " + path.string() + ": it is not a regular file");
  }
  return file;
}

OpenFile OpenFile::create_in(const fs::path& folder) {
  static std::atomic<unsigned> counter{0};
  for (int attempt = 0; attempt < 1000; ++attempt) {
    fs::path path = folder / (".bw-" + std::to_string(::getpid()) + "-" + std::to_string(++counter) + ".new");
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) return {descriptor, std::move(path), true};
    if (errno != EEXIST) fail("write", path, errno);
  }
  fail("write", folder, EEXIST);
}

OpenFile OpenFile::scratch() {
  std::string name = (fs::temp_directory_path() / "bw-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) fail("create a temporary file", name, errno);
  ::unlink(name.c_str());
  return {descriptor, name, false};
}

std::uint64_t OpenFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("read", path_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void OpenFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OpenFile::read(std::uint64_t offset, std::span<char> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path_, errno);
    if (got == 0) {
      throw Error(ErrorCode::cannot, "cannot read " + path_.string() + ": it ends before its time");
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void OpenFile::keep_as(const fs::path& path) {
  if (::fsync(descriptor_) != 0) fail("write", path_, errno);
  if (::rename(path_.c_str(), path.c_str()) != 0) fail("write", path, errno);
  vanishes_ = false;
  path_ = path;
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail("open the folder of", path, errno);
  const int synced = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (synced != 0 && synced != EINVAL) fail("make durable the folder of", path, synced);
}

}  // namespace bw
