#include "tools/incentive/incentive_tool.h"

#include <rapidcheck.h>

#include "state/window.h"
#include "tools/governance/governance_tool.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

constexpr const char* rules = R"(incentive: 1
points:
  - {id: thanks, title: Thanks, transferable: true}
  - {id: fading, title: Fading, decay: {share: "1/2", per: month}}
earning:
  - {id: helping, points: thanks, behaviour: help, rate: 10}
  - {id: teaching, points: thanks, behaviour: teach, rate: 10, cap: {per: day, amount: 25}, budget: {per: month, amount: 40}}
  - {id: fading, points: fading, behaviour: help, rate: 3}
funds:
  - {id: kitty, title: Kitty, points: thanks, grant: {per: month, amount: 50}, controlled_by: stewards}
  - {id: vote-only, title: By vote, points: thanks, grant: {per: ever, amount: 30}}
  - {id: bench, title: Bench, points: thanks, target: 30, due: 2026-12-24, matched_by: {fund: kitty, share: "1/2"}}
shop:
  - {id: mug, title: Mug, points: thanks, price: 4, stock: 2, per_person: 1, handed_out_by: stewards}
  - {id: pen, title: Pen, points: thanks, price: 1, handed_out_by: stewards}
influence:
  - {kind: thanks.given, of: person, weight: 1}
  - {kind: event.attested, verdict: disputes, of: author, weight: -2}
)";

constexpr const char* governance = R"(governance: 1
procedures:
  - {id: spend, title: Spend, decides: [spend], who: members, method: weighted, weights: "points:thanks", voting: 1d}
)";

struct PointsWorld : ToldWorld {
  PointsWorld() : ToldWorld(basic_definition, {{"incentive", rules}, {"governance", governance}}) {}

  const IncentiveTool& incentive() const { return fold->tool<IncentiveTool>(); }
  PersonNumber number(const Actor& who) const { return *fold->people().find(who.did()); }
  std::string has(const Actor& who, const char* points = "thanks") const {
    return fold->ledger().balance(Account::of(number(who)), points).text();
  }
  std::string in(const Account& account) const { return fold->ledger().balance(account, "thanks").text(); }
  std::string say_it(const Actor& who, const char* kind, Json body) {
    say(who, kind, std::move(body));
    return refusal();
  }
  std::string give(const Actor& from, const Actor& to, const char* amount) {
    return say_it(from, "points.given", {{"amount", amount}, {"points", "thanks"}, {"to", to.did().text()}});
  }
  std::string donate(const Actor& who, const char* fund, const char* amount) {
    return say_it(who, "fund.donated", {{"amount", amount}, {"fund", fund}});
  }
  bool balances() const {
    std::map<std::string, Decimal> sums;
    for (const Ledger::Line& line : fold->ledger().lines()) sums[line.unit] += line.balance;
    return std::all_of(sums.begin(), sums.end(), [](const auto& sum) { return sum.second.is_zero(); });
  }
  void wait(std::int64_t seconds) {
    now += seconds;
    fold->pass(now);
  }
};

}  // namespace

TEST_CASE("deeds earn by their rules, within the cap of a person and the budget of all") {
  PointsWorld world;
  world.claim(world.ben, "help", "1.25");
  CHECK(world.has(world.ben) == "12");  // rounded down
  world.claim(world.chen, "teach", "2");
  world.claim(world.chen, "teach", "1");
  CHECK(world.has(world.chen) == "25");  // the cap of a day
  world.claim(world.dora, "teach", "2");
  CHECK(world.has(world.dora) == "15");  // what the budget of the month had left
  CHECK(world.in(Account::issued("teaching")) == "-40");
  CHECK(world.balances());
}

