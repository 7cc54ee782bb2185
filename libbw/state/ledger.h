#pragma once
// Ledger: double-entry accounts in any unit: points, money, goods. Whatever one account gets another gives,
// so that the sum over all accounts of a unit is zero at every moment; where points come from is an account
// too, the one that may be below zero.
//
// The ledger keeps balances only: which event moved what is told to who listens (state/tool.h), and is found
// again by folding the log, so that the state grows with its accounts and not with what happened.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "state/person_number.h"

namespace bw {

struct Account {
  enum class Kind {
    issued,  // where a unit comes from: what its rules give, below zero by as much
    person,
    fund,    // of the community, named in a definition: a budget, a campaign, a body's purse
    escrow,  // held for a matter until it is settled, named by its event
    sink,    // what was used up: spent, decayed, expired
  };
  Kind kind = Kind::person;
  PersonNumber person = 0;  // of a person
  std::string id;           // of the others

  static Account of(PersonNumber person) { return {Kind::person, person, ""}; }
  static Account issued(std::string rule) { return {Kind::issued, 0, std::move(rule)}; }
  static Account fund(std::string id) { return {Kind::fund, 0, std::move(id)}; }
  static Account escrow(std::string matter) { return {Kind::escrow, 0, std::move(matter)}; }
  static Account sink(std::string id) { return {Kind::sink, 0, std::move(id)}; }

  // "person:12", "fund:kitty": the form in the state.
  std::string text() const;
  static std::optional<Account> parse(std::string_view text);
  friend auto operator<=>(const Account&, const Account&) = default;
};

class Ledger {
public:
  // Nothing where it was done, otherwise why it was not.
  using Refusal = std::optional<std::string>;

  // Moves `amount`, which is more than zero. All of it or nothing: refused where the giver has less, unless
  // it is where the unit comes from, and where a balance would leave the range of decimals.
  [[nodiscard]] Refusal transfer(const Account& from, const Account& to, Decimal amount,
                                 const std::string& unit);

  Decimal balance(const Account& account, std::string_view unit) const;
  struct Line {
    Account account;
    std::string unit;
    Decimal balance;
    friend bool operator==(const Line&, const Line&) = default;
  };
  // All that are not zero, by unit and account.
  std::vector<Line> lines() const;
  std::vector<Line> lines_of(PersonNumber person) const;

  // What a person had is another's.
  void merge(PersonNumber from, PersonNumber into);

  // {"<unit>": {"<account>": "<balance>", …}, …}. `from_json` throws Error(invalid), also where a sum is not
  // zero.
  Json json() const;
  static Ledger from_json(const Json& json);

private:
  using Accounts = std::map<Account, Decimal>;
  void add(const std::string& unit, const Account& account, Decimal change);

  std::map<std::string, Accounts, std::less<>> units_;  // without zeros
};

}  // namespace bw
