#include "cli/pager.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

namespace bw::cli {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// less and lv as git starts them: quit where all fits on one screen, keep colours.
std::vector<std::string> pager_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  if (std::getenv("LESS") == nullptr) variables.emplace_back("LESS=FRX");
  if (std::getenv("LV") == nullptr) variables.emplace_back("LV=-c");
  return variables;
}

// `input`: what becomes its standard input; -1 for ours. SIGPIPE is ignored here, and must not be there.
std::optional<pid_t> spawn(std::vector<std::string> arguments, std::vector<std::string> environment,
                           int input) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  if (input >= 0) ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  sigset_t fresh;
  sigemptyset(&fresh);
  sigaddset(&fresh, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &fresh);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, arguments.front().c_str(), &actions, &attributes,
                                   pointers(arguments).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? std::optional(process) : std::nullopt;
}

int wait_for(pid_t process) {
  // The terminal's interrupt belongs to the program in the foreground.
  const auto interrupt = std::signal(SIGINT, SIG_IGN);
  const auto quit = std::signal(SIGQUIT, SIG_IGN);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, interrupt);
  std::signal(SIGQUIT, quit);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<Pager> Pager::start(const std::string& command_line) {
  std::vector<std::string> arguments;
  for (const std::string_view word : split(command_line, ' ')) {
    if (!word.empty()) arguments.emplace_back(word);
  }
  if (arguments.empty() || arguments.front() == "cat") return std::nullopt;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const auto process = spawn(std::move(arguments), pager_environment(), ends[0]);
  ::close(ends[0]);
  if (process) return Pager(*process, ends[1]);
  ::close(ends[1]);
  return std::nullopt;
}

Pager::Pager(Pager&& other) noexcept
    : process_(std::exchange(other.process_, 0)), input_(std::exchange(other.input_, -1)) {}

void Pager::wait() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
  if (process_ > 0) wait_for(std::exchange(process_, 0));
}

std::optional<int> run_in_foreground(const std::vector<std::string>& arguments) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  const auto process = spawn(arguments, std::move(variables), -1);
  return process ? std::optional(wait_for(*process)) : std::nullopt;
}

}  // namespace bw::cli
