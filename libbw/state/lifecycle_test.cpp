#include "state/lifecycle.h"

#include <limits>

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "state/test_lifecycles.h"

using namespace bw;
using namespace bw::lifecycle_test;
using bw::testing::error_from;

TEST_CASE("a task goes its way by those whose acts it needs") {
  Tasks world;
  CHECK(world.state() == "posted");
  CHECK(world.act(ben, "claim").moved);
  CHECK(world.tasks.parties(world.item(), "worker") == std::vector<PersonNumber>{ben});
  CHECK(world.item().since == LogPlace{11, begin});
  CHECK(world.refusal(chen, "deliver") == "\"deliver\" is for the worker of this task");
  CHECK(world.act(ben, "deliver").moved);
  CHECK(world.refusal(ben, "accept") == "\"accept\" is for the poster of this task");
  CHECK(world.act(ada, "accept").moved);
  CHECK(world.state() == "done");
  CHECK(world.tasks.is_final(world.item()));
  CHECK(world.refusal(ada, "accept") ==
        "the task is done since entry 15, and \"accept\" is for one that is delivered");
  CHECK(world.refusal(ada, "burn") == "\"burn\" is nothing that is done to a task");
  CHECK(world.refusal(ada, "accept", 99) == "there is no such task");
}

TEST_CASE("of two who claim one task, the one whose entry comes first has it") {
  Tasks world;
  CHECK(world.act(chen, "claim").moved);
  CHECK(world.refusal(ben, "claim") ==
        "the task is claimed since entry 11, and \"claim\" is for one that is posted");
  CHECK(world.tasks.parties(world.item(), "worker") == std::vector<PersonNumber>{chen});
  CHECK(world.act(chen, "release").moved);
  CHECK(world.tasks.parties(world.item(), "worker").empty());
  CHECK(world.act(ben, "claim").moved);
  CHECK(world.tasks.parties(world.item(), "worker") == std::vector<PersonNumber>{ben});
}

TEST_CASE("a guard refuses with its own reason, and hears whom it is asked about") {
  Tasks world;
  world.questions.guard = [](std::string_view guard, const LifecycleItem& item,
                             PersonNumber person) -> Ruling {
    CHECK(guard == "badge");
    CHECK(item.id == task(1));
    if (person == ben) return "this person has no first-aid badge";
    return std::nullopt;
  };
  CHECK(world.refusal(ben, "claim") == "this person has no first-aid badge");
  CHECK(world.act(chen, "claim").moved);
}

TEST_CASE("where the word of both is needed, the first consent is noted and the second moves") {
  Tasks world;
  world.act(ben, "claim");
  world.act(ben, "deliver");
  world.act(ben, "dispute");
  const ActOutcome first = world.act(ben, "settle");
  CHECK_FALSE(first.refused);
  CHECK_FALSE(first.moved);
  CHECK(first.awaits == std::vector<std::string>{"poster"});
  CHECK(world.refusal(ben, "settle") ==
        "this person has consented already, and \"settle\" needs also the poster");
  CHECK(world.refusal(chen, "settle") == "\"settle\" is for the poster and the worker of this task");
  const auto acts = world.tasks.possible_acts(world.item());
  REQUIRE(acts.size() == 2);
  CHECK(acts[0].transition->name == "settle");
  CHECK(acts[0].consented == std::vector<PersonNumber>{ben});
  CHECK(acts[1].transition->name == "decide");
  CHECK(world.act(ada, "settle").moved);
  CHECK(world.state() == "done");
  CHECK(world.item().consents.empty());
}

TEST_CASE("who holds an office is asked of the world when somebody acts") {
  Tasks world;
  world.act(ben, "claim");
  world.act(ben, "deliver");
  world.act(ada, "dispute");
  CHECK(world.refusal(chen, "decide") == "\"decide\" is for the council of this task");
  world.questions.holds = [](std::string_view office, PersonNumber person) {
    return office == "council" && person == chen;
  };
  CHECK(world.refusal(ada, "decide") == "\"decide\" is for the council of this task");
  CHECK(world.act(chen, "decide").moved);
}