TEST_CASE("a deed that counts no longer gives its points back, and what was spent stays owed") {
  PointsWorld world;
  const Event deed = world.claim(world.ben, "help", "1");
  const Event taught = world.claim(world.ben, "teach", "3");
  CHECK(world.has(world.ben) == "35");
  world.correct(world.ben, taught, "teach", "1");
  CHECK(world.has(world.ben) == "20");
  world.retract(world.ben, taught);
  CHECK(world.has(world.ben) == "10");
  CHECK(world.give(world.ben, world.chen, "8").empty());
  world.retract(world.ben, deed);
  CHECK(world.has(world.ben) == "0");
  CHECK(world.incentive().debt(world.number(world.ben), "thanks").text() == "8");
  world.claim(world.ben, "help", "1");
  CHECK(world.has(world.ben) == "2");
  CHECK(world.incentive().debt(world.number(world.ben), "thanks").is_zero());
  CHECK(world.balances());
}

TEST_CASE("points that two devices spend at once are spent once") {
  PointsWorld world;
  world.claim(world.ben, "help", "1");
  const Actor phone = tool_test::actor('p');
  world.link(world.ben, phone);
  CHECK(world.give(world.ben, world.chen, "7").empty());
  CHECK(world.give(phone, world.dora, "7") == "7 thanks are needed, and there are 3");
  CHECK(world.has(world.chen) == "7");
  CHECK(world.has(world.dora) == "0");
}

TEST_CASE("history that was confirmed later earns nothing") {
  PointsWorld world;
  const Event old = world.claim(world.ben, "help", "1", "hour", ToldWorld::start - 60 * day);
  world.confirm(old);
  CHECK(world.has(world.ben) == "0");
}

TEST_CASE("points are given only where the rules let them, and never finer than they are") {
  PointsWorld world;
  world.claim(world.ben, "help", "5");
  CHECK(world.say_it(world.ben, "points.given",
                     {{"amount", "1"}, {"points", "fading"}, {"to", world.chen.did().text()}}) ==
        "these points are not given from person to person");
  CHECK(world.give(world.ben, world.chen, "0.5") == "0.5 is finer than these points are");
  CHECK(world.give(world.ben, world.ben, "1") == "giver and receiver are the same");
}

TEST_CASE("what the shop sells is paid, handed out or given back, and sold once") {
  PointsWorld world;
  world.claim(world.ben, "help", "1");
  world.claim(world.chen, "help", "1");
  const auto order = [&](const Actor& who, const char* item, int count) {
    return world.say(who, "shop.ordered", {{"count", count}, {"item", item}});
  };
  const Event mine = order(world.ben, "mug", 1);
  CHECK(world.has(world.ben) == "6");
  order(world.ben, "mug", 1);
  CHECK(world.refusal() == "one person can have 1, and this one has ordered 1");
  const Event hers = order(world.chen, "mug", 1);
  order(world.dora, "mug", 1);
  CHECK(world.refusal() == "0 of 2 are left");
  order(world.chen, "pen", 7);
  CHECK(world.refusal() == "7 thanks are needed, and there are 6");
  const auto settle = [&](const Actor& who, const char* kind, const Event& which) {
    return world.say_it(who, kind, {{"order", which.id.text()}});
  };
  CHECK(settle(world.ben, "shop.handed", mine) == "only the seller can do that");
  CHECK(settle(world.ada, "shop.handed", mine).empty());
  CHECK(settle(world.ben, "shop.returned", mine) == "it is handed out, and cannot be returned then");
  CHECK(settle(world.chen, "shop.returned", hers).empty());
  CHECK(world.has(world.chen) == "10");
  CHECK(world.in(Account::sink("mug")) == "4");
  CHECK(world.incentive().ordered("mug") == 1);
  CHECK(world.balances());
}

TEST_CASE("a crowdfunding that reaches its target keeps what was given, with what matched it") {
  PointsWorld world;
  world.claim(world.ben, "help", "5");
  CHECK(world.in(Account::fund("kitty")) == "50");
  CHECK(world.donate(world.ben, "bench", "20").empty());
  CHECK(world.in(Account::fund("bench")) == "30");
  CHECK(world.in(Account::fund("kitty")) == "40");
  world.wait(40 * day);
  CHECK(world.incentive().fund("bench").reached);
  CHECK(world.donate(world.ben, "bench", "1") == "this crowdfunding is over");
  CHECK(world.balances());
}

