#pragma once
// Complaints: what a check of meaning has to say about one file of a definition, each with its place.

#include <string>
#include <string_view>
#include <vector>

#include "definition/problem.h"
#include "definition/yaml.h"

namespace bw {

class Complaints {
public:
  explicit Complaints(std::string_view file) : file_(file) {}

  void error(const yaml::Node& at, std::string code, std::string message, std::string hint = "");
  void warning(const yaml::Node& at, std::string code, std::string message, std::string hint = "");
  // That no `what` is called so, with the closest of those that are known or, where none is close,
  // `otherwise`.
  void unknown(const yaml::Node& name, std::string_view what, const std::vector<std::string>& known,
               std::string otherwise);

  std::vector<Problem> problems;

private:
  void say(Severity severity, const yaml::Node& at, std::string code, std::string message, std::string hint);

  std::string file_;
};

}  // namespace bw
