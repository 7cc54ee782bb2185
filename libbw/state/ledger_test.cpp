#include "state/ledger.h"

#include <algorithm>

#include "base/test_errors.h"
#include "state/test_ledgers.h"

using namespace bw;
using namespace bw::ledger_test;
using bw::testing::error_from;

namespace {

struct Postings : Listener {
  std::vector<std::string> heard;
  std::map<std::pair<std::string, Account>, Decimal> sums;
  void judged(const Occurrence&, const Ruling&) override {}
  void changed(const FigureChange&) override {}
  void posted(const Posting& posting) override {
    Decimal sum;
    for (const Leg& leg : posting.legs) {
      sum += leg.amount;
      sums[{std::string(posting.unit), leg.account}] += leg.amount;
    }
    CHECK(sum.is_zero());
    heard.emplace_back(posting.cause.purpose);
  }
};

Ledger with_points(PersonNumber person, std::string_view points) {
  Ledger ledger;
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(person), amount(points), cause()));
  return ledger;
}

Decimal sum_of(const Ledger& ledger, std::string_view unit) {
  Decimal sum;
  for (const Balance& balance : ledger.balances(unit)) sum += balance.amount;
  return sum;
}

}  // namespace

TEST_CASE("what one account gets another gives, and the sum stays zero") {
  Ledger ledger = with_points(1, "30");
  CHECK_FALSE(ledger.transfer("points", Account::of(1), Account::of(2), amount("12.5"), cause()));
  CHECK(ledger.balance("points", Account::of(1)) == amount("17.5"));
  CHECK(ledger.balance("points", Account::of(2)) == amount("12.5"));
  CHECK(ledger.balance("points", Account::issued()) == amount("-30"));
  CHECK(ledger.balance("hours", Account::of(1)).is_zero());
  CHECK(ledger.held("points") == amount("30"));
  CHECK(sum_of(ledger, "points").is_zero());
}

TEST_CASE("what would overdraw an account is refused with its balance, and changes nothing") {
  Ledger ledger = with_points(1, "3");
  const Ledger before = ledger;
  CHECK(ledger.transfer("points", Account::of(1), Account::of(2), amount("3.01"), cause()) ==
        "this person holds 3 points, and 3.01 would be taken");
  CHECK(ledger.transfer("points", Account::budget("shop"), Account::of(2), amount("1"), cause()) ==
        "the budget shop holds 0 points, and 1 would be taken");
  // Two legs that each could be paid, but not both; and one that could, beside one that cannot.
  CHECK(ledger.post("points",
                    std::vector<Leg>{{Account::of(1), amount("-2")},
                                     {Account::of(1), amount("-2")},
                                     {Account::sink("x"), amount("4")}},
                    cause()) == "this person holds 3 points, and 4 would be taken");
  CHECK(ledger.post("points",
                    std::vector<Leg>{{Account::of(1), amount("-2")},
                                     {Account::of(2), amount("-2")},
                                     {Account::sink("x"), amount("4")}},
                    cause()) == "this person holds 0 points, and 2 would be taken");
  CHECK(ledger == before);
}

TEST_CASE("the same points are not spent twice") {
  Ledger ledger = with_points(1, "10");
  CHECK_FALSE(ledger.transfer("points", Account::of(1), Account::sink("shop"), amount("10"), cause(2)));
  CHECK(ledger.transfer("points", Account::of(1), Account::of(2), amount("10"), cause(3)) ==
        "this person holds 0 points, and 10 would be taken");
}

