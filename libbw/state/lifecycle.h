#pragma once
// Lifecycle: the things of one sort that a world keeps (its tasks, its needs, its donations), each named by
// the event that began it, and each in one state of a declared machine (state/state_machine.h). Nothing but
// an act that the machine declares, by those whom it names, or one of its time-outs, moves a thing.
//
//   * Of two who act at once, the one with the lower index in the log acts on the state that is there; the
//     other is told what has become of it.
//   * Where the word of several is needed, each consents by the same act. The thing moves with the last of
//     them; what was consented to is forgotten when it moves otherwise.
//   * A time-out happens at its due moment, whenever the fold comes to it; of several the one that is due
//   first,
//     of one moment the one with the lower id.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/strict_json.h"
#include "state/state_machine.h"
#include "state/tool.h"

namespace bw {

// Where an entry stands in the log, and when it was recorded.
struct LogPlace {
  std::uint64_t index = 0;
  std::int64_t recorded = 0;
  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};
inline LogPlace place_of(const Scene& scene) {
  return {scene.index, scene.recorded};
}

// Names are kept by their places in the machine's lists, and all lists in order: a world can have very many.
struct LifecycleItem {
  EventId id;
  std::uint8_t state = 0;
  // When the state was entered. By a time-out: the moment that was due, and the entry before which it came.
  LogPlace since;
  std::vector<std::pair<std::uint8_t, PersonNumber>> parties;    // role
  std::vector<std::pair<std::uint8_t, PersonNumber>> consents;   // transition
  std::vector<std::pair<std::uint8_t, std::int64_t>> deadlines;  // deadline
  friend bool operator==(const LifecycleItem&, const LifecycleItem&) = default;
};

// What a tool is asked while somebody acts.
struct ActQuestions {
  // Whether the person holds an office of the machine. Empty: nobody holds any.
  std::function<bool(std::string_view office, PersonNumber person)> holds = {};
  // Why the guard refuses; empty: none does. Whatever shall happen with the act, a transfer for instance,
  // must be found possible here, since the act cannot be taken back.
  std::function<Ruling(std::string_view guard, const LifecycleItem& item, PersonNumber person)> guard = {};
};

struct ActOutcome {
  Ruling refused;  // then nothing has changed
  bool moved = false;
  std::vector<std::string> awaits = {};  // the roles whose word is still needed, where consent was noted
};

// What can happen next.
struct PossibleAct {
  const Transition* transition = nullptr;
  std::vector<PersonNumber> consented;
};
struct DueTimeOut {
  const TimeOut* time_out = nullptr;
  std::int64_t due = 0;
};

class Lifecycle {
public:
  explicit Lifecycle(StateMachine machine) : machine_(std::move(machine)) {}
  const StateMachine& machine() const { return machine_; }

  // Into the initial state. A deadline that has passed is due at once. Error(usage) where the machine has not
  // these roles and deadlines, or there is one with this id.
  void open(const EventId& id, const std::vector<std::pair<std::string, PersonNumber>>& parties,
            const std::vector<std::pair<std::string, std::int64_t>>& deadlines, LogPlace now);
  [[nodiscard]] ActOutcome act(const EventId& id, std::string_view transition, PersonNumber person,
                               LogPlace now, const ActQuestions& questions = {});
  // Why it would be refused.
  Ruling objection(const EventId& id, std::string_view transition, PersonNumber person,
                   const ActQuestions& questions = {}) const;
  // The time-outs up to then. `moved` hears of each after it happened; it may do with other things of this
  // lifecycle what it likes.
  using Moved = std::function<void(const LifecycleItem& item, const TimeOut& time_out)>;
  void pass(LogPlace now, const Moved& moved = {});

  // Error(usage) where there is no such thing, role or deadline.
  void set_deadline(const EventId& id, std::string_view deadline, std::int64_t moment, LogPlace now);
  void add_party(const EventId& id, std::string_view role, PersonNumber person);
  void remove_party(const EventId& id, std::string_view role, PersonNumber person);
  // Of a thing whose story is told elsewhere, or has ended.
  void forget(const EventId& id);

  const LifecycleItem* find(const EventId& id) const;
  std::size_t size() const { return items_.size(); }
  std::vector<const LifecycleItem*> items() const;  // by id
  const std::string& state(const LifecycleItem& item) const { return machine_.plan().states[item.state]; }
  bool is_final(const LifecycleItem& item) const { return machine_.is_final(state(item)); }
  std::vector<PersonNumber> parties(const LifecycleItem& item, std::string_view role) const;
  std::optional<std::int64_t> deadline(const LifecycleItem& item, std::string_view name) const;
  std::vector<PossibleAct> possible_acts(const LifecycleItem& item) const;
  // The one that comes first, of those that can come.
  std::optional<DueTimeOut> next_time_out(const LifecycleItem& item) const;

  // What one person was and said is the other's. Nothing moves by it.
  void merge(PersonNumber from, PersonNumber into);

  // A list by id. `from_json` throws Error(invalid) where it is none of things of that machine.
  Json json() const;
  static Lifecycle from_json(StateMachine machine, const Json& json);

private:
  struct Examined;

  LifecycleItem& known(const EventId& id);
  Examined examine(const EventId& id, std::string_view name, PersonNumber person,
                   const ActQuestions& questions) const;
  bool has_role(const LifecycleItem& item, std::string_view role, PersonNumber person,
                const ActQuestions& questions) const;
  std::vector<std::string> missing_words(const LifecycleItem& item, const Transition& transition,
                                         const std::vector<PersonNumber>& consented,
                                         const ActQuestions& questions) const;
  void drop_role(LifecycleItem& item, std::string_view role) const;
  void enter(LifecycleItem& item, std::string_view state, LogPlace since);
  std::uint8_t role_number(std::string_view role) const;
  std::uint8_t deadline_number(std::string_view deadline) const;
  Json item_json(const LifecycleItem& item) const;
  LifecycleItem item_from(const Json& json) const;
  void queue(const LifecycleItem& item);
  void unqueue(const LifecycleItem& item);

  StateMachine machine_;
  std::unordered_map<EventId, LifecycleItem> items_;
  // By due moment and id: the next time-out of each thing that has one.
  std::set<std::pair<std::int64_t, EventId>> due_;
};

}  // namespace bw
