// A library for LD_PRELOAD that counts every call that changes a disk, over all processes of one command (bw,
// the git that it runs, what that git runs), and lets one of them go wrong. tests/crash/crash.py drives it.
//
//     BW_FAULTS=FILE   64 bytes, mapped by all processes: how many calls there were, and what happens when
//
// Counted: write, pwrite, writev to regular files, fsync, fdatasync, rename, link, symlink, unlink, rmdir,
// mkdir, truncate, ftruncate, chmod, and whatever creates a file. What the C library does inside itself
// (stdio's buffers, mkstemp's open) does not come by here; mkstemp as a whole does.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum Mode : std::uint32_t {
  count = 0,   // nothing goes wrong
  stop = 1,    // every process ends before that call, as where the power fails
  torn = 2,    // as `stop`, but half of a write arrives, and any other call is done
  full = 3,    // from then on the disk takes nothing more: ENOSPC
  broken = 4,  // that one call fails: EIO
};

// The layout of the file; crash.py knows it.
struct Shared {
  std::atomic<std::uint64_t> calls;
  std::atomic<std::uint64_t> target;
  std::atomic<std::uint32_t> mode;
  std::atomic<std::uint32_t> stopped;
  std::atomic<std::uint32_t> happened;
};

Shared* shared() {
  static Shared* const mapped = []() -> Shared* {
    const char* path = std::getenv("BW_FAULTS");
    if (path == nullptr) return nullptr;
    const int descriptor = ::open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return nullptr;
    void* memory = ::mmap(nullptr, 64, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    return memory == MAP_FAILED ? nullptr : static_cast<Shared*>(memory);
  }();
  return mapped;
}

[[noreturn]] void end_here(Shared& state) {
  state.stopped = 1;
  ::kill(::getpid(), SIGKILL);
  while (true) ::pause();
}

// What is to become of the call that is about to be made: 0 it is made, otherwise the errno with which it
// fails. `tear`: it is to be made by half, then everything ends.
int fate(bool takes_space, bool& tear) {
  Shared* state = shared();
  tear = false;
  if (state == nullptr) return 0;
  if (state->stopped != 0) end_here(*state);
  const std::uint64_t number = ++state->calls;
  const std::uint64_t target = state->target;
  const std::uint32_t mode = state->mode;
  if (mode == count || target == 0 || number < target) return 0;
  if (mode == full) {
    if (!takes_space) return 0;
    state->happened = 1;
    return ENOSPC;
  }
  if (number != target) return 0;
  state->happened = 1;
  if (mode == stop) end_here(*state);
  if (mode == broken) return EIO;
  tear = true;
  return 0;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// A call that is made whole or not at all.
template <class Call>
auto whole(bool takes_space, Call call) -> decltype(call()) {
  bool tear = false;
  if (const int error = fate(takes_space, tear)) {
    errno = error;
    return static_cast<decltype(call())>(-1);
  }
  const auto result = call();
  if (tear) end_here(*shared());
  return result;
}

template <class Call>
ssize_t written(int descriptor, std::size_t size, Call call) {
  if (!is_regular(descriptor)) return call(size);
  bool tear = false;
  if (const int error = fate(true, tear)) {
    errno = error;
    return -1;
  }
  if (!tear) return call(size);
  static_cast<void>(call(size / 2));
  end_here(*shared());
}

bool creates(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

}  // namespace

// The parameters' names are those of the manual pages.
extern "C" {

ssize_t write(int fd, const void* buf, size_t count) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return written(fd, count, [&](size_t size) { return real(fd, buf, size); });
}

ssize_t pwrite(int fd, const void* buf, size_t count, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return written(fd, count, [&](size_t size) { return real(fd, buf, size, offset); });
}

ssize_t pwrite64(int fd, const void* buf, size_t count, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return written(fd, count, [&](size_t size) { return real(fd, buf, size, offset); });
}

ssize_t writev(int fd, const struct iovec* iov, int iovcnt) {
  static const auto real = next<ssize_t (*)(int, const struct iovec*, int)>("writev");
  if (!is_regular(fd)) return real(fd, iov, iovcnt);
  return whole(true, [&] { return real(fd, iov, iovcnt); });
}

int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  return whole(false, [&] { return real(fd); });
}

int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return whole(false, [&] { return real(fd); });
}

int rename(const char* oldpath, const char* newpath) {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  return whole(false, [&] { return real(oldpath, newpath); });
}

