#pragma once
// Pager: a program such as `less` that shows long results on a terminal. Started without a shell: its
// command line is cut at spaces.

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bw::cli {

class Pager {
public:
  // Nothing where the command is empty, "cat", or cannot be started: results then go out plainly.
  static std::optional<Pager> start(const std::string& command_line);

  Pager(Pager&& other) noexcept;
  Pager& operator=(Pager&& other) = delete;
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;
  ~Pager() { wait(); }

  int input() const { return input_; }
  // Ends its input and waits until the reader has left it.
  void wait();

private:
  Pager(pid_t process, int input) : process_(process), input_(input) {}
  pid_t process_;
  int input_;
};

// Ends the program's standing signals as a new one expects them, and starts it with this process's
// streams. Returns its exit code (128 + signal), or nothing where it cannot be started.
std::optional<int> run_in_foreground(const std::vector<std::string>& arguments);

}  // namespace bw::cli
