#pragma once
// Progress: how far the goals of a definition are, in the order in which they stand there. A goal with a
// target is as far as its indicator; one without is the mean of its sub-goals, each counting alike. Nothing
// counts beyond its target, so that one goal cannot make up for another.

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "definition/model.h"
#include "tools/goal/goal_tool.h"

namespace bw {

struct Progress {
  const Goal* goal = nullptr;
  std::size_t depth = 0;         // how many goals it is part of
  std::optional<Decimal> value;  // of its indicator; nothing where it has none
  std::string why;               // it has none: of a formula that cannot be computed now
  std::optional<Decimal> share;  // of the target, 0 … 1; nothing where neither it nor its sub-goals have one
  std::vector<const Goal*> parts;  // its sub-goals

  bool is_reached() const { return share && *share >= Decimal(1); }
};

// Each goal is followed by its sub-goals.
std::vector<Progress> progress_of(const Definition& definition, const GoalTool& state);

}  // namespace bw