TEST_CASE("a posting that is none is refused") {
  Ledger ledger = with_points(1, "10");
  const Ledger before = ledger;
  const auto refusal = [&](std::string_view unit, const std::vector<Leg>& legs) {
    const Ruling ruling = ledger.post(unit, legs, cause());
    CHECK(ruling == ledger.objection(unit, legs));
    CHECK(ledger == before);
    return ruling.value_or("");
  };
  const Leg gives{Account::of(1), amount("-5")};
  CHECK(refusal("points", {gives, {Account::of(2), amount("4.999999999")}}) ==
        "what some accounts give is not what the others get");
  CHECK(refusal("points", {}) == "a posting needs two accounts");
  CHECK(refusal("points", {gives}) == "a posting needs two accounts");
  CHECK(refusal("points", {gives, {Account::of(1), amount("5")}}) == "a posting needs two accounts");
  CHECK(refusal("Points; rm", {gives, {Account::of(2), amount("5")}}) ==
        "the unit of a posting is not an id");
  for (const Account& unsound :
       {Account::sink("a  b"), Account::sink(""), Account::budget(":x"), Account::pool(std::string(201, 'x')),
        Account{AccountKind::person, 1, "x"}}) {
    CHECK(refusal("points", {gives, {unsound, amount("5")}}) == "an account of a posting has no proper name");
  }
  CHECK(ledger.transfer("points", Account::of(1), Account::of(2), amount("0"), cause()) ==
        "0 points is nothing to transfer");
  CHECK(ledger.transfer("points", Account::of(2), Account::of(1), amount("-5"), cause()) ==
        "-5 points is nothing to transfer");
  CHECK(ledger.transfer("points", Account::of(1), Account::of(1), amount("5"), cause()) ==
        "both accounts of a transfer are the same");
  CHECK(ledger == before);
}

TEST_CASE("amounts that no decimal holds are refused, however they come about") {
  const Decimal most = amount("999999999999999999.999999999");
  Ledger ledger;
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(1), most, cause()));
  const Ledger before = ledger;
  const Ruling too_much = "the points of this ledger would grow past 18 digits";
  CHECK(ledger.transfer("points", Account::issued(), Account::of(1), amount("1"), cause()) == too_much);
  // Each account would hold it, but all of them together, and so a person who turns out to be two, would not.
  CHECK(ledger.transfer("points", Account::outside(), Account::of(2), amount("1"), cause()) == too_much);
  CHECK(ledger.post("points",
                    std::vector<Leg>{{Account::issued("a"), most},
                                     {Account::issued("a"), most},
                                     {Account::issued("b"), Decimal() - most}},
                    cause()) == too_much);
  CHECK(ledger == before);
  CHECK_FALSE(ledger.transfer_all("points", Account::of(1), Account::sink("x"), cause()));
  CHECK(ledger.balance("points", Account::sink("x")) == most);
}

TEST_CASE("an escrow holds what several put in, until it goes to one") {
  Ledger ledger = with_points(1, "30");
  CHECK_FALSE(ledger.transfer("points", Account::of(1), Account::of(2), amount("10"), cause()));
  CHECK_FALSE(ledger.hold("points", Account::of(1), event(7), amount("15"), cause()));
  CHECK_FALSE(ledger.hold("points", Account::of(2), event(7), amount("10"), cause()));
  CHECK(ledger.balance("points", Account::escrow(event(7))) == amount("25"));
  CHECK_FALSE(ledger.release("points", event(7), Account::of(3), cause()));
  CHECK(ledger.balance("points", Account::of(3)) == amount("25"));
  CHECK(ledger.balance("points", Account::escrow(event(7))).is_zero());
  const Ledger before = ledger;
  CHECK_FALSE(ledger.release("points", event(7), Account::of(1), cause()));  // nothing is left to release
  CHECK(ledger == before);
  CHECK(ledger.transfer_all("points", Account::issued(), Account::of(1), cause()) ==
        "the issued account is a source, which has no end");
}

TEST_CASE("the listener hears of postings that took effect, and of no others") {
  Ledger ledger;
  Postings postings;
  const Cause told = cause(4, &postings);
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(1), amount("5"), told));
  CHECK(ledger.transfer("points", Account::of(1), Account::of(2), amount("6"), told));
  CHECK_FALSE(ledger.transfer_all("points", Account::of(2), Account::of(1), told));
  CHECK(postings.heard == std::vector<std::string>{"test"});
}

