#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/spawning.h"

namespace bw {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long a program that was asked to end (SIGTERM: git removes its lock files then) has until it is
// made to (SIGKILL).
constexpr milliseconds last_words{2000};

[[noreturn]] void fail(const Command& command, int error) {
  throw Error(ErrorCode::cannot, "cannot start " + command.arguments.front() + ": " + std::strerror(error),
              error == ENOENT ? "install " + command.arguments.front() + ", or check PATH" : "");
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Both ends above the standard descriptors, so that giving one of them to a child never overwrites
// another (a caller may have been started with its standard input closed).
Pipe make_pipe(const Command& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(command, errno);
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  for (Descriptor* end : {&pipe.read, &pipe.write}) {
    if (end->get() > STDERR_FILENO) continue;
    Descriptor higher(::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!higher.is_open()) fail(command, errno);
    *end = std::move(higher);
  }
  return pipe;
}

void make_non_blocking(const Descriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

// What posix_spawn is told: the three streams, no other descriptor, signals as a fresh program expects
// them. posix_spawn rather than fork, because it is safe in a program with threads and does not copy
// the tables of a large one.
class SpawnPlan {
public:
  SpawnPlan(const Command& command, const Pipe& input, const Pipe& output, const Pipe& error) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_adddup2(&actions_, input.read.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output.write.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, error.write.get(), STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (command.folder) ::posix_spawn_file_actions_addchdir_np(&actions_, command.folder->c_str());
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigaddset(&signals, SIGPIPE);
    sigaddset(&signals, SIGCHLD);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    const int session = command.new_session ? POSIX_SPAWN_SETSID : 0;
    ::posix_spawnattr_setflags(&attributes_,
                               static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session));
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  pid_t start(const Command& command) const {
    std::vector<std::string> arguments = command.arguments;
    std::vector<std::string> environment = environment_of(command);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, arguments.front().c_str(), &actions_, &attributes_,
                                     pointers(arguments).data(), pointers(environment).data());
    if (error != 0) fail(command, error);
    return pid;
  }

private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// glibc 2.36 declares pidfd_open without C linkage, so C++ cannot link it.
int open_process(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// A started program: ended and reaped whatever happens to us.
class Child {
public:
  // Without a session of its own the program stays in our process group, where the terminal's
  // interrupt reaches it and it may ask its user something.
  Child(pid_t pid, bool leads_group) : pid_(pid), leads_group_(leads_group), watch_(open_process(pid)) {}
  ~Child() {
    if (!ended()) end();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Readable once the program ended; not open on kernels that have no such thing.
  const Descriptor& watch() const { return watch_; }

  bool ended() {
    if (status_) return true;
    int status = 0;
    const pid_t found = ::waitpid(pid_, &status, WNOHANG);
    if (found == 0 || (found < 0 && errno == EINTR)) return false;
    // ECHILD: whoever hosts us reaps every child; its status is lost, which is no success.
    status_ = found < 0 ? 255 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }
  int status() const { return status_.value_or(255); }

  void end() {
    const pid_t target = leads_group_ ? -pid_ : pid_;
    ::kill(target, SIGTERM);
    const auto limit = SteadyClock::now() + last_words;
    while (!ended() && SteadyClock::now() < limit) ::usleep(5000);
    // The group may outlive its leader.
    if (leads_group_ || !ended()) ::kill(target, SIGKILL);
    while (!ended()) ::usleep(1000);
  }

private:
  pid_t pid_;
  bool leads_group_;
  Descriptor watch_;
  std::optional<int> status_;
};

// While it lives, writing to a program that no longer reads is an error code for this thread and not
// the end of this process.
class BrokenPipeSilenced {
public:
  BrokenPipeSilenced() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~BrokenPipeSilenced() {
    const timespec at_once{};
    if (!was_pending_) {
      while (::sigtimedwait(&pipe_, nullptr, &at_once) > 0) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BrokenPipeSilenced(const BrokenPipeSilenced&) = delete;
  BrokenPipeSilenced& operator=(const BrokenPipeSilenced&) = delete;

private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

// Writes what fits now; closes at the end and where nobody reads any more.
void feed(Descriptor& descriptor, std::string_view& rest) {
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  descriptor.close();
}

// Reads what is there now; closes at the end.
void drain(Descriptor& descriptor, std::string& kept, const Command& command,
           const std::function<void(std::string_view)>& see) {
  std::array<char, 65536> buffer{};
  while (descriptor.is_open()) {
    const ssize_t size = ::read(descriptor.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return descriptor.close();
    const std::string_view arrived(buffer.data(), static_cast<std::size_t>(size));
    if (arrived.size() > command.max_output - kept.size()) {
      throw Error(ErrorCode::invalid, command.arguments.front() + " wrote more than " +
                                          std::to_string(command.max_output) + " bytes");
    }
    kept += arrived;
    if (see) see(arrived);
  }
}

class Conversation {
public:
  Conversation(const Command& command, Child& child, Descriptor input, Descriptor output, Descriptor error)
      : command_(command),
        child_(child),
        input_(std::move(input)),
        output_(std::move(output)),
        error_(std::move(error)),
        rest_(command.input) {
    for (const Descriptor* stream : {&input_, &output_, &error_}) make_non_blocking(*stream);
  }

  // Until the program itself has ended: something it left in the background may keep the streams open
  // for hours (ssh with ControlPersist does).
  Finished hold() {
    const BrokenPipeSilenced silenced;
    const auto limit = SteadyClock::now() + command_.patience;
    Finished finished;
    for (bool ended = false; !ended;) {
      ended = child_.ended();
      if (!ended) wait(limit);
      if (input_.is_open()) feed(input_, rest_);
      drain(output_, finished.output, command_, {});
      drain(error_, finished.error_output, command_, command_.on_error_output);
    }
    finished.status = child_.status();
    return finished;
  }

private:
  void wait(SteadyClock::time_point limit) {
    const auto left = std::chrono::duration_cast<milliseconds>(limit - SteadyClock::now());
    if (left.count() <= 0) {
      child_.end();
      throw Error(ErrorCode::cannot,
                  command_.arguments.front() + " did not finish within " +
                      std::to_string(command_.patience.count()) + " seconds and was stopped",
                  "check the connection and try again");
    }
    const bool only_child_left = !output_.is_open() && !error_.is_open();
    const long unwatched = only_child_left ? 2 : 20;
    const long tick = child_.watch().is_open() ? 60'000 : unwatched;
    // poll passes over the negative number of a closed stream.
    std::array<pollfd, 4> streams{{{input_.get(), POLLOUT, 0},
                                   {output_.get(), POLLIN, 0},
                                   {error_.get(), POLLIN, 0},
                                   {child_.watch().get(), POLLIN, 0}}};
    ::poll(streams.data(), streams.size(), static_cast<int>(std::min<long>(left.count() + 1, tick)));
  }

  const Command& command_;
  Child& child_;
  Descriptor input_;
  Descriptor output_;
  Descriptor error_;
  std::string_view rest_;
};

}  // namespace

Finished run(const Command& command) {
  check_arguments(command);
  std::error_code ignored;
  if (command.folder && !std::filesystem::is_directory(*command.folder, ignored)) {
    throw Error(ErrorCode::cannot, "cannot run " + command.arguments.front() + " in " +
                                       command.folder->string() + ": there is no such folder");
  }
  Pipe input = make_pipe(command);
  Pipe output = make_pipe(command);
  Pipe error = make_pipe(command);
  Child child(SpawnPlan(command, input, output, error).start(command), command.new_session);
  input.read.close();
  output.write.close();
  error.write.close();
  return Conversation(command, child, std::move(input.write), std::move(output.read), std::move(error.read))
      .hold();
}

}  // namespace bw
