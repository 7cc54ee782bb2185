#include "state/lifecycle.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bw {
namespace {

void require_sound(std::span<const LifecycleStep> steps) {
  if (steps.empty()) throw Error(ErrorCode::invalid, "a lifecycle has no steps");
  std::set<std::string_view> reached = {steps.front().from};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const LifecycleStep& step : steps)
      if (reached.contains(step.from)) reached.insert(step.to);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!reached.contains(steps[i].from))
      throw Error(ErrorCode::invalid, fmt::format("nothing leads to the state \"{}\"", steps[i].from));
    for (std::size_t j = 0; j < i; ++j) {
      if (steps[i].from == steps[j].from && steps[i].act == steps[j].act && steps[i].by == steps[j].by)
        throw Error(ErrorCode::invalid,
                    fmt::format("\"{}\" leads from \"{}\" to two states", steps[i].act, steps[i].from));
    }
  }
}

}  // namespace

Lifecycle::Lifecycle(std::span<const LifecycleStep> steps) : steps_(steps) {
  require_sound(steps);
}

bool Lifecycle::ends_at(std::string_view state) const {
  return std::none_of(steps_.begin(), steps_.end(),
                      [&](const LifecycleStep& step) { return step.from == state; });
}

Result<std::string_view> Lifecycle::after(std::string_view state, std::string_view act,
                                          const std::set<std::string_view>& roles) const {
  std::vector<std::string_view> who;
  for (const LifecycleStep& step : steps_) {
    if (step.from != state || step.act != act) continue;
    if (step.by.empty() || roles.contains(step.by)) return step.to;
    who.push_back(step.by);
  }
  if (who.empty()) return Reason{fmt::format("it is {}, and cannot be {} then", state, act)};
  return Reason{fmt::format("only the {} can do that", fmt::join(who, " or the "))};
}

std::vector<LifecycleStep> Lifecycle::next(std::string_view state) const {
  std::vector<LifecycleStep> steps;
  for (const LifecycleStep& step : steps_)
    if (step.from == state) steps.push_back(step);
  return steps;
}

std::optional<std::string_view> Lifecycle::find(std::string_view state) const {
  for (const LifecycleStep& step : steps_) {
    if (step.from == state) return step.from;
    if (step.to == state) return step.to;
  }
  return std::nullopt;
}

std::string Lifecycle::table() const {
  std::string table = "| from | act | by | to |\n|---|---|---|---|\n";
  for (const LifecycleStep& step : steps_) {
    table += fmt::format("| {} | {} | {} | {} |\n", step.from, step.act, step.by.empty() ? "itself" : step.by,
                         step.to);
  }
  return table;
}

}  // namespace bw
