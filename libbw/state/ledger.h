#pragma once
// Ledger: who holds how much of what, in any unit: points, money, goods. It is kept in double entry: what
// one account gets others give, so that the sum of each unit is zero at every moment, and nothing is created
// but by a source that goes below zero for it (state/account.h).
//
//   * A posting has two legs or more, in one unit, that sum to zero. It names the event that it is owed to,
//     and takes effect as a whole or not at all.
//   * What would overdraw an account that is no source is refused, with a reason that names the balance.
//   * All that is held in a unit stays below 10^18, so that no sum of balances leaves a decimal.
//
// Kept are the balances that are not zero, and no more: the state grows with accounts, not with postings.
// The postings themselves go to the listener (state/tool.h), which whoever explains a figure, prints a
// statement or exports a journal (state/ledger_export.h) hears when they fold the log again.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "state/account.h"
#include "state/tool.h"

namespace bw {

// What a posting is owed to.
struct Cause {
  EventId event;
  std::uint64_t index = 0;  // of the entry at which it is posted
  std::int64_t recorded = 0;
  Timestamp at;                  // when it happened, as its author claims
  std::string_view purpose;      // one word for statements: "earned", "refund"
  Listener* listener = nullptr;  // hears of the posting
};
// Of what an entry says itself, and of a claim that counts from this entry on.
Cause cause_of(const Occurrence& entry, const Scene& scene, std::string_view purpose);
Cause cause_of(const Counted& claim, const Scene& scene, std::string_view purpose);

struct Leg {
  Account account;
  Decimal amount;  // that the account gets; negative: gives
};

struct Posting {
  std::string_view unit;
  std::span<const Leg> legs;
  const Cause& cause;
};

struct Balance {
  Account account;
  Decimal amount;
  friend bool operator==(const Balance&, const Balance&) = default;
};

class Ledger {
public:
  // Each of these takes effect and is told, or says why not and has changed nothing.
  Ruling post(std::string_view unit, std::span<const Leg> legs, const Cause& cause);
  // Of an amount above zero, between two accounts.
  Ruling transfer(std::string_view unit, const Account& from, const Account& to, Decimal amount,
                  const Cause& cause);
  // All that `from`, which is no source, holds; where it holds nothing, nothing is posted.
  Ruling transfer_all(std::string_view unit, const Account& from, const Account& to, const Cause& cause);
  // Into the escrow of an item, which several may fill, and out of it to whoever it turns out to belong to.
  Ruling hold(std::string_view unit, const Account& from, const EventId& item, Decimal amount,
              const Cause& cause);
  Ruling release(std::string_view unit, const EventId& item, const Account& to, const Cause& cause);
  // Why the posting would be refused.
  Ruling objection(std::string_view unit, std::span<const Leg> legs) const;

  Decimal balance(std::string_view unit, const Account& account) const;
  // All that accounts have above zero: as much as sources gave.
  Decimal held(std::string_view unit) const;

  // In canonical order, and never of zero: the units; who holds some of a unit; what a person holds.
  std::vector<std::string_view> units() const;
  std::vector<Balance> balances(std::string_view unit) const;
  std::vector<std::pair<PersonNumber, Decimal>> persons(std::string_view unit) const;
  std::vector<std::pair<std::string_view, Decimal>> balances_of(PersonNumber person) const;

  // What one person held becomes the other's. No posting: it was hers all the time.
  void merge(PersonNumber from, PersonNumber into);

  // {unit: {"accounts": {text: amount}, "persons": [[number, amount], …]}}. `from_json` throws Error(invalid)
  // where the JSON is none of a ledger, does not sum to zero, or overdraws an account.
  Json json() const;
  static Ledger from_json(const Json& json);

  friend bool operator==(const Ledger&, const Ledger&) = default;

private:
  struct Book {
    std::unordered_map<PersonNumber, Decimal> persons;
    std::map<Account, Decimal> places;
    Decimal held;

    Decimal balance(const Account& account) const;
    void set(const Account& account, Decimal amount);
    bool is_empty() const { return persons.empty() && places.empty(); }
    friend bool operator==(const Book&, const Book&) = default;
  };
  // What the book looks like afterwards.
  struct Settlement {
    std::vector<Balance> balances;
    Decimal held;
  };

  const Book* book(std::string_view unit) const;
  // Throws where a sum leaves a decimal, as those of hostile amounts can; `settle_any` says so instead.
  Result<Settlement> settle(std::string_view unit, std::span<const Leg> legs) const;
  Result<Settlement> settle_any(std::string_view unit, std::span<const Leg> legs) const;
  static Book book_from(const Json& json);

  std::map<std::string, Book, std::less<>> books_;
};

}  // namespace bw