TEST_CASE("a crowdfunding that does not reach its target gives everything back") {
  PointsWorld world;
  world.claim(world.ben, "help", "5");
  world.claim(world.chen, "help", "1");
  CHECK(world.donate(world.ben, "bench", "11").empty());
  CHECK(world.donate(world.chen, "bench", "6").empty());
  world.link(world.chen, world.dora);
  world.wait(37 * day);  // past the date that is due, before the next month's grant
  CHECK_FALSE(world.incentive().fund("bench").reached);
  CHECK(world.incentive().fund("bench").closed);
  CHECK(world.has(world.ben) == "50");
  CHECK(world.has(world.dora) == "10");
  CHECK(world.in(Account::fund("bench")) == "0");
  CHECK(world.balances());
}

TEST_CASE("a fund is spent by who controls it, or by a vote that weighs points") {
  PointsWorld world;
  const auto spend = [&](const Actor& who, const char* fund) {
    return world.say_it(who, "fund.spent",
                        {{"amount", "5"}, {"fund", fund}, {"to", world.dora.did().text()}});
  };
  CHECK(spend(world.ben, "kitty") == "only stewards may spend from this fund");
  CHECK(spend(world.ada, "vote-only") == "only a vote spends from this fund");
  CHECK(spend(world.ada, "kitty").empty());
  CHECK(world.has(world.dora) == "5");
  world.claim(world.ben, "help", "3");
  const auto propose = [&](const char* amount) {
    return world.say(world.ben, "proposal.opened",
                     {{"kind", "spend"},
                      {"procedure", "spend"},
                      {"subject",
                       {{"account", "vote-only"},
                        {"amount", amount},
                        {"to", world.chen.did().text()},
                        {"unit", "thanks"}}}});
  };
  propose("31");
  CHECK(world.refusal() == "that fund has 30");
  const Event proposal = propose("30");
  world.say(world.ben, "vote.cast", {{"choice", "yes"}, {"proposal", proposal.id.text()}});
  world.say(world.dora, "vote.cast", {{"choice", "no"}, {"proposal", proposal.id.text()}});
  world.wait(day);
  CHECK(world.fold->tool<GovernanceTool>().find(proposal.id)->stage == Proposal::Stage::passed);
  CHECK(world.has(world.chen) == "30");
}

TEST_CASE("points decay at the end of each month, rounded down") {
  PointsWorld world;
  world.claim(world.ben, "help", "3");
  CHECK(world.has(world.ben, "fading") == "9");
  world.wait(30 * day);
  CHECK(world.has(world.ben, "fading") == "5");
  world.wait(62 * day);
  CHECK(world.has(world.ben, "fading") == "2");
  CHECK(world.fold->ledger().balance(Account::sink("decay"), "fading").text() == "7");
}

TEST_CASE("influence adds and takes what others signal, and nobody raises her own") {
  PointsWorld world;
  const Event deed = world.claim(world.ben, "place", "1", "device");
  const auto thank = [&](const Actor& who, const Actor& whom) {
    return world.say_it(who, "thanks.given", {{"event", nullptr}, {"to", whom.did().text()}});
  };
  CHECK(thank(world.chen, world.ben).empty());
  CHECK(thank(world.ben, world.ben) == "nobody thanks herself");
  CHECK(world.incentive().influence(world.number(world.ben)).text() == "1");
  world.attest(world.dora, deed, false);
  CHECK(world.incentive().influence(world.number(world.ben)).text() == "-1");
  CHECK(world.incentive().thanks(world.number(world.ben)) == 1);
}