TEST_CASE("balances come in one order, and accounts that hold nothing are no more") {
  Ledger ledger = with_points(11, "4");
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(2), amount("1"), cause()));
  CHECK_FALSE(ledger.transfer("points", Account::of(11), Account::sink("shop"), amount("1"), cause()));
  CHECK_FALSE(ledger.transfer("hours", Account::issued("drill"), Account::of(2), amount("0.5"), cause()));
  CHECK(ledger.units() == std::vector<std::string_view>{"hours", "points"});
  CHECK(ledger.balances("points") == std::vector<Balance>{{Account::of(2), amount("1")},
                                                          {Account::of(11), amount("3")},
                                                          {Account::sink("shop"), amount("1")},
                                                          {Account::issued(), amount("-5")}});
  using Held = std::vector<std::pair<std::string_view, Decimal>>;
  CHECK(ledger.balances_of(2) == Held{{"hours", amount("0.5")}, {"points", amount("1")}});
  CHECK_FALSE(ledger.transfer_all("hours", Account::of(2), Account::issued("drill"), cause()));
  CHECK(ledger.units() == std::vector<std::string_view>{"points"});
  CHECK(ledger.balances_of(2) == Held{{"points", amount("1")}});
}

TEST_CASE("who turns out to be one person has what both had") {
  Ledger ledger = with_points(1, "5");
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(2), amount("2"), cause()));
  CHECK_FALSE(ledger.transfer("hours", Account::issued(), Account::of(2), amount("3"), cause()));
  ledger.merge(2, 1);
  CHECK(ledger.balance("points", Account::of(1)) == amount("7"));
  CHECK(ledger.balance("hours", Account::of(1)) == amount("3"));
  CHECK(ledger.balances_of(2).empty());
  const Ledger before = ledger;
  ledger.merge(1, 1);
  CHECK(ledger == before);
}

TEST_CASE("no sequence of acts creates or destroys anything, or overdraws what is no source") {
  CHECK(rc::check("conservation", [] {
    Ledger ledger;
    for (const LedgerStep& step : *any_steps()) {
      take_step(ledger, step, cause());
      for (const std::string_view unit : ledger.units()) {
        Decimal held;
        for (const auto& [account, size] : ledger.balances(unit)) {
          RC_ASSERT(!size.is_zero());
          RC_ASSERT(!size.is_negative() || account.is_source());
          if (!size.is_negative()) held += size;
        }
        RC_ASSERT(sum_of(ledger, unit).is_zero());
        RC_ASSERT(held == ledger.held(unit));
      }
    }
    RC_ASSERT(Ledger::from_json(ledger.json()) == ledger);
    RC_ASSERT(Ledger::from_json(ledger.json()).json().dump() == ledger.json().dump());
  }));
}

TEST_CASE("a merger conserves all units, and leaves everybody else alone") {
  CHECK(rc::check("merger", [] {
    Ledger ledger;
    for (const LedgerStep& step : *any_steps()) take_step(ledger, step, cause());
    const Ledger before = ledger;
    const auto from = *rc::gen::inRange<PersonNumber>(0, test_persons);
    const auto into = *rc::gen::distinctFrom(rc::gen::inRange<PersonNumber>(0, test_persons), from);
    ledger.merge(from, into);
    for (const std::string_view unit : test_units) {
      RC_ASSERT(ledger.balance(unit, Account::of(from)).is_zero());
      RC_ASSERT(ledger.balance(unit, Account::of(into)) ==
                before.balance(unit, Account::of(from)) + before.balance(unit, Account::of(into)));
      RC_ASSERT(ledger.held(unit) == before.held(unit));
      for (const Account& account : test_accounts()) {
        if (account == Account::of(from) || account == Account::of(into)) continue;
        RC_ASSERT(ledger.balance(unit, account) == before.balance(unit, account));
      }
    }
  }));
}

