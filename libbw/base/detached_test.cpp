#include "base/detached.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"

namespace bw {
namespace {

bool appears(const std::filesystem::path& path) {
  for (int i = 0; i < 500; ++i) {
    if (std::filesystem::exists(path)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST_CASE("a detached program runs in its folder and environment, and outlives the call") {
  const TemporaryFolder place;
  Command command;
  command.arguments = {"sh", "-c", "sleep 0.1; printf %s \"$WORD\" >draft; mv draft file"};
  command.folder = place.path();
  command.environment["WORD"] = "here";
  const auto began = std::chrono::steady_clock::now();
  CHECK(start_detached(command));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(100));
  REQUIRE(appears(place.path() / "file"));
  CHECK(read_file(place.path() / "file", 100) == "here");
}

TEST_CASE("a lock that a detached program holds is free when that has ended") {
  const TemporaryFolder place;
  const auto lock = place.path() / "lock";
  Command command;
  command.arguments = {"sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; touch gone"};
  command.folder = place.path();
  const int held = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::flock(held, LOCK_EX | LOCK_NB) == 0);
  CHECK(start_detached(command, held));
  ::close(held);
  CHECK_THROWS(FileLock(lock, std::chrono::milliseconds(0)));
  write_file(place.path() / "go", "");
  REQUIRE(appears(place.path() / "gone"));
  CHECK_NOTHROW(FileLock(lock, std::chrono::seconds(5)));
}

TEST_CASE("a program that does not exist hurts nobody") {
  Command command;
  command.arguments = {"there-is-no-such-program"};
  CHECK(start_detached(command));
}

}  // namespace
}  // namespace bw
