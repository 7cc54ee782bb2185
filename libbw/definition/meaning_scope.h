#pragma once
// What the checks of meaning share: the declared ids, and saying what is wrong.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/problem.h"
#include "definition/values.h"
#include "definition/yaml.h"

namespace bw {

// The items of one list by id.
using Declared = std::map<std::string, const yaml::Node*, std::less<>>;

class Scope {
public:
  Scope(const yaml::Node& tree, std::string_view file);

  const yaml::Node& root;
  Declared phases, units, indicators, goals, milestones, behaviours;
  std::vector<Problem> problems;

  void error(const yaml::Node& at, std::string code, std::string message, std::string hint = "");
  void warning(const yaml::Node& at, std::string code, std::string message, std::string hint = "");

  // The item that the value under `key` names. Complains ("unknown-<what>") where there is none.
  const yaml::Node* referenced(const yaml::Node& node, std::string_view key, const Declared& declared,
                               std::string_view what);
  // The number under `key`; complains where it is none, or has more digits after the point than `unit` may.
  std::optional<Decimal> number(const yaml::Node& node, std::string_view key, std::string_view unit = "");

private:
  void say(Severity severity, const yaml::Node& at, std::string code, std::string message, std::string hint);
  Declared declare(std::string_view list);

  std::string_view file_;
};

void check_behaviours(Scope& scope);
void check_goals(Scope& scope);

}  // namespace bw
