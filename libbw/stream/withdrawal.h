#pragma once
// Withdrawals: what the log says must not be shown any more. `details.withdrawn` names an event and fields of
// it; it is in effect where its actor could speak then, and is that event's author (any key of the person),
// or was a steward at its index (a take-down). From there on those openings are not admitted again, and
// everyone who keeps a copy erases them. The event, its commitments and every proof stay as they are: what is
// gone is a visible hole.
//
// Who an event's author is shows only the event, which is not always at hand. So what is kept is who said
// what, and the event is asked for when the answer is.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stream/authority.h"
#include "stream/event.h"

namespace bw {

// The body of `details.withdrawn`: {"event":"<id>","fields":["note",…]}, 1 to 256 names, ascending.
struct WithdrawnFields {
  EventId event;
  std::set<std::string> fields;

  Json body() const;
};
// Nothing for other kinds and forms.
std::optional<WithdrawnFields> withdrawn_by(const Event& event);

struct Withdrawal {
  Did by;
  bool by_steward = false;  // at its index
  std::set<std::string> fields;
  std::uint64_t index = 0;
};

class Withdrawals {
public:
  // Takes the next entry of the log, given the authority there; whatever is no withdrawal is passed over.
  void take(const Event& event, std::uint64_t index, const Authority& authority);

  // The first withdrawal in effect of that field of `event`; null where it is not withdrawn.
  const Withdrawal* of(const Event& event, std::string_view field, const Persons& persons) const;
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  // By the event that they are about, also those without effect.
  const std::multimap<EventId, Withdrawal>& all() const { return all_; }

  // For the cache of what was verified; `from_json` throws Error(invalid) or a Json::exception where it is
  // not what `json` gave.
  Json json() const;
  static Withdrawals from_json(const Json& json);

private:
  std::multimap<EventId, Withdrawal> all_;
};

}  // namespace bw
