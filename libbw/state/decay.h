#pragma once
// Decay: what persons hold and do not use loses value: at the end of each day, week, month or year a share of
// every person's balance goes to a sink; a share of 1/1 is expiry. Rounded down at the unit's precision, so
// that nobody loses more than the share, and what is too little to divide stays.
//
// It happens by itself, with the first entry that is recorded at or after the end of a period. A period costs
// as much as there are persons who hold the unit; what no longer changes anything is skipped, and so is what
// lies beyond a thousand periods between two entries, so that no gap and no clock of a far future can stall a
// fold.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "definition/model.h"
#include "state/fraction.h"
#include "state/ledger.h"

namespace bw {

inline constexpr int max_decays_at_once = 1000;

struct DecayRule {
  std::string unit;
  Fraction share;
  Window per = Window::month;  // `ever` never ends: nothing decays
  int digits = 0;              // of the unit's precision
  std::string sink;            // Account::sink
  friend bool operator==(const DecayRule&, const DecayRule&) = default;
};

class Decay {
public:
  // The rules that `adoption`, recorded then, put in force; of two for one unit the first. A unit that
  // decayed in the same windows before goes on in its period; every other one begins with the period in which
  // `recorded` lies, and loses a share at its end.
  void adopt(const std::vector<DecayRule>& rules, UtcOffset offset, const EventId& adoption,
             std::int64_t recorded);
  // Everything up to `recorded`, before the entry of that index is judged.
  void pass(Ledger& ledger, std::uint64_t index, std::int64_t recorded, Listener* listener = nullptr);

  // When the period of a unit ends; nothing where it does not decay.
  std::optional<std::int64_t> ends(std::string_view unit) const;

  Json json() const;
  static Decay from_json(const Json& json);

private:
  struct Running {
    DecayRule rule;
    EventId adoption;
    UtcOffset offset;
    std::int64_t ends = 0;
  };
  static Running running_from(const Json& json);
  void set_next();

  std::vector<Running> running_;  // by unit
  std::int64_t next_ = Timestamp::last + 1;
};

}  // namespace bw
