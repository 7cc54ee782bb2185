#pragma once
// A real ssh-agent of a test's own, ended with it.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "crypto/openssh_for_tests.h"

namespace bw::openssh {

class RunningAgent {
public:
  explicit RunningAgent(const TemporaryFolder& folder) : socket_((folder.path() / "agent").string()) {
    std::vector<std::string> arguments{"ssh-agent", "-D", "-a", socket_};
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const int failed = ::posix_spawnp(&process_, "ssh-agent", &quiet, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&quiet);
    REQUIRE(failed == 0);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (run_openssh({"ssh-add", "-l"}, {}, socket_).status == 2) {  // 2: no agent there
      REQUIRE(std::chrono::steady_clock::now() < limit);
    }
  }
  ~RunningAgent() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  RunningAgent(const RunningAgent&) = delete;
  RunningAgent& operator=(const RunningAgent&) = delete;

  const std::string& socket() const { return socket_; }

  void add(const std::filesystem::path& unencrypted_key) const {
    REQUIRE(run_openssh({"ssh-add", "-q", unencrypted_key.string()}, {}, socket_).status == 0);
  }

private:
  std::string socket_;
  pid_t process_ = 0;
};

}  // namespace bw::openssh
