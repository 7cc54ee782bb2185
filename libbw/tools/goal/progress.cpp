#include "tools/goal/progress.h"

#include <algorithm>
#include <map>

namespace bw {
namespace {

using Parts = std::map<std::string, std::vector<const Goal*>, std::less<>>;  // by the goal they are part of

const Decimal nearly_all = *Decimal::parse("0.999999999");

// Never 1 by rounding.
Decimal share_of(Decimal value, Decimal target) {
  const bool downwards = target.is_negative();
  if (target.is_zero() || (downwards ? value <= target : value >= target)) return Decimal(1);
  if (value.is_zero() || value.is_negative() != downwards) return Decimal();
  return std::min(value / target, nearly_all);
}

std::optional<Decimal> mean_of(const std::vector<std::optional<Decimal>>& shares) {
  Decimal sum;
  std::int64_t known = 0;
  for (const auto& share : shares) {
    if (!share) continue;
    sum += *share;
    ++known;
  }
  if (known == 0) return std::nullopt;
  return sum == Decimal(known) ? Decimal(1) : std::min(sum / Decimal(known), nearly_all);
}

std::vector<const Goal*> parts_of(const Parts& parts, std::string_view goal) {
  const auto found = parts.find(goal);
  return found == parts.end() ? std::vector<const Goal*>() : found->second;
}

// Puts the goal and all below it at the end of `list`; how far it is. That goals form a forest was checked
// when the definition was loaded.
std::optional<Decimal> visit(const Goal& goal, std::size_t depth, const Parts& parts, const GoalTool& state,
                             std::vector<Progress>& list) {
  const std::size_t place = list.size();
  list.push_back({&goal, depth, std::nullopt, "", std::nullopt, parts_of(parts, goal.id)});
  std::vector<std::optional<Decimal>> shares;
  for (const Goal* part : parts_of(parts, goal.id))
    shares.push_back(visit(*part, depth + 1, parts, state, list));
  Progress& progress = list[place];
  if (goal.indicator && goal.target) {
    const Computed now = state.computed(*goal.indicator);
    progress.value = now.value();
    progress.why = now.reason();
    progress.share = now.has_value() ? share_of(*now.value(), *goal.target) : Decimal();
  } else {
    progress.share = mean_of(shares);
  }
  return progress.share;
}

}  // namespace

std::vector<Progress> progress_of(const Definition& definition, const GoalTool& state) {
  Parts parts;
  for (const Goal& goal : definition.goals) parts[goal.part_of.value_or("")].push_back(&goal);
  std::vector<Progress> list;
  for (const Goal* goal : parts_of(parts, "")) visit(*goal, 0, parts, state, list);
  return list;
}

}  // namespace bw
