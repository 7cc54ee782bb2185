#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "definition/meaning_scope.h"

namespace bw {
namespace {

using yaml::Node;

constexpr int max_condition_depth = 4;

void check_measure(Scope& scope, const Node& goal) {
  const Node* named = goal.find("indicator");
  const Node* target = goal.find("target");
  const Node* unit = goal.find("unit");
  const Node* indicator = scope.referenced(goal, "indicator", scope.indicators, "indicator");
  if (target && !named) {
    scope.error(*target, "target-without-indicator", "a target needs an indicator that measures it",
                "add a line \"indicator: …\" that names one of `indicators`");
  }
  if (named && !target) {
    scope.error(*named, "indicator-without-target", "an indicator of a goal needs a target",
                "add a line \"target: …\" with the value to reach");
  }
  if (unit && !named) {
    scope.error(*unit, "unit-without-indicator",
                "the unit of a goal is that of its indicator, and it has none",
                "add an indicator and a target, or delete the line");
  }
  const bool unit_known = scope.referenced(goal, "unit", scope.units, "unit") != nullptr;
  const std::string_view measured_in = indicator ? text_of(*indicator, "unit") : std::string_view();
  if (unit && unit_known && !measured_in.empty() && unit->text != measured_in) {
    scope.error(*unit, "unit-mismatch",
                fmt::format("the goal counts in \"{}\", but its indicator \"{}\" counts in \"{}\"",
                            unit->text, named->text, printable(measured_in)),
                fmt::format("write \"unit: {}\", or choose another indicator", printable(measured_in)));
  }
  scope.number(goal, "target", measured_in);
}

// Each cycle is told once, at its goal that stands first.
void check_cycles(Scope& scope) {
  std::set<const Node*> cleared;
  for (const auto& start : list_of(scope.root, "goals")) {
    std::vector<const Node*> way;
    const Node* at = &start;
    while (at && !cleared.contains(at) && std::ranges::find(way, at) == way.end()) {
      way.push_back(at);
      const auto parent = scope.goals.find(text_of(*at, "part_of"));
      at = parent == scope.goals.end() ? nullptr : parent->second;
    }
    if (at && !cleared.contains(at)) {
      std::vector<std::string> ids;
      const auto first = std::ranges::find(way, at);
      for (auto goal = first; goal != way.end(); ++goal) ids.emplace_back((*goal)->id());
      ids.push_back(ids.front());
      const Node* named = (*std::min_element(first, way.end(), [](const Node* a, const Node* b) {
                            return a->mark < b->mark;
                          }))->find("part_of");
      scope.error(*named, "goal-cycle",
                  ids.size() == 2 ? fmt::format("the goal \"{}\" is part of itself", ids.front())
                                  : fmt::format("goals are part of each other: {}", fmt::join(ids, " → ")),
                  "one of them must stand on its own: delete its `part_of`");
    }
    cleared.insert(way.begin(), way.end());
  }
}

void check_condition(Scope& scope, const Node& condition, int depth) {
  if (depth > max_condition_depth) {
    scope.error(condition, "milestone-condition",
                fmt::format("conditions are nested more than {} levels deep", max_condition_depth),
                "split the milestone in two");
    return;
  }
  const Node* indicator = scope.referenced(condition, "indicator", scope.indicators, "indicator");
  scope.number(condition, "at_least", indicator ? text_of(*indicator, "unit") : std::string_view());
  for (const std::string_view key : {"all", "any"})
    for (const Node& part : list_of(condition, key)) check_condition(scope, part, depth + 1);
}

}  // namespace

void check_goals(Scope& scope) {
  for (const Node& goal : list_of(scope.root, "goals")) {
    scope.referenced(goal, "part_of", scope.goals, "goal");
    check_measure(scope, goal);
  }
  check_cycles(scope);
  for (const Node& milestone : list_of(scope.root, "milestones")) {
    scope.referenced(milestone, "goal", scope.goals, "goal");
    if (const Node* when = milestone.find("when")) check_condition(scope, *when, 1);
  }
}

}  // namespace bw