TEST_CASE(
    "where everyone must agree, each party of the roles is asked, and a role that nobody has is missing") {
  StateMachinePlan plan{.thing = "partnership",
                        .states = {"drafted", "signed"},
                        .initial = "drafted",
                        .final_states = {"signed"},
                        .roles = {"partner", "witness"},
                        .transitions = {{.name = "sign",
                                         .from = "drafted",
                                         .to = "signed",
                                         .by = {"partner", "witness"},
                                         .needs = Needs::everyone}}};
  Lifecycle partnerships{StateMachine(plan)};
  partnerships.open(task(1), {{"partner", ada}, {"partner", ben}}, {}, {1, begin});
  CHECK(partnerships.act(task(1), "sign", ben, {2, begin}).awaits ==
        std::vector<std::string>{"partner", "witness"});
  CHECK(partnerships.act(task(1), "sign", ada, {3, begin}).awaits == std::vector<std::string>{"witness"});
  partnerships.add_party(task(1), "witness", chen);
  CHECK(partnerships.act(task(1), "sign", chen, {4, begin}).moved);
}

TEST_CASE("an act that stays in its state adds a party, and lets time-outs run on") {
  StateMachinePlan plan{
      .thing = "activity",
      .states = {"open", "over"},
      .initial = "open",
      .final_states = {"over"},
      .roles = {"guest"},
      .transitions = {{.name = "sign-up", .from = "open", .to = "open", .by = {}, .takes = "guest"}},
      .time_outs = {{.name = "end", .from = "open", .to = "over", .after = 100}}};
  Lifecycle activities{StateMachine(plan)};
  activities.open(task(1), {}, {}, {1, begin});
  CHECK(activities.act(task(1), "sign-up", ben, {2, begin + 50}).moved);
  CHECK(activities.act(task(1), "sign-up", ada, {3, begin + 60}).moved);
  CHECK(activities.parties(*activities.find(task(1)), "guest") == std::vector<PersonNumber>{ada, ben});
  CHECK(activities.find(task(1))->since == LogPlace{1, begin});
  activities.pass({4, begin + 99});
  CHECK(activities.state(*activities.find(task(1))) == "open");
  activities.pass({4, begin + 100});
  CHECK(activities.state(*activities.find(task(1))) == "over");
}

TEST_CASE("what nobody does in time happens by itself, at the moment that was due") {
  Tasks world(2);
  CHECK(world.tasks.next_time_out(world.item())->due == begin + 30 * one_day);
  world.act(ben, "claim");
  world.wait(14 * one_day - 1);
  CHECK(world.state() == "claimed");
  world.wait(1);
  CHECK(world.state() == "posted");
  CHECK(world.tasks.parties(world.item(), "worker").empty());
  CHECK(world.refusal(ben, "deliver") ==
        "the task is posted since entry 11, and \"deliver\" is for one that is claimed");
  std::vector<std::string> heard;
  world.now = {40, begin + 60 * one_day};
  world.tasks.pass(world.now, [&](const LifecycleItem& item, const TimeOut& time_out) {
    heard.push_back(time_out.name + " " + (item.id == task(1) ? "1" : "2"));
    CHECK(world.tasks.state(item) == "expired");
    CHECK(item.since == LogPlace{40, begin + 30 * one_day});
  });
  const bool first_is_lower = task(1) < task(2);
  CHECK(heard == (first_is_lower ? std::vector<std::string>{"expire 1", "expire 2"}
                                 : std::vector<std::string>{"expire 2", "expire 1"}));
  CHECK_FALSE(world.tasks.next_time_out(world.item()));
}

