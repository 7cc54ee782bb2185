#include "base/files.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

struct Failure {
  ErrorCode code{};
  std::string what;
  std::string hint;
};
Failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.code(), error.what(), error.hint()};
  }
  return {};
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777;
}

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

// Makes the file system refuse files beyond a size, as a full disk would.
class SizeLimit {
public:
  explicit SizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_CASE("what is written is read back") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a folder 文件" / "deeper" / "file";
  write_file(path, std::string("zero\0byte\n", 10));
  CHECK(read_file(path, 10) == std::string("zero\0byte\n", 10));
  write_file(path, "");
  CHECK(read_file(path, 0).empty());
  CHECK(entries_of(path.parent_path()) == 1);
}

TEST_CASE("a file larger than the reader allows is refused") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  write_file(path, "12345");
  CHECK(read_file(path, 5) == "12345");
  CHECK(failure_of([&] { read_file(path, 4); }).code == ErrorCode::invalid);
  // Files of /proc claim to be empty.
  CHECK_FALSE(read_file("/proc/self/status", 1 << 20).empty());
  CHECK(failure_of([] { read_file("/proc/self/status", 10); }).code == ErrorCode::invalid);
}

TEST_CASE("only regular files are read") {
  const TemporaryFolder folder;
  CHECK(failure_of([&] { read_file(folder.path(), 10); }).code == ErrorCode::cannot);
  CHECK(failure_of([] { read_file("/dev/zero", 10); }).code == ErrorCode::cannot);
  const fs::path pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(failure_of([&] { read_file(pipe, 10); }).code == ErrorCode::cannot);
  CHECK(failure_of([&] { append_file(pipe, "x\n"); }).code == ErrorCode::cannot);
}

TEST_CASE("a symbolic link is followed only where that is meant") {
  const TemporaryFolder folder;
  write_file(folder.path() / "target", "secret");
  fs::create_symlink("target", folder.path() / "link");
  CHECK(read_file(folder.path() / "link", 10) == "secret");
  const Failure failure = failure_of([&] { read_file(folder.path() / "link", 10, Links::refuse); });
  CHECK(failure.code == ErrorCode::cannot);
  CHECK(failure.hint.find("symbolic link") != std::string::npos);
  // Writing replaces the link; what it pointed to stays.
  write_file(folder.path() / "link", "new");
  CHECK(read_file(folder.path() / "link", 10, Links::refuse) == "new");
  CHECK(read_file(folder.path() / "target", 10) == "secret");
}

TEST_CASE("a missing file is an error that names it, or nothing where that is asked") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "missing";
  const Failure failure = failure_of([&] { read_file(path, 10); });
  CHECK(failure.code == ErrorCode::cannot);
  CHECK(failure.what.find(path.string()) != std::string::npos);
  CHECK_FALSE(read_file_if_exists(path, 10));
  CHECK_FALSE(read_file_if_exists(path / "below", 10));
  write_file(path, "x");
  CHECK(read_file_if_exists(path, 10) == "x");
  CHECK_FALSE(read_file_if_exists(path / "below a file", 10));
}

TEST_CASE("permission bits: new files get them, replaced files keep theirs, secrets stay secret") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(022);
  write_file(folder.path() / "plain", "x");
  CHECK(mode_of(folder.path() / "plain") == 0644);
  ::chmod((folder.path() / "plain").c_str(), 0755);
  write_file(folder.path() / "plain", "y");
  CHECK(mode_of(folder.path() / "plain") == 0755);
  write_file(folder.path() / "plain", "z", 0600);
  CHECK(mode_of(folder.path() / "plain") == 0700);
  write_file(folder.path() / "secrets" / "key", "x", 0600);
  CHECK(mode_of(folder.path() / "secrets") == 0700);
  CHECK(mode_of(folder.path() / "secrets" / "key") == 0600);
  ::umask(before);
}

