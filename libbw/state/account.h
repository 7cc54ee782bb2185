#pragma once
// Account: where a ledger keeps an amount: a person, or a place that a tool gives a name. What kind a place
// is says whether it may fall below zero, and where it stands in a statement.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "state/person_number.h"
#include "stream/ids.h"

namespace bw {

enum class AccountKind : std::uint8_t {
  person,
  budget,    // set aside by the rules, for a purpose or a period
  campaign,  // collected for something
  escrow,    // held until the item of that event is settled
  pool,      // funded by sponsors
  stock,     // goods on the shelf
  sink,      // where it is used up
  issued,    // a source: what deeds earn comes from here
  outside,   // a source: what comes in from beyond the world, and goes out to it
};

struct Account {
  AccountKind kind = AccountKind::person;
  PersonNumber person = 0;
  // Of every other kind: one id (definition/model.h) or several joined by colons, at most 200 bytes. A
  // source may have none.
  std::string name = {};

  static Account of(PersonNumber person) { return {AccountKind::person, person}; }
  static Account budget(std::string id) { return {AccountKind::budget, 0, std::move(id)}; }
  static Account campaign(std::string id) { return {AccountKind::campaign, 0, std::move(id)}; }
  static Account escrow(const EventId& item) { return {AccountKind::escrow, 0, item.text()}; }
  static Account pool(std::string id) { return {AccountKind::pool, 0, std::move(id)}; }
  static Account stock(std::string id) { return {AccountKind::stock, 0, std::move(id)}; }
  static Account sink(std::string id) { return {AccountKind::sink, 0, std::move(id)}; }
  static Account issued(std::string id = {}) { return {AccountKind::issued, 0, std::move(id)}; }
  static Account outside(std::string id = {}) { return {AccountKind::outside, 0, std::move(id)}; }

  bool is_person() const { return kind == AccountKind::person; }
  // Only sources may be overdrawn.
  bool is_source() const { return kind == AccountKind::issued || kind == AccountKind::outside; }
  bool is_sound() const;

  // "person:12", "escrow:3f9a…", "issued". One text per account.
  std::string text() const;
  static Result<Account> parse(std::string_view text);
  // As a sentence calls it: "this person", "the budget shop".
  std::string in_words() const;

  // Persons by number, then by kind and name.
  friend auto operator<=>(const Account&, const Account&) = default;
};

}  // namespace bw