int renameat(int olddirfd, const char* oldpath, int newdirfd, const char* newpath) {
  static const auto real = next<int (*)(int, const char*, int, const char*)>("renameat");
  return whole(false, [&] { return real(olddirfd, oldpath, newdirfd, newpath); });
}

int renameat2(int olddirfd, const char* oldpath, int newdirfd, const char* newpath, unsigned flags) {
  static const auto real = next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
  return whole(false, [&] { return real(olddirfd, oldpath, newdirfd, newpath, flags); });
}

int link(const char* oldpath, const char* newpath) {
  static const auto real = next<int (*)(const char*, const char*)>("link");
  return whole(true, [&] { return real(oldpath, newpath); });
}

int linkat(int olddirfd, const char* oldpath, int newdirfd, const char* newpath, int flags) {
  static const auto real = next<int (*)(int, const char*, int, const char*, int)>("linkat");
  return whole(true, [&] { return real(olddirfd, oldpath, newdirfd, newpath, flags); });
}

int symlink(const char* target, const char* linkpath) {
  static const auto real = next<int (*)(const char*, const char*)>("symlink");
  return whole(true, [&] { return real(target, linkpath); });
}

int unlink(const char* pathname) {
  static const auto real = next<int (*)(const char*)>("unlink");
  return whole(false, [&] { return real(pathname); });
}

int unlinkat(int dirfd, const char* pathname, int flags) {
  static const auto real = next<int (*)(int, const char*, int)>("unlinkat");
  return whole(false, [&] { return real(dirfd, pathname, flags); });
}

int remove(const char* pathname) {
  static const auto real = next<int (*)(const char*)>("remove");
  return whole(false, [&] { return real(pathname); });
}

int rmdir(const char* pathname) {
  static const auto real = next<int (*)(const char*)>("rmdir");
  return whole(false, [&] { return real(pathname); });
}

int mkdir(const char* pathname, mode_t mode) {
  static const auto real = next<int (*)(const char*, mode_t)>("mkdir");
  return whole(true, [&] { return real(pathname, mode); });
}

int truncate(const char* path, off_t length) {
  static const auto real = next<int (*)(const char*, off_t)>("truncate");
  return whole(false, [&] { return real(path, length); });
}

int truncate64(const char* path, off64_t length) {
  static const auto real = next<int (*)(const char*, off64_t)>("truncate64");
  return whole(false, [&] { return real(path, length); });
}

int ftruncate(int fd, off_t length) {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  return whole(false, [&] { return real(fd, length); });
}

int ftruncate64(int fd, off64_t length) {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  return whole(false, [&] { return real(fd, length); });
}

int chmod(const char* pathname, mode_t mode) {
  static const auto real = next<int (*)(const char*, mode_t)>("chmod");
  return whole(false, [&] { return real(pathname, mode); });
}

int fchmod(int fd, mode_t mode) {
  static const auto real = next<int (*)(int, mode_t)>("fchmod");
  return whole(false, [&] { return real(fd, mode); });
}

int mkstemp(char* pattern) {
  static const auto real = next<int (*)(char*)>("mkstemp");
  return whole(true, [&] { return real(pattern); });
}

int mkstemp64(char* pattern) {
  static const auto real = next<int (*)(char*)>("mkstemp64");
  return whole(true, [&] { return real(pattern); });
}

int mkostemp(char* pattern, int flags) {
  static const auto real = next<int (*)(char*, int)>("mkostemp");
  return whole(true, [&] { return real(pattern, flags); });
}

int creat(const char* pathname, mode_t mode) {
  static const auto real = next<int (*)(const char*, mode_t)>("creat");
  return whole(true, [&] { return real(pathname, mode); });
}

int open(const char* pathname, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!creates(flags)) return real(pathname, flags, mode);
  return whole(true, [&] { return real(pathname, flags, mode); });
}

int open64(const char* pathname, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open64");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!creates(flags)) return real(pathname, flags, mode);
  return whole(true, [&] { return real(pathname, flags, mode); });
}

int openat(int dirfd, const char* pathname, int flags, ...) {
  static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!creates(flags)) return real(dirfd, pathname, flags, mode);
  return whole(true, [&] { return real(dirfd, pathname, flags, mode); });
}

int openat64(int dirfd, const char* pathname, int flags, ...) {
  static const auto real = next<int (*)(int, const char*, int, ...)>("openat64");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!creates(flags)) return real(dirfd, pathname, flags, mode);
  return whole(true, [&] { return real(dirfd, pathname, flags, mode); });
}

}  // extern "C"