TEST_CASE("a file is created once") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  create_file(path, "first", 0600);
  CHECK(failure_of([&] { create_file(path, "second"); }).code == ErrorCode::cannot);
  CHECK(read_file(path, 10) == "first");
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("of many that create a file at once exactly one succeeds") {
  const TemporaryFolder folder;
  std::atomic<int> created{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (failure_of([&] { create_file(folder.path() / "file", "x"); }).code == ErrorCode{}) ++created;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(created == 1);
}

TEST_CASE("a full disk leaves the old file, and nothing beside it") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  write_file(path, "old");
  append_file(folder.path() / "journal", "line\n");
  const std::string large(100'000, 'x');
  {
    const SizeLimit limit(50'000);
    const Failure failure = failure_of([&] { write_file(path, large); });
    CHECK(failure.code == ErrorCode::cannot);
    CHECK_FALSE(failure.hint.empty());
    CHECK(failure_of([&] { create_file(folder.path() / "new", large); }).code == ErrorCode::cannot);
    CHECK(failure_of([&] { append_file(folder.path() / "journal", large + "\n"); }).code ==
          ErrorCode::cannot);
  }
  CHECK(read_file(path, 10) == "old");
  CHECK(read_file(folder.path() / "journal", 10) == "line\n");
  CHECK(entries_of(folder.path()) == 2);
  append_file(folder.path() / "journal", "next\n");
  CHECK(read_file(folder.path() / "journal", 10) == "line\nnext\n");
}

TEST_CASE("appends add whole lines") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "new folder" / "journal";
  append_file(path, "one\n");
  append_file(path, "two\nthree\n");
  CHECK(read_file(path, 100) == "one\ntwo\nthree\n");
  CHECK(mode_of(path) == 0600);
  CHECK(failure_of([&] { append_file(path, "no line feed"); }).code == ErrorCode::usage);
  CHECK(failure_of([&] { append_file(path, ""); }).code == ErrorCode::usage);
}

TEST_CASE("nothing is appended behind a torn line") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "journal";
  write_file(path, "whole\ntor");
  const Failure failure = failure_of([&] { append_file(path, "next\n"); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK_FALSE(failure.hint.empty());
  CHECK(read_file(path, 100) == "whole\ntor");
}

TEST_CASE("a folder where a file should be is a clear error") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "taken");
  CHECK(failure_of([&] { write_file(folder.path() / "taken", "x"); }).code == ErrorCode::cannot);
  CHECK(failure_of([&] { append_file(folder.path() / "taken", "x\n"); }).code == ErrorCode::cannot);
  write_file(folder.path() / "file", "x");
  CHECK(failure_of([&] { write_file(folder.path() / "file" / "below", "x"); }).code == ErrorCode::cannot);
  CHECK(entries_of(folder.path()) == 2);
}

TEST_CASE("a read-only place is refused with a hint") {
  // Root may write into any folder, but not to a read-only file system.
  const Failure failure = failure_of([] { write_file("/proc/bw-test/file", "x"); });
  CHECK(failure.code == ErrorCode::cannot);
  CHECK(failure.what.find("/proc/bw-test") != std::string::npos);
  if (::geteuid() == 0) return;
  const TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0500);
  CHECK_FALSE(failure_of([&] { write_file(folder.path() / "file", "x"); }).hint.empty());
  CHECK(failure_of([&] { FileLock(folder.path() / "lock"); }).code == ErrorCode::cannot);
  ::chmod(folder.path().c_str(), 0700);
}

TEST_CASE("a lock excludes others, names its holder, and is free again afterwards") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "lock";
  {
    const FileLock lock(path);
    const Failure failure = failure_of([&] { FileLock(path, std::chrono::milliseconds(20)); });
    CHECK(failure.code == ErrorCode::cannot);
    CHECK(failure.what.find(path.string()) != std::string::npos);
    CHECK(failure.what.find("process " + std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(failure_of([&] { FileLock(path, std::chrono::milliseconds(0)); }).code == ErrorCode{});
}

TEST_CASE("a lock is waited for") {
  const TemporaryFolder folder;
  int counter = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) {
        const FileLock lock(folder.path() / "lock");
        const int seen = counter;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        counter = seen + 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter == 20);
}

TEST_CASE("a lock goes with the process that held it") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "lock";
  const pid_t child = ::fork();
  if (child == 0) {
    const FileLock lock(path);
    ::_exit(0);  // no destructor runs
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(failure_of([&] { FileLock(path, std::chrono::milliseconds(0)); }).code == ErrorCode{});
}

TEST_CASE("everything below a folder is found, and no link is followed") {
  const TemporaryFolder folder;
  const auto top = folder.path();
  write_file(top / "a" / "b" / "deep", "x");
  write_file(top / "flat", "x");
  std::filesystem::create_directories(top / "empty");
  std::filesystem::create_directory_symlink(top, top / "a" / "loop");
  std::vector<std::filesystem::path> found = paths_below(top);
  std::sort(found.begin(), found.end());
  const std::vector<std::filesystem::path> expected = {
      top / "a", top / "a" / "b", top / "a" / "b" / "deep", top / "a" / "loop", top / "empty", top / "flat"};
  CHECK(found == expected);
  CHECK(paths_below(top / "nothing").empty());
}

TEST_CASE("a folder that vanishes meanwhile hides none of the others") {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) write_file(folder.path() / ("kept" + std::to_string(i)) / "file", "x");
  std::atomic<bool> done = false;
  std::thread restless([&] {
    while (!done) {
      std::error_code ignored;
      std::filesystem::create_directories(folder.path() / "brief" / "inner", ignored);
      std::filesystem::remove_all(folder.path() / "brief", ignored);
    }
  });
  bool whole = true;
  for (int round = 0; round < 300; ++round) {
    const auto paths = paths_below(folder.path());
    whole = whole && std::count_if(paths.begin(), paths.end(),
                                   [](const auto& path) { return path.filename() == "file"; }) == 20;
  }
  done = true;
  restless.join();
  CHECK(whole);
}

TEST_CASE("a temporary folder is private and gone afterwards") {
  fs::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    CHECK(mode_of(path) == 0700);
    write_file(path / "a" / "b", "x");
  }
  CHECK_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace bw
