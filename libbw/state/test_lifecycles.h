#pragma once
// For the tests of lifecycles: a task that is posted, claimed, delivered, accepted or disputed, or expires.

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "state/lifecycle.h"

namespace bw::lifecycle_test {

inline constexpr std::int64_t one_day = 86400;

inline StateMachinePlan task_plan() {
  return {.thing = "task",
          .states = {"posted", "claimed", "delivered", "disputed", "done", "expired"},
          .initial = "posted",
          .final_states = {"done", "expired"},
          .roles = {"poster", "worker"},
          .offices = {"council"},
          .transitions =
              {{.name = "claim",
                .from = "posted",
                .to = "claimed",
                .by = {},
                .guard = "badge",
                .takes = "worker"},
               {.name = "release", .from = "claimed", .to = "posted", .by = {"worker"}, .drops = "worker"},
               {.name = "deliver", .from = "claimed", .to = "delivered", .by = {"worker"}},
               {.name = "accept", .from = "delivered", .to = "done", .by = {"poster"}},
               {.name = "dispute", .from = "delivered", .to = "disputed", .by = {"poster", "worker"}},
               {.name = "settle",
                .from = "disputed",
                .to = "done",
                .by = {"poster", "worker"},
                .needs = Needs::each_role},
               {.name = "decide", .from = "disputed", .to = "done", .by = {"council"}}},
          .time_outs = {
              {.name = "expire", .from = "posted", .to = "expired", .deadline = "claim-by"},
              {.name = "lapse", .from = "claimed", .to = "posted", .after = 14 * one_day, .drops = "worker"},
              {.name = "be-silent", .from = "delivered", .to = "done", .after = 7 * one_day}}};
}

inline constexpr PersonNumber ada = 0;
inline constexpr PersonNumber ben = 1;
inline constexpr PersonNumber chen = 2;
inline constexpr std::int64_t begin = 1'795'000'000;

inline EventId task(int number) {
  return EventId{sha256("task " + std::to_string(number))};
}

// Tasks of ada, and a log that goes on by an entry with each act.
struct Tasks {
  Lifecycle tasks{StateMachine(task_plan())};
  LogPlace now{10, begin};
  ActQuestions questions = {};

  explicit Tasks(int count = 1) {
    for (int number = 1; number <= count; ++number)
      tasks.open(task(number), {{"poster", ada}}, {{"claim-by", begin + 30 * one_day}}, now);
  }
  ActOutcome act(PersonNumber person, std::string_view name, int number = 1) {
    ++now.index;
    return tasks.act(task(number), name, person, now, questions);
  }
  // What is refused has changed nothing.
  std::string refusal(PersonNumber person, std::string_view name, int number = 1) {
    const std::string before = tasks.json().dump();
    const Ruling objection = tasks.objection(task(number), name, person, questions);
    const ActOutcome outcome = act(person, name, number);
    CHECK(tasks.json().dump() == before);
    CHECK_FALSE(outcome.moved);
    CHECK(outcome.refused == objection);
    return outcome.refused.value_or("");
  }
  void wait(std::int64_t seconds) {
    now.recorded += seconds;
    tasks.pass(now);
  }
  const LifecycleItem& item(int number = 1) { return *tasks.find(task(number)); }
  std::string state(int number = 1) { return tasks.state(item(number)); }
};

}  // namespace bw::lifecycle_test
