#include "base/spawning.h"

#include <algorithm>

#include <unistd.h>

#include "base/error.h"

namespace bw {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) {
    if (value) result.push_back(name + "=" + *value);
  }
  return result;
}

void check_arguments(const Command& command) {
  if (command.arguments.empty()) throw Error(ErrorCode::usage, "a command needs a program to run");
  const auto holds_zero = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (std::any_of(command.arguments.begin(), command.arguments.end(), holds_zero) ||
      std::any_of(command.environment.begin(), command.environment.end(), [&](const auto& variable) {
        return holds_zero(variable.first) || holds_zero(variable.second.value_or(""));
      })) {
    throw Error(ErrorCode::usage, "an argument for " + command.arguments.front() + " holds a zero byte");
  }
}

}  // namespace bw
