// What holds of lifecycles whatever is done to them, and whatever is said to be one.

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/test_errors.h"
#include "state/lifecycle.h"
#include "state/test_lifecycles.h"

using namespace bw;
using namespace bw::lifecycle_test;
using bw::testing::error_from;

namespace {

struct TaskStep {
  int act = 0;
  PersonNumber person = 0;
  int number = 0;
  int seconds = 0;
};

rc::Gen<std::vector<TaskStep>> any_task_steps() {
  return rc::gen::container<std::vector<TaskStep>>(
      rc::gen::construct<TaskStep>(rc::gen::inRange(0, 9), rc::gen::inRange<PersonNumber>(0, 4),
                                   rc::gen::inRange(1, 4), rc::gen::inRange(0, 300'000)));
}

constexpr std::string_view act_names[] = {"claim",  "claim",   "release", "deliver",
                                          "accept", "dispute", "settle",  "decide"};

void take_task_step(Tasks& world, const TaskStep& step) {
  if (step.act == 8) {
    world.tasks.merge(step.person, static_cast<PersonNumber>(step.number));
  } else {
    (void)world.act(step.person, act_names[step.act], step.number);
  }
}

bool is_declared(const std::string& from, const std::string& to) {
  const StateMachinePlan plan = task_plan();
  const auto leads = [&](const auto& way) { return way.from == from && way.to == to; };
  return std::any_of(plan.transitions.begin(), plan.transitions.end(), leads) ||
         std::any_of(plan.time_outs.begin(), plan.time_outs.end(), leads);
}

}  // namespace

TEST_CASE("no sequence of acts reaches a state but by what the machine declares") {
  CHECK(rc::check("declared ways", [] {
    Tasks world(3);
    world.questions.holds = [](std::string_view, PersonNumber person) { return person == 3; };
    std::map<EventId, std::string> states;
    const auto look = [&] {
      for (const LifecycleItem* item : world.tasks.items()) {
        std::string& last = states.try_emplace(item->id, "posted").first->second;
        const std::string& state = world.tasks.state(*item);
        if (state != last) RC_ASSERT(is_declared(last, state));
        last = state;
      }
    };
    for (const TaskStep& step : *any_task_steps()) {
      take_task_step(world, step);
      look();
      // A second time-out can follow on the first.
      world.now.recorded += step.seconds;
      world.tasks.pass(world.now, [&](const LifecycleItem& item, const TimeOut& time_out) {
        RC_ASSERT(states.at(item.id) == time_out.from);
        RC_ASSERT(world.tasks.state(item) == time_out.to);
        states.at(item.id) = time_out.to;
      });
      look();
    }
  }));
}

TEST_CASE("time-outs come to the same whether they are looked at often or once, and are heard in order") {
  CHECK(rc::check("passing", [] {
    Tasks often(3);
    Tasks once(3);
    for (const TaskStep& step : *any_task_steps()) {
      take_task_step(often, step);
      take_task_step(once, step);
      std::vector<std::pair<std::int64_t, EventId>> order;
      const int looks = *rc::gen::inRange(1, 20);
      const std::int64_t until = often.now.recorded + step.seconds * 10LL;
      for (int look = 1; look <= looks; ++look) {
        often.now.recorded = look == looks ? until : often.now.recorded + step.seconds / looks;
        often.tasks.pass(often.now);
      }
      once.now.recorded = until;
      once.tasks.pass(once.now, [&](const LifecycleItem& item, const TimeOut&) {
        order.emplace_back(item.since.recorded, item.id);
      });
      RC_ASSERT(std::is_sorted(order.begin(), order.end()));
      RC_ASSERT(often.tasks.json().dump() == once.tasks.json().dump());
    }
  }));
}

TEST_CASE("a lifecycle that is taken up from its JSON goes on as if nothing had been") {
  CHECK(rc::check("restoring", [] {
    Tasks world(3);
    Tasks again(3);
    for (const TaskStep& step : *any_task_steps()) {
      const Json written = world.tasks.json();
      again.tasks = Lifecycle::from_json(StateMachine(task_plan()), written);
      RC_ASSERT(again.tasks.json().dump() == written.dump());
      take_task_step(world, step);
      take_task_step(again, step);
      world.wait(step.seconds);
      again.wait(step.seconds);
      RC_ASSERT(again.tasks.json().dump() == world.tasks.json().dump());
    }
  }));
}

TEST_CASE("a JSON that no lifecycle wrote is refused as invalid") {
  Tasks world;
  world.act(ben, "claim");
  world.act(ben, "deliver");
  world.act(ben, "dispute");
  world.act(ben, "settle");
  const Json good = world.tasks.json();
  CHECK(good.dump() == R"([{"consents":{"settle":[1]},"deadlines":{"claim-by":1797592000},"id":")" +
                           task(1).text() +
                           R"(","index":13,"parties":{"poster":[0],"worker":[1]},"since":1795000000,)" +
                           R"("state":"disputed"}])");
  const std::vector<std::pair<std::string, Json>> changes = {{"state", "lost"},
                                                             {"state", 3},
                                                             {"id", "12"},
                                                             {"index", -1},
                                                             {"index", "1"},
                                                             {"since", -1},
                                                             {"since", 1e300},
                                                             {"since", 9007199254740992},
                                                             {"parties", {{"x", {1}}}},
                                                             {"parties", {{"worker", {2, 1}}}},
                                                             {"parties", {{"worker", {1, 1}}}},
                                                             {"parties", {{"worker", Json::array()}}},
                                                             {"parties", {{"worker", {-1}}}},
                                                             {"consents", {{"accept", {1}}}},
                                                             {"consents", {{"decide", {1}}}},
                                                             {"consents", Json::object()},
                                                             {"deadlines", {{"x", 1}}},
                                                             {"deadlines", {{"claim-by", "1"}}},
                                                             {"more", 1}};
  for (const auto& change : changes) {
    CAPTURE(change.first);
    CAPTURE(change.second.dump());
    Json bad = good;
    bad[0][change.first] = change.second;
    CHECK(error_from([&] { Lifecycle::from_json(StateMachine(task_plan()), bad); }).code() ==
          ErrorCode::invalid);
  }
  Json twice = good;
  twice.push_back(good[0]);
  CHECK(error_from([&] { Lifecycle::from_json(StateMachine(task_plan()), twice); }).code() ==
        ErrorCode::invalid);
  CHECK(error_from([&] { Lifecycle::from_json(StateMachine(task_plan()), Json::object()); }).code() ==
        ErrorCode::invalid);
}
