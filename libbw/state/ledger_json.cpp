#include "base/error.h"
#include "definition/model.h"
#include "state/canonical.h"
#include "state/ledger.h"

namespace bw {
namespace {

void require(bool holds, const char* otherwise) {
  if (!holds) throw Error(ErrorCode::invalid, otherwise);
}

Decimal decimal_of(const Json& json) {
  const auto value = Decimal::parse(json.get_ref<const std::string&>());
  if (!value) throw Error(ErrorCode::invalid, "an amount of a ledger is " + value.reason());
  return *value;
}

}  // namespace

Json Ledger::json() const {
  Json books = Json::object();
  for (const auto& [unit, book] : books_) {
    Json held_by = Json::array();
    for (const auto& [person, amount] : persons(unit)) held_by.push_back({person, amount.text()});
    Json places = Json::object();
    for (const auto& [account, amount] : book.places) places[account.text()] = amount.text();
    books[unit] = {{"accounts", std::move(places)}, {"persons", std::move(held_by)}};
  }
  return books;
}

Ledger Ledger::from_json(const Json& json) {
  return read_canonical("a ledger", json, [](const Json& from) {
    require(from.is_object(), "a ledger is not an object");
    Ledger ledger;
    for (const auto& [unit, book] : from.items()) {
      require(is_id(unit), "a unit of a ledger is not an id");
      ledger.books_.emplace(unit, book_from(book));
    }
    return ledger;
  });
}

Ledger::Book Ledger::book_from(const Json& json) {
  Book book;
  Decimal sum;
  const auto put = [&](const Account& account, Decimal amount) {
    require(!amount.is_zero(), "an account of a ledger holds nothing");
    require(!amount.is_negative() || account.is_source(), "an account of a ledger is overdrawn");
    sum += amount;
    if (!amount.is_negative()) book.held += amount;
    book.set(account, amount);
  };
  for (const Json& entry : json.at("persons"))
    put(Account::of(entry.at(0).get<PersonNumber>()), decimal_of(entry.at(1)));
  for (const auto& [text, amount] : json.at("accounts").items()) {
    const auto account = Account::parse(text);
    require(static_cast<bool>(account) && !account->is_person(), "a ledger holds an account that cannot be");
    put(*account, decimal_of(amount));
  }
  require(!book.is_empty(), "a ledger has a unit of which nobody holds anything");
  require(sum.is_zero(), "a ledger does not sum to zero");
  return book;
}

}  // namespace bw