TEST_CASE("whatever deeds come and go, what is granted keeps cap and budget") {
  CHECK(rc::check([] {
    const EarningRule rule{
        "r", "p", "b", Decimal(1), PerWindow{Window::week, Decimal(20)}, PerWindow{Window::day, Decimal(30)}};
    Earnings earnings;
    std::map<PersonNumber, std::map<std::int64_t, Decimal>> granted, owed;  // by person and day
    const auto moves = *rc::gen::container<std::vector<std::tuple<unsigned, unsigned, unsigned>>>(
        rc::gen::tuple(rc::gen::inRange(0u, 3u), rc::gen::inRange(0u, 7u), rc::gen::inRange(1u, 25u)));
    std::vector<std::tuple<unsigned, unsigned, Decimal>> done;
    const auto change = [&](unsigned person, unsigned on, Decimal by) {
      granted[person][on] +=
          earnings.change(rule, person, by, {ToldWorld::start + static_cast<std::int64_t>(on) * day}, {});
      owed[person][on] += by;
    };
    for (const auto& [person, on, amount] : moves) {
      change(person, on, Decimal(amount));
      done.emplace_back(person, on, Decimal(amount));
      if (amount % 3 == 0) {  // some of them are retracted
        const auto [who, when, what] = done[amount % done.size()];
        done.erase(done.begin() + static_cast<std::ptrdiff_t>(amount % done.size()));
        change(who, when, Decimal() - what);
      }
      std::map<std::int64_t, Decimal> of_day;
      for (const auto& [each, days] : granted) {
        std::map<std::int64_t, Decimal> of_week;
        for (const auto& [when, sum] : days) {
          RC_ASSERT(!sum.is_negative());
          RC_ASSERT(sum <= owed[each][when]);
          of_day[when] += sum;
          of_week[window_of(Window::week, {ToldWorld::start + when * day}, {}).begin] += sum;
        }
        for (const auto& [week, sum] : of_week) RC_ASSERT(sum <= Decimal(20));
      }
      for (const auto& [when, sum] : of_day) RC_ASSERT(sum <= Decimal(30));
    }
  }));
}

TEST_CASE("folding on from a written state of incentives gives the same state") {
  PointsWorld world;
  world.claim(world.ben, "help", "5");
  world.claim(world.chen, "teach", "3");
  world.donate(world.ben, "bench", "3");
  const Event order = world.say(world.ben, "shop.ordered", {{"count", 1}, {"item", "mug"}});
  world.say(world.chen, "thanks.given", {{"event", nullptr}, {"to", world.ben.did().text()}});
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.say(world.ada, "shop.handed", {{"order", order.id.text()}});
  world.now += 70 * day;
  world.claim(world.dora, "teach", "3");
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
}

TEST_CASE("rules of incentives that cannot work are refused") {
  const auto codes = [](const std::string& more) {
    std::vector<std::string> found;
    const std::string text = "incentive: 1\npoints: [{id: p, title: P}, {id: q, title: Q}]\n" + more;
    for (const Problem& each : load_definition(memory_source({{"betterworld.yaml", basic_definition},
                                                              {"tools/incentive.yaml", text}}))
                                   .problems)
      found.push_back(each.code);
    return found;
  };
  using Codes = std::vector<std::string>;
  CHECK(codes("").empty());
  CHECK(codes("earning: [{id: a, points: p, behaviour: help, rate: -1}]\n") == Codes{"amount"});
  CHECK(codes("earning: [{id: a, points: p, behaviour: halp, rate: 1}]\n") == Codes{"unknown-behaviour"});
  CHECK(codes("earning: [{id: a, points: x, behaviour: help, rate: 1}]\n") == Codes{"unknown-point"});
  CHECK(codes("shop: [{id: a, title: A, points: p, price: 0.5, handed_out_by: stewards}]\n") ==
        Codes{"precision"});
  CHECK(codes("funds: [{id: a, title: A, points: p, matched_by: {fund: a, share: \"1/2\"}}]\n") ==
        Codes{"matching"});
  CHECK(codes("funds: [{id: a, title: A, points: p}, {id: b, title: B, points: q, matched_by: {fund: a, "
              "share: \"1/2\"}}]\n") == Codes{"matching"});
  CHECK(codes("funds: [{id: a, title: A, points: p, target: 5}]\n") == Codes{"missing-key"});
}

}  // namespace bw
