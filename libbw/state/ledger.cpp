#include "state/ledger.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "definition/model.h"

namespace bw {
namespace {

// One leg for each account, in order.
std::vector<Leg> by_account(std::span<const Leg> legs) {
  std::vector<Leg> sorted(legs.begin(), legs.end());
  std::sort(sorted.begin(), sorted.end(), [](const Leg& a, const Leg& b) { return a.account < b.account; });
  std::vector<Leg> summed;
  summed.reserve(sorted.size());
  for (Leg& leg : sorted) {
    if (!summed.empty() && summed.back().account == leg.account) {
      summed.back().amount += leg.amount;
    } else {
      summed.push_back(std::move(leg));
    }
  }
  return summed;
}

Decimal above_zero(Decimal amount) {
  return amount.is_negative() ? Decimal() : amount;
}

std::string overdrawn(std::string_view unit, const Account& account, Decimal balance, Decimal change) {
  return fmt::format("{} holds {} {}, and {} would be taken", account.in_words(), balance.text(), unit,
                     (Decimal() - change).text());
}

}  // namespace

Cause cause_of(const Occurrence& entry, const Scene& scene, std::string_view purpose) {
  return {entry.id(), scene.index, scene.recorded, entry.at, purpose, scene.listener};
}

Cause cause_of(const Counted& claim, const Scene& scene, std::string_view purpose) {
  return {claim.claim, scene.index, scene.recorded, claim.at, purpose, scene.listener};
}

Decimal Ledger::Book::balance(const Account& account) const {
  if (account.is_person()) {
    const auto found = persons.find(account.person);
    return found == persons.end() ? Decimal() : found->second;
  }
  const auto found = places.find(account);
  return found == places.end() ? Decimal() : found->second;
}

void Ledger::Book::set(const Account& account, Decimal amount) {
  if (account.is_person()) {
    if (amount.is_zero()) {
      persons.erase(account.person);
    } else {
      persons.insert_or_assign(account.person, amount);
    }
  } else if (amount.is_zero()) {
    places.erase(account);
  } else {
    places.insert_or_assign(account, amount);
  }
}

const Ledger::Book* Ledger::book(std::string_view unit) const {
  const auto found = books_.find(unit);
  return found == books_.end() ? nullptr : &found->second;
}

Result<Ledger::Settlement> Ledger::settle(std::string_view unit, std::span<const Leg> legs) const {
  static const Book empty;
  const Book* known = book(unit);
  if (known == nullptr && !is_id(unit)) return Reason{"the unit of a posting is not an id"};
  const Book& book = known == nullptr ? empty : *known;
  Settlement after{{}, book.held};
  Decimal sum;
  for (const Leg& leg : by_account(legs)) {
    if (!leg.account.is_sound()) return Reason{"an account of a posting has no proper name"};
    const Decimal before = book.balance(leg.account);
    const Decimal balance = before + leg.amount;
    if (balance.is_negative() && !leg.account.is_source())
      return Reason{overdrawn(unit, leg.account, before, leg.amount)};
    sum += leg.amount;
    after.held += above_zero(balance) - above_zero(before);
    after.balances.push_back({leg.account, balance});
  }
  if (after.balances.size() < 2) return Reason{"a posting needs two accounts"};
  if (!sum.is_zero()) return Reason{"what some accounts give is not what the others get"};
  return after;
}

Result<Ledger::Settlement> Ledger::settle_any(std::string_view unit, std::span<const Leg> legs) const {
  try {
    return settle(unit, legs);
  } catch (const Error&) {
    return Reason{fmt::format("the {} of this ledger would grow past 18 digits", unit)};
  }
}

Ruling Ledger::objection(std::string_view unit, std::span<const Leg> legs) const {
  const auto after = settle_any(unit, legs);
  return after ? std::nullopt : Ruling(after.reason());
}

Ruling Ledger::post(std::string_view unit, std::span<const Leg> legs, const Cause& cause) {
  const auto after = settle_any(unit, legs);
  if (!after) return after.reason();
  const auto found = books_.find(unit);
  const auto book = found == books_.end() ? books_.emplace(unit, Book{}).first : found;
  for (const auto& [account, amount] : after->balances) book->second.set(account, amount);
  book->second.held = after->held;
  if (book->second.is_empty()) books_.erase(book);
  if (cause.listener != nullptr) cause.listener->posted({unit, legs, cause});
  return std::nullopt;
}

Ruling Ledger::transfer(std::string_view unit, const Account& from, const Account& to, Decimal amount,
                        const Cause& cause) {
  if (amount.is_negative() || amount.is_zero())
    return fmt::format("{} {} is nothing to transfer", amount.text(), unit);
  if (from == to) return "both accounts of a transfer are the same";
  return post(unit, std::array<Leg, 2>{{{from, Decimal() - amount}, {to, amount}}}, cause);
}

Ruling Ledger::transfer_all(std::string_view unit, const Account& from, const Account& to,
                            const Cause& cause) {
  if (from.is_source()) return fmt::format("{} is a source, which has no end", from.in_words());
  const Decimal amount = balance(unit, from);
  return amount.is_zero() ? std::nullopt : transfer(unit, from, to, amount, cause);
}

Ruling Ledger::hold(std::string_view unit, const Account& from, const EventId& item, Decimal amount,
                    const Cause& cause) {
  return transfer(unit, from, Account::escrow(item), amount, cause);
}

Ruling Ledger::release(std::string_view unit, const EventId& item, const Account& to, const Cause& cause) {
  return transfer_all(unit, Account::escrow(item), to, cause);
}

Decimal Ledger::balance(std::string_view unit, const Account& account) const {
  const Book* found = book(unit);
  return found == nullptr ? Decimal() : found->balance(account);
}

Decimal Ledger::held(std::string_view unit) const {
  const Book* found = book(unit);
  return found == nullptr ? Decimal() : found->held;
}

std::vector<std::string_view> Ledger::units() const {
  std::vector<std::string_view> units;
  for (const auto& [unit, book] : books_) units.emplace_back(unit);
  return units;
}

std::vector<Balance> Ledger::balances(std::string_view unit) const {
  std::vector<Balance> all;
  for (const auto& [person, amount] : persons(unit)) all.push_back({Account::of(person), amount});
  if (const Book* found = book(unit)) {
    for (const auto& [account, amount] : found->places) all.push_back({account, amount});
  }
  return all;
}

std::vector<std::pair<PersonNumber, Decimal>> Ledger::persons(std::string_view unit) const {
  const Book* found = book(unit);
  if (found == nullptr) return {};
  std::vector<std::pair<PersonNumber, Decimal>> all(found->persons.begin(), found->persons.end());
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::pair<std::string_view, Decimal>> Ledger::balances_of(PersonNumber person) const {
  std::vector<std::pair<std::string_view, Decimal>> all;
  for (const auto& [unit, book] : books_) {
    const auto found = book.persons.find(person);
    if (found != book.persons.end()) all.emplace_back(unit, found->second);
  }
  return all;
}

void Ledger::merge(PersonNumber from, PersonNumber into) {
  if (from == into) return;
  for (auto& [unit, book] : books_) {
    const auto found = book.persons.find(from);
    if (found == book.persons.end()) continue;
    const Decimal amount = found->second;
    book.persons.erase(found);
    book.persons[into] += amount;  // fits, since all that is held does
  }
}

}  // namespace bw
