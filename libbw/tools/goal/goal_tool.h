#pragma once
// The goal tool: indicators, the goals measured by them, and milestones. Indicators are never typed in: a
// deed that counts feeds those that its behaviour names, by the definition under which it was claimed, and
// others follow from these by a formula of the definition in force. It judges
//
//     goal.claimed    {"goal": id}   somebody takes it on herself to see to a goal
//     goal.released   {"goal": id}   … and lays it down again
//     goal.pledged    {"goal": id, or null for the world's vision}
//
// A milestone is reached at the entry after which its condition holds first, by the definition in force
// there; it stays reached whatever is corrected later. What an entry changes is looked at when the entry is
// done with, so that nothing is reached between what a correction takes out and what it puts in.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "state/aggregate.h"
#include "state/tool.h"
#include "tools/goal/computed_indicators.h"

namespace bw {

// Whether it holds with these values; `value` gives that of an indicator. What has no value is below every
// level.
bool holds(const Condition& condition, const std::function<Computed(const std::string&)>& value);

class GoalTool : public Tool {
public:
  std::string_view name() const override { return "goal"; }
  std::vector<std::string_view> kinds() const override {
    return {"goal.claimed", "goal.released", "goal.pledged"};
  }
  void read_form(std::string_view kind, BodyReader& body) const override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void count(const Counted& claim, const Scene& scene) override;
  bool can_carry(const Behaviour& behaviour, Decimal total) const override;
  void hear(const Occurrence& entry, const Scene& scene) override;
  void read_rules(const Rules& rules) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  struct Reached {
    std::uint64_t index = 0;  // of the entry after which it held
    std::int64_t recorded = 0;
    EventId claim;      // what the entry counted; of an adoption, its event
    Digest definition;  // that said so
  };
  struct Claimant {
    PersonNumber person = 0;
    std::uint64_t index = 0;
    std::int64_t recorded = 0;
    friend bool operator==(const Claimant&, const Claimant&) = default;
  };

  // Zero where nothing is read; the reason where it follows from a formula that has no value now.
  Computed computed(std::string_view indicator) const;
  // The same, and zero in place of a reason.
  Decimal value(std::string_view indicator) const;
  // Whether anything is read, or its formula has a value.
  bool is_known(std::string_view indicator) const;
  // Null where it was not reached yet.
  const Reached* reached(std::string_view milestone) const;
  // Who sees to a goal now, in the order of the log.
  const std::vector<Claimant>& claimants(std::string_view goal) const;
  // Who pledged for a goal; for the vision with an empty id.
  const std::vector<Claimant>& pledges(std::string_view goal) const;

private:
  using People = std::map<std::string, std::vector<Claimant>, std::less<>>;

  // What an entry, or several claims that it makes count, changed so far.
  struct Touched {
    std::set<std::string, std::less<>> indicators;
    EventId cause;
  };

  Computed reading(const std::string& indicator) const;
  Decimal read_value(std::string_view indicator) const;
  void tell_computed(const std::vector<std::string>& ids, const EventId& cause, const Scene& scene);
  void reach_milestones(const EventId& cause, const Scene& scene);
  void watch_milestones(const Rules& rules);

  std::map<std::string, AggregateValue, std::less<>> indicators_;
  std::shared_ptr<const Definition> definition_;      // in force
  ComputedIndicators computed_;                       // by it
  std::map<std::string, Decimal, std::less<>> told_;  // what listeners know of these
  std::map<std::string, Reached, std::less<>> reached_;
  People claimants_;
  People pledges_;
  // Which indicators open milestones of the definition in force ask about.
  std::set<std::string, std::less<>> watched_;
  Touched touched_;  // by the entry that is being judged
};

}  // namespace bw
