#pragma once
// The world at a glance: what the state says to one person: how far the goals are, what she has, and what
// waits for her.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "state/fold.h"
#include "world/status.h"

namespace bw {

struct Glance {
  struct GoalLine {
    std::string id;
    std::optional<Decimal> share;  // 0 … 1
    std::string figure;            // "3 / 5 device"; empty where it has none of its own
    bool overdue = false;
  };
  std::vector<GoalLine> goals;  // those that are part of no other
  // The first milestone that is not reached, by the order of the definition; empty where all are.
  std::string next_milestone;
  std::size_t reached = 0;  // milestones
  std::size_t milestones = 0;

  // Of the person; nothing where nobody is asked about.
  std::vector<std::pair<std::string, Decimal>> points;  // with what they are
  std::vector<std::string> badges;                      // held now
  std::optional<Decimal> contribution;

  std::vector<NextStep> duties;  // votes, reveals, tasks, reviews: what waits for her, most urgent first
};

// `state` has passed until `now`.
Glance glance_at(Fold& state, const std::optional<Did>& me, Timestamp now);

}  // namespace bw
