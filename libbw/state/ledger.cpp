#include "state/ledger.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "state/canonical.h"

namespace bw {
namespace {

using Kind = Account::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 5> kinds = {{{Kind::issued, "issued"},
                                                                     {Kind::person, "person"},
                                                                     {Kind::fund, "fund"},
                                                                     {Kind::escrow, "escrow"},
                                                                     {Kind::sink, "sink"}}};

std::string_view name_of(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].second;
}

}  // namespace

std::string Account::text() const {
  return fmt::format("{}:{}", name_of(kind), kind == Kind::person ? std::to_string(person) : id);
}

std::optional<Account> Account::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(colon + 1);
  for (const auto& [kind, name] : kinds) {
    if (name != text.substr(0, colon)) continue;
    if (kind != Kind::person) return Account{kind, 0, std::string(rest)};
    Account account;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), account.person);
    if (read.ec != std::errc() || read.ptr != rest.data() + rest.size()) return std::nullopt;
    return account;
  }
  return std::nullopt;
}

Ledger::Refusal Ledger::transfer(const Account& from, const Account& to, Decimal amount,
                                 const std::string& unit) {
  if (amount <= Decimal(0)) return "the amount is not more than 0";
  if (from == to) return "giver and receiver are the same";
  const Decimal has = balance(from, unit);
  if (from.kind != Kind::issued && has < amount)
    return fmt::format("{} {} are needed, and there are {}", amount.text(), unit, has.text());
  try {
    // Computed before anything is changed.
    const Decimal given = has - amount;
    const Decimal gotten = balance(to, unit) + amount;
    static_cast<void>(given);
    static_cast<void>(gotten);
  } catch (const Error&) {
    return "a balance would be too large";
  }
  add(unit, from, Decimal() - amount);
  add(unit, to, amount);
  return std::nullopt;
}

void Ledger::add(const std::string& unit, const Account& account, Decimal change) {
  Accounts& accounts = units_[unit];
  Decimal& balance = accounts[account];
  balance += change;
  if (balance.is_zero()) accounts.erase(account);
  if (accounts.empty()) units_.erase(unit);
}

Decimal Ledger::balance(const Account& account, std::string_view unit) const {
  const auto accounts = units_.find(unit);
  if (accounts == units_.end()) return {};
  const auto found = accounts->second.find(account);
  return found == accounts->second.end() ? Decimal() : found->second;
}

std::vector<Ledger::Line> Ledger::lines() const {
  std::vector<Line> lines;
  for (const auto& [unit, accounts] : units_) {
    for (const auto& [account, balance] : accounts) lines.push_back({account, unit, balance});
  }
  return lines;
}

std::vector<Ledger::Line> Ledger::lines_of(PersonNumber person) const {
  std::vector<Line> lines;
  for (const auto& [unit, accounts] : units_) {
    const auto found = accounts.find(Account::of(person));
    if (found != accounts.end()) lines.push_back({found->first, unit, found->second});
  }
  return lines;
}

void Ledger::merge(PersonNumber from, PersonNumber into) {
  for (const Line& line : lines_of(from)) {
    add(line.unit, line.account, Decimal() - line.balance);
    add(line.unit, Account::of(into), line.balance);
  }
}

Json Ledger::json() const {
  Json json = Json::object();
  for (const Line& line : lines()) json[line.unit][line.account.text()] = line.balance.text();
  return json;
}

Ledger Ledger::from_json(const Json& json) {
  return read_canonical("a ledger", json, [](const Json& written) {
    Ledger ledger;
    for (const auto& [unit, accounts] : written.items()) {
      Decimal sum;
      for (const auto& [text, balance] : accounts.items()) {
        const auto account = Account::parse(text);
        if (!account) throw Error(ErrorCode::invalid, "a ledger names no account by " + text);
        const Decimal value = read_decimal(balance);
        if (value.is_negative() && account->kind != Kind::issued)
          throw Error(ErrorCode::invalid, "an account of a ledger is below zero");
        sum += value;
        ledger.add(unit, *account, value);
      }
      if (!sum.is_zero()) throw Error(ErrorCode::invalid, "the accounts of a ledger do not sum to zero");
    }
    return ledger;
  });
}

}  // namespace bw