TEST_CASE("the postings that were told amount to the balances") {
  CHECK(rc::check("journal", [] {
    Ledger ledger;
    Postings postings;
    for (const LedgerStep& step : *any_steps()) {
      if (step.act != 3) take_step(ledger, step, cause(1, &postings));  // mergers are not told
    }
    for (const auto& [where, sum] : postings.sums)
      RC_ASSERT(ledger.balance(where.first, where.second) == sum);
    for (const std::string_view unit : ledger.units()) {
      for (const Balance& balance : ledger.balances(unit))
        RC_ASSERT((postings.sums.contains({std::string(unit), balance.account})));
    }
  }));
}

TEST_CASE("independent transfers give the same state in any order") {
  CHECK(rc::check("order", [] {
    auto steps = *any_steps();
    for (LedgerStep& step : steps) step.act = 11;  // earning depends on nothing
    Ledger one;
    for (const LedgerStep& step : steps) take_step(one, step, cause());
    const auto order = *rc::gen::arbitrary<std::vector<unsigned>>();
    for (std::size_t i = 0; i < order.size() && !steps.empty(); ++i)
      std::swap(steps[i % steps.size()], steps[order[i] % steps.size()]);
    Ledger other;
    for (const LedgerStep& step : steps) take_step(other, step, cause());
    RC_ASSERT(one == other);
    RC_ASSERT(one.json().dump() == other.json().dump());
  }));
}

TEST_CASE("an account has one text") {
  for (const Account& account : test_accounts()) {
    const auto again = Account::parse(account.text());
    REQUIRE_MESSAGE(again, account.text(), ": ", again.reason());
    CHECK(*again == account);
  }
  CHECK(Account::parse("issued:drill:2026")->name == "drill:2026");
  for (const char* text :
       {"", "person", "person:", "person:01", "person:-1", "person:4294967296", "person:1x",
        "issued:", "sink", "sink:", "sink:A", "sink:a:", "sink:a b", "sink:a\n", "gold:x", "Issued"}) {
    CAPTURE(text);
    CHECK_FALSE(Account::parse(text));
  }
}

TEST_CASE("a JSON that no ledger wrote is refused as invalid") {
  Ledger ledger = with_points(3, "1.5");
  CHECK(ledger.json().dump() == R"({"points":{"accounts":{"issued":"-1.5"},"persons":[[3,"1.5"]]}})");
  CHECK(Ledger().json().dump() == "{}");
  for (
      const char* text :
      {R"([])", R"({"points":[]})", R"({"points":{"accounts":{},"persons":[]}})",
       R"({"Points":{"accounts":{"issued":"-1"},"persons":[[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-2"},"persons":[[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-1"},"persons":[[3,"1"],[4,"0"]]}})",
       R"({"points":{"accounts":{"issued":"-1.0"},"persons":[[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":-1},"persons":[[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-2"},"persons":[[4,"1"],[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-2"},"persons":[[3,"1"],[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-1"},"persons":[[4294967299,"1"]]}})",
       R"({"points":{"accounts":{"issued":"-1"},"persons":[[3,"1",0]]}})",
       R"({"points":{"accounts":{"issued":"-1","sink:x":"1"},"persons":[],"more":1}})",
       R"({"points":{"accounts":{"sink:x":"-1"},"persons":[[3,"1"]]}})",
       R"({"points":{"accounts":{"issued":"1"},"persons":[[3,"-1"]]}})",
       R"({"points":{"accounts":{"person:3":"1","issued":"-1"},"persons":[]}})",
       R"({"points":{"accounts":{"issued":"-1","vault:x":"1"},"persons":[]}})",
       R"({"points":{"accounts":{"issued":"0"},"persons":[[3,"999999999999999999"],[4,"999999999999999999"]]}})"}) {
    CAPTURE(text);
    CHECK(error_from([&] { Ledger::from_json(Json::parse(text)); }).code() == ErrorCode::invalid);
  }
}
