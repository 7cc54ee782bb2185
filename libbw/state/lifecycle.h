#pragma once
// Lifecycle: a declared state machine, of a task, a membership, a contract: which acts lead from which state
// to which, and by whom. The table is all there is: tools ask it, commands show from it what can happen next,
// and the documentation prints it.
//
// A step without anybody to act is taken by itself when its time has come; `Deadlines` keeps those times.

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bw {

// When a deadline is that does not come, in seconds since 1970.
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct LifecycleStep {
  std::string_view from;
  std::string_view act;  // as in the kind of its event: "claimed"
  std::string_view by;   // a role: "claimant"; empty: it happens by itself
  std::string_view to;
};

class Lifecycle {
public:
  // `steps` outlives it; the first state of the first step is where everything begins. Error(invalid) where a
  // state cannot be reached from there, or one act of one role leads from a state to two.
  explicit Lifecycle(std::span<const LifecycleStep> steps);

  std::string_view begins() const { return steps_.front().from; }
  bool ends_at(std::string_view state) const;
  // Where the act leads when somebody in these roles does it; the reason where it leads nowhere.
  Result<std::string_view> after(std::string_view state, std::string_view act,
                                 const std::set<std::string_view>& roles) const;
  // What can happen in that state.
  std::vector<LifecycleStep> next(std::string_view state) const;
  // The state itself, as it stands in the table; nothing where no state is called so.
  std::optional<std::string_view> find(std::string_view state) const;
  // A Markdown table, for the documentation.
  std::string table() const;

private:
  std::span<const LifecycleStep> steps_;
};

// What is due when, earliest first; of one moment in the order of the keys.
template <class Key>
class Deadlines {
public:
  void set(const Key& key, std::int64_t due) { times_.emplace(due, key); }
  void drop(const Key& key, std::int64_t due) { times_.erase({due, key}); }
  // Takes out the next that is due at `now`.
  std::optional<std::pair<std::int64_t, Key>> take(std::int64_t now) {
    if (times_.empty() || times_.begin()->first > now) return std::nullopt;
    return times_.extract(times_.begin()).value();
  }

private:
  std::set<std::pair<std::int64_t, Key>> times_;
};

}  // namespace bw
