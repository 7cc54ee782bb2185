#include "base/detached.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawning.h"

namespace bw {
namespace {

constexpr int low_priority = 10;
constexpr int first_free = STDERR_FILENO + 1;

struct Prepared {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<char*> argument_pointers;
  std::vector<char*> environment_pointers;
  const char* folder = nullptr;
  int nothing = -1;  // /dev/null
  int held = -1;
};

// Between fork and exec only what is safe after a signal: this process may have had threads.
[[noreturn]] void become(const Prepared& prepared) {
  for (int stream = 0; stream <= STDERR_FILENO; ++stream) ::dup2(prepared.nothing, stream);
  int next = first_free;
  if (prepared.held >= 0) {
    ::dup2(prepared.held, first_free);  // without the flag that closes it
    if (prepared.held == first_free) ::fcntl(first_free, F_SETFD, 0);
    ++next;
  }
  ::close_range(static_cast<unsigned>(next), ~0U, 0);
  ::setpriority(PRIO_PROCESS, 0, low_priority);
  if (prepared.folder != nullptr && ::chdir(prepared.folder) != 0) ::_exit(127);
  ::execvpe(prepared.argument_pointers.front(), prepared.argument_pointers.data(),
            prepared.environment_pointers.data());
  ::_exit(127);
}

// Above the standard descriptors, which are given away (this program may have been started without them).
int raised(int descriptor) {
  if (descriptor < 0 || descriptor >= first_free) return descriptor;
  const int higher = ::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free);
  ::close(descriptor);
  return higher;
}

}  // namespace

bool start_detached(const Command& command, int held) {
  check_arguments(command);
  Prepared prepared;
  prepared.arguments = command.arguments;
  prepared.environment = environment_of(command);
  prepared.argument_pointers = pointers(prepared.arguments);
  prepared.environment_pointers = pointers(prepared.environment);
  if (command.folder) prepared.folder = command.folder->c_str();
  prepared.held = held;
  prepared.nothing = raised(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (prepared.nothing < 0) return false;
  const pid_t between = ::fork();
  if (between == 0) {
    // Its parent ends at once, so that the program becomes nobody's child and leaves no zombie here.
    ::setsid();
    const pid_t started = ::fork();
    if (started == 0) become(prepared);
    ::_exit(started < 0 ? 1 : 0);
  }
  ::close(prepared.nothing);
  if (between < 0) return false;
  int status = 0;
  while (::waitpid(between, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace bw
