#include "tools/incentive/earnings.h"

#include <algorithm>

#include "state/canonical.h"
#include "state/window.h"

namespace bw {

Decimal Earnings::change(const EarningRule& rule, PersonNumber person, Decimal owed, Timestamp at,
                         UtcOffset offset) {
  if (!rule.cap && !rule.budget) return owed;
  Place place{rule.id, person, 0, 0};
  if (rule.cap) place.begins = window_of(rule.cap->per, at, offset).begin;
  if (rule.budget) place.budget_begins = window_of(rule.budget->per, at, offset).begin;
  Amounts& amounts = amounts_[place];
  amounts.owed += owed;
  // Within one window of the cap there can be several of the budget, or the other way round.
  Decimal wanted = amounts.owed;
  if (rule.cap) {
    Decimal elsewhere;
    for (auto near = amounts_.lower_bound({rule.id, person, place.begins, 0});
         near != amounts_.end() && near->first.rule == rule.id && near->first.person == person &&
         near->first.begins == place.begins;
         ++near) {
      if (near->first.budget_begins != place.budget_begins) elsewhere += near->second.granted;
    }
    wanted = std::min(wanted, std::max(Decimal(), rule.cap->amount - elsewhere));
  }
  Decimal change = wanted - amounts.granted;
  // What two persons had granted who became one can be over the cap; a new deed takes nothing of it back.
  if (owed > Decimal()) change = std::max(change, Decimal());
  if (rule.budget) {
    Decimal& used = budgets_used_[{rule.id, place.budget_begins}];
    if (change > Decimal()) change = std::min(change, std::max(Decimal(), rule.budget->amount - used));
    used += change;
  }
  amounts.granted += change;
  if (amounts.owed.is_zero() && amounts.granted.is_zero()) amounts_.erase(place);
  return change;
}

void Earnings::merge(PersonNumber from, PersonNumber into) {
  std::map<Place, Amounts> joined;
  for (const auto& [place, amounts] : amounts_) {
    Place owner = place;
    if (owner.person == from) owner.person = into;
    Amounts& sum = joined[owner];
    sum.owed += amounts.owed;
    sum.granted += amounts.granted;
  }
  amounts_ = std::move(joined);
}

Json Earnings::json() const {
  Json amounts = Json::array();
  for (const auto& [place, one] : amounts_) {
    amounts.push_back(
        {place.rule, place.person, place.begins, place.budget_begins, one.owed.text(), one.granted.text()});
  }
  Json budgets = Json::array();
  for (const auto& [place, used] : budgets_used_) {
    if (!used.is_zero()) budgets.push_back({place.first, place.second, used.text()});
  }
  return {{"amounts", std::move(amounts)}, {"budgets", std::move(budgets)}};
}

void Earnings::restore(const Json& json) {
  for (const Json& one : json.at("amounts")) {
    amounts_.emplace(Place{one.at(0).get<std::string>(), one.at(1).get<PersonNumber>(),
                           one.at(2).get<std::int64_t>(), one.at(3).get<std::int64_t>()},
                     Amounts{read_decimal(one.at(4)), read_decimal(one.at(5))});
  }
  for (const Json& one : json.at("budgets")) {
    budgets_used_.emplace(std::pair{one.at(0).get<std::string>(), one.at(1).get<std::int64_t>()},
                          read_decimal(one.at(2)));
  }
}

}  // namespace bw
