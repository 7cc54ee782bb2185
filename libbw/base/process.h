#pragma once
// Running another program without a shell: an argument vector, an explicit environment, bounded
// output and a time limit.

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

struct Command {
  std::vector<std::string> arguments;  // arguments[0] is found on PATH
  std::optional<std::filesystem::path> folder;
  // Added to (or, where empty optional, removed from) the environment of this process.
  std::map<std::string, std::optional<std::string>> environment;
  std::string input;                   // written to standard input, then closed
  bool new_session = false;            // setsid(): no controlling terminal, so nothing can prompt
  std::size_t max_output = 64u << 20;  // bytes kept of each stream; more is an Error(invalid)
  std::chrono::seconds patience{600};  // then the process group is ended: Error(cannot)
  // Sees standard error as it arrives (progress of git); may be empty.
  std::function<void(std::string_view)> on_error_output;
};

struct Finished {
  int status = 0;  // exit code, or 128 + signal
  std::string output;
  std::string error_output;
};

// Error(cannot) where the program does not exist or cannot be started.
Finished run(const Command& command);

}  // namespace bw
