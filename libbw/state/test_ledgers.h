#pragma once
// For the tests of ledgers: amounts, causes, accounts, and any sequence of what can be done to a ledger.

#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "state/ledger.h"

namespace bw::ledger_test {

inline Decimal amount(std::string_view text) {
  const auto value = Decimal::parse(text);
  REQUIRE_MESSAGE(value, text, ": ", value.reason());
  return *value;
}

inline EventId event(std::uint64_t number) {
  return EventId{sha256(std::to_string(number))};
}

inline Cause cause(std::uint64_t index = 1, Listener* listener = nullptr) {
  const std::int64_t recorded = 1'795'000'000 + static_cast<std::int64_t>(index) * 3600;
  return {event(index), index, recorded, Timestamp{recorded - 60}, "test", listener};
}

// Six persons, and one place of each kind.
inline constexpr PersonNumber test_persons = 6;
inline std::vector<Account> test_accounts() {
  std::vector<Account> accounts;
  for (PersonNumber person = 0; person < test_persons; ++person) accounts.push_back(Account::of(person));
  for (const Account& place :
       {Account::budget("2026"), Account::campaign("aed"), Account::escrow(event(7)), Account::pool("city"),
        Account::stock("mug"), Account::sink("shop:mug"), Account::issued(), Account::outside("bank")})
    accounts.push_back(place);
  return accounts;
}

// Numbers into lists, and an amount in hundredths, which may be negative.
struct LedgerStep {
  int act = 0;
  unsigned unit = 0;
  unsigned from = 0;
  unsigned to = 0;
  int hundredths = 0;
};

inline rc::Gen<std::vector<LedgerStep>> any_steps() {
  return rc::gen::container<std::vector<LedgerStep>>(rc::gen::construct<LedgerStep>(
      rc::gen::inRange(0, 12), rc::gen::inRange(0U, 2U), rc::gen::inRange(0U, 14U), rc::gen::inRange(0U, 14U),
      rc::gen::inRange(-200, 100'000)));
}

inline constexpr std::string_view test_units[] = {"points", "kg-co2e"};

// Earning is what happens most.
inline void take_step(Ledger& ledger, const LedgerStep& step, const Cause& cause) {
  static const std::vector<Account> accounts = test_accounts();
  const Account& from = accounts[step.from];
  const Account& to = accounts[step.to];
  const std::string_view unit = test_units[step.unit];
  const Decimal size = Decimal(step.hundredths) / Decimal(100);
  const EventId item = event(step.to);
  switch (step.act) {
    case 0:
      (void)ledger.transfer_all(unit, from, to, cause);
      return;
    case 1:
      (void)ledger.hold(unit, from, item, size, cause);
      return;
    case 2:
      (void)ledger.release(unit, item, from, cause);
      return;
    case 3:
      ledger.merge(step.from % test_persons, step.to % test_persons);
      return;
    case 4:
      (void)ledger.post(
          unit, std::vector<Leg>{{from, size}, {Account::of(0), size}, {to, Decimal() - size - size}}, cause);
      return;
    case 5:
      (void)ledger.post(unit, std::vector<Leg>{{from, size}, {to, size}}, cause);  // does not balance
      return;
    case 6:
    case 7:
    case 8:
      (void)ledger.transfer(unit, from, to, size, cause);
      return;
    default:
      (void)ledger.transfer(unit, Account::issued(), Account::of(step.to % test_persons), size, cause);
  }
}

}  // namespace bw::ledger_test
