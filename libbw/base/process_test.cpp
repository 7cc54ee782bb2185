#include "base/process.h"

#include <chrono>
#include <csignal>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

namespace bw {
namespace {

Command shell(const std::string& script) {
  Command command;
  command.arguments = {"sh", "-c", script};
  return command;
}

ErrorCode code_of(const Command& command) {
  try {
    run(command);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode{};
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_CASE("a program's output, error output and status are returned") {
  const Finished finished = run(shell("echo out; echo err >&2; exit 7"));
  CHECK(finished.output == "out\n");
  CHECK(finished.error_output == "err\n");
  CHECK(finished.status == 7);
}

TEST_CASE("a program ended by a signal has the status 128 + signal") {
  CHECK(run(shell("kill -KILL $$")).status == 128 + SIGKILL);
}

TEST_CASE("arguments reach the program as they are, with no shell between") {
  Command command;
  command.arguments = {"printf", "%s|", "a b", "$(touch /tmp/never)", "'", "*", "", "心脏"};
  CHECK(run(command).output == "a b|$(touch /tmp/never)|'|*||心脏|");
}

TEST_CASE("megabytes in and out at the same time do not block") {
  Command command;
  command.arguments = {"cat"};
  command.input = std::string(5 << 20, 'x');
  CHECK(run(command).output == command.input);
  command.arguments = {"sh", "-c", "tee /dev/stderr"};
  const Finished finished = run(command);
  CHECK(finished.output.size() == command.input.size());
  CHECK(finished.error_output.size() == command.input.size());
}

TEST_CASE("a program that does not read its input is no failure and no SIGPIPE") {
  Command command;
  command.arguments = {"true"};
  command.input = std::string(1 << 20, 'x');
  CHECK(run(command).status == 0);
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("variables are added to the environment and removed from it") {
  ::setenv("BW_TEST_INHERITED", "yes", 1);
  Command command = shell("echo $BW_TEST_INHERITED-$BW_TEST_ADDED");
  command.environment = {{"BW_TEST_ADDED", "1"}};
  CHECK(run(command).output == "yes-1\n");
  command.environment["BW_TEST_INHERITED"] = std::nullopt;
  CHECK(run(command).output == "-1\n");
  ::unsetenv("BW_TEST_INHERITED");
}

TEST_CASE("a program runs in the folder it is given") {
  const TemporaryFolder folder;
  Command command;
  command.arguments = {"pwd"};
  command.folder = folder.path();
  CHECK(run(command).output == folder.path().string() + "\n");
  command.folder = folder.path() / "missing";
  CHECK(code_of(command) == ErrorCode::cannot);
}

TEST_CASE("a program that does not exist is named") {
  Command command;
  command.arguments = {"bw-no-such-program"};
  try {
    run(command);
    FAIL("it ran");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cannot);
    CHECK(std::string(error.what()).find("bw-no-such-program") != std::string::npos);
    CHECK(error.hint().find("install") != std::string::npos);
  }
}

TEST_CASE("no program, and arguments that the system would cut, are refused") {
  CHECK(code_of({}) == ErrorCode::usage);
  Command command;
  command.arguments = {"echo", std::string("a\0b", 3)};
  CHECK(code_of(command) == ErrorCode::usage);
}

TEST_CASE("output past the bound stops the program") {
  Command command;
  command.arguments = {"yes"};
  command.max_output = 1000;
  CHECK(code_of(command) == ErrorCode::invalid);
  command = shell("printf 12345");
  command.max_output = 5;
  CHECK(run(command).output == "12345");
}

TEST_CASE("a program that takes too long is ended with all that it started") {
  const TemporaryFolder folder;
  Command command = shell("(sleep 1.5; touch survived) & wait");
  command.folder = folder.path();
  command.patience = std::chrono::seconds(1);
  command.new_session = true;
  CHECK(seconds_of([&] { CHECK(code_of(command) == ErrorCode::cannot); }) < 1.4);
  ::usleep(700'000);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "survived"));
}

TEST_CASE("a program left in the background does not keep us waiting") {
  const double seconds = seconds_of([] { CHECK(run(shell("sleep 3 & echo done")).output == "done\n"); });
  CHECK(seconds < 1.0);
}

TEST_CASE("a program that closes its streams and works on is waited for") {
  CHECK(run(shell("exec >&- 2>&-; sleep 0.1; exit 3")).status == 3);
}

TEST_CASE("error output is seen while the program runs") {
  std::string seen;
  Command command = shell("printf one >&2; printf two >&2");
  command.on_error_output = [&](std::string_view part) { seen += part; };
  run(command);
  CHECK(seen == "onetwo");
  command = shell("echo x >&2; sleep 5");
  command.on_error_output = [](std::string_view) { throw Error(ErrorCode::refused, "stop"); };
  CHECK(seconds_of([&] { CHECK(code_of(command) == ErrorCode::refused); }) < 3.0);
}

TEST_CASE("descriptors of ours do not leak into the program") {
  const int leaky = ::open("/dev/null", O_RDONLY);  // NOLINT(android-cloexec-open): that is the point
  REQUIRE(leaky > 2);
  CHECK(run(shell("ls /proc/self/fd | wc -l")).output == "4\n");  // 0, 1, 2 and ls's own
  ::close(leaky);
}

TEST_CASE("a new session has no terminal to ask on") {
  Command command = shell("(exec </dev/tty) 2>/dev/null && echo terminal || echo none");
  command.new_session = true;
  CHECK(run(command).output == "none\n");
}

}  // namespace
}  // namespace bw