TEST_CASE("a deadline that passed elsewhere is due on arrival, and a new one takes the place of the old") {
  Tasks world;
  world.wait(29 * one_day);
  world.act(ben, "claim");
  world.wait(2 * one_day);
  CHECK(world.state() == "claimed");
  world.act(ben, "release");
  world.wait(0);
  CHECK(world.state() == "expired");
  CHECK(world.item().since.recorded == begin + 31 * one_day);

  Tasks other;
  other.tasks.set_deadline(task(1), "claim-by", begin + one_day, other.now);
  CHECK(other.tasks.deadline(other.item(), "claim-by") == begin + one_day);
  other.tasks.set_deadline(task(1), "claim-by", begin + 50 * one_day, other.now);
  other.wait(40 * one_day);
  CHECK(other.state() == "posted");
  other.tasks.set_deadline(task(1), "claim-by", begin, other.now);  // in the past: at once, not before
  other.wait(0);
  CHECK(other.item().since.recorded == begin + 40 * one_day);
  Tasks endless;
  endless.tasks.set_deadline(task(1), "claim-by", std::numeric_limits<std::int64_t>::max(), endless.now);
  endless.wait(5000 * one_day);
  CHECK(endless.state() == "posted");
}

TEST_CASE("one who hears of a time-out may act on others, which then have their turn") {
  Tasks world(3);
  world.tasks.set_deadline(task(1), "claim-by", begin + 5, world.now);
  int heard = 0;
  world.now.recorded = begin + 40 * one_day;
  world.tasks.pass(world.now, [&](const LifecycleItem& item, const TimeOut&) {
    ++heard;
    if (item.id != task(1)) return;
    world.tasks.forget(task(2));
    world.tasks.open(task(9), {}, {{"claim-by", begin}}, world.now);
  });
  CHECK(heard == 3);  // 1, 3 and 9
  CHECK(world.tasks.find(task(2)) == nullptr);
  CHECK(world.state(9) == "expired");
  CHECK(world.state(3) == "expired");
}

TEST_CASE("who turns out to be one person has both parts, and stands in each once") {
  Tasks world;
  world.act(ben, "claim");
  world.act(ben, "deliver");
  world.act(ben, "dispute");
  world.act(ben, "settle");
  world.tasks.merge(ben, ada);
  CHECK(world.tasks.parties(world.item(), "worker") == std::vector<PersonNumber>{ada});
  CHECK(world.tasks.parties(world.item(), "poster") == std::vector<PersonNumber>{ada});
  CHECK(world.state() == "disputed");  // nothing moves by itself
  CHECK(world.act(ada, "settle").moved);

  Lifecycle both{StateMachine(task_plan())};
  both.open(task(1), {{"worker", ada}, {"worker", ben}, {"worker", chen}}, {}, {1, begin});
  both.merge(chen, ada);
  CHECK(both.parties(*both.find(task(1)), "worker") == std::vector<PersonNumber>{ada, ben});
}

TEST_CASE("what a tool cannot mean is an error") {
  Tasks world;
  const auto code = [](const auto& act) { return error_from(act).code(); };
  CHECK(code([&] { world.tasks.open(task(1), {}, {}, world.now); }) == ErrorCode::usage);
  CHECK(code([&] { world.tasks.open(task(2), {{"council", ben}}, {}, world.now); }) == ErrorCode::usage);
  CHECK(code([&] { world.tasks.open(task(2), {}, {{"some-day", 1}}, world.now); }) == ErrorCode::usage);
  CHECK(code([&] { world.tasks.forget(task(2)); }) == ErrorCode::usage);
  CHECK(code([&] { world.tasks.set_deadline(task(2), "claim-by", 1, world.now); }) == ErrorCode::usage);
  CHECK(code([&] { world.tasks.add_party(task(1), "judge", ben); }) == ErrorCode::usage);
  CHECK(world.tasks.size() == 1);
  world.tasks.add_party(task(1), "worker", ben);
  world.tasks.remove_party(task(1), "worker", ben);
  CHECK(world.tasks.parties(world.item(), "worker").empty());
}
