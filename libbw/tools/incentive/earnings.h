#pragma once
// Earnings: how many points deeds earn within caps and budgets. What a person is *owed* by a rule in a window
// is the sum over the deeds that count; what was *granted* of it never exceeds the cap, nor what the budget
// had left when it came. Where a deed counts no longer, what was granted beyond what is owed then is taken
// back.

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "state/person_number.h"
#include "tools/incentive/rules.h"

namespace bw {

class Earnings {
public:
  // By how much what is granted changes where what is owed changes by `owed` at that moment.
  Decimal change(const EarningRule& rule, PersonNumber person, Decimal owed, Timestamp at, UtcOffset offset);
  void merge(PersonNumber from, PersonNumber into);
  Json json() const;
  void restore(const Json& json);

private:
  // Of a person where the rule caps by that window; of a budget with the window of the budget.
  struct Place {
    std::string rule;
    PersonNumber person = 0;
    std::int64_t begins = 0;         // of the cap's window
    std::int64_t budget_begins = 0;  // of the budget's window
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Amounts {
    Decimal owed;
    Decimal granted;
  };

  std::map<Place, Amounts> amounts_;                                      // of rules with a cap or a budget
  std::map<std::pair<std::string, std::int64_t>, Decimal> budgets_used_;  // by rule and window
};

}  // namespace bw
