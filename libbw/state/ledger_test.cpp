#include "state/ledger.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

namespace bw {
namespace {

const std::string points = "points";

Decimal sum(const Ledger& ledger, const std::string& unit) {
  Decimal total;
  for (const Ledger::Line& line : ledger.lines())
    if (line.unit == unit) total += line.balance;
  return total;
}

// Some accounts of each kind.
Account account(unsigned number) {
  const std::string id(1, static_cast<char>('a' + number % 3));
  switch (number % 5) {
    case 0:
      return Account::issued(id);
    case 1:
      return Account::fund(id);
    case 2:
      return Account::escrow(id);
    case 3:
      return Account::sink(id);
    default:
      return Account::of(number % 7);
  }
}

// Tries any transfers at all.
Ledger any_ledger() {
  Ledger ledger;
  const auto moves = *rc::gen::container<std::vector<std::tuple<unsigned, unsigned, int>>>(
      rc::gen::tuple(rc::gen::inRange(0u, 40u), rc::gen::inRange(0u, 40u), rc::gen::inRange(-2, 50)));
  for (const auto& [from, to, amount] : moves)
    static_cast<void>(
        ledger.transfer(account(from), account(to), Decimal(amount), amount % 2 ? points : "hours"));
  return ledger;
}

}  // namespace

TEST_CASE("what one account gets another gives") {
  Ledger ledger;
  CHECK_FALSE(ledger.transfer(Account::issued("deeds"), Account::of(1), Decimal(10), points));
  CHECK_FALSE(ledger.transfer(Account::of(1), Account::of(2), Decimal(3), points));
  CHECK(ledger.balance(Account::of(1), points) == Decimal(7));
  CHECK(ledger.balance(Account::of(2), points) == Decimal(3));
  CHECK(ledger.balance(Account::issued("deeds"), points) == Decimal(-10));
  CHECK(ledger.balance(Account::of(1), "hours").is_zero());
}

TEST_CASE("what is not there is not given, and nothing changes") {
  Ledger ledger;
  CHECK_FALSE(ledger.transfer(Account::issued("deeds"), Account::of(1), Decimal(10), points));
  const Json before = ledger.json();
  CHECK(*ledger.transfer(Account::of(1), Account::of(2), Decimal(11), points) ==
        "11 points are needed, and there are 10");
  CHECK(ledger.transfer(Account::of(1), Account::of(2), Decimal(0), points));
  CHECK(ledger.transfer(Account::of(1), Account::of(2), Decimal(-1), points));
  CHECK(ledger.transfer(Account::of(1), Account::of(1), Decimal(1), points));
  CHECK(ledger.json() == before);
}

TEST_CASE("a balance that no decimal holds is refused, and nothing changes") {
  Ledger ledger;
  const Decimal most = *Decimal::parse("999999999999999999");
  CHECK_FALSE(ledger.transfer(Account::issued("a"), Account::of(1), most, points));
  const Json before = ledger.json();
  CHECK(*ledger.transfer(Account::issued("a"), Account::of(1), most, points) ==
        "a balance would be too large");
  CHECK(ledger.json() == before);
}

TEST_CASE("whatever is tried, every unit sums to zero and only its sources are below zero") {
  CHECK(rc::check([] {
    const Ledger ledger = any_ledger();
    RC_ASSERT(sum(ledger, points).is_zero());
    RC_ASSERT(sum(ledger, "hours").is_zero());
    for (const Ledger::Line& line : ledger.lines())
      RC_ASSERT(!line.balance.is_negative() || line.account.kind == Account::Kind::issued);
  }));
}

TEST_CASE("joining two persons loses nothing") {
  CHECK(rc::check([] {
    Ledger ledger = any_ledger();
    const Decimal together = ledger.balance(Account::of(4), points) + ledger.balance(Account::of(2), points);
    ledger.merge(4, 2);
    RC_ASSERT(ledger.balance(Account::of(2), points) == together);
    RC_ASSERT(ledger.lines_of(4).empty());
    RC_ASSERT(sum(ledger, points).is_zero());
  }));
}

TEST_CASE("a ledger comes back from its JSON") {
  CHECK(rc::check([] {
    const Ledger ledger = any_ledger();
    RC_ASSERT(Ledger::from_json(ledger.json()).json() == ledger.json());
    RC_ASSERT(Ledger::from_json(ledger.json()).lines() == ledger.lines());
  }));
}

TEST_CASE("a written ledger that does not balance is refused") {
  for (const char* text :
       {R"({"points":{"person:1":"1"}})", R"({"points":{"issued:a":"-1","person:01":"1"}})",
        R"({"points":{"person:1":"-1","person:2":"1"}})", R"({"points":{"issued:a":"0"}})",
        R"({"points":{}})", R"({"points":{"purse:1":"1","issued:a":"-1"}})", R"([1])",
        R"({"points":{"issued:a":-1,"person:1":1}})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Ledger::from_json(Json::parse(text)), Error);
  }
}

}  // namespace bw
