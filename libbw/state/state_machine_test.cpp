#include "state/state_machine.h"

#include <functional>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/test_errors.h"
#include "state/test_lifecycles.h"

using namespace bw;
using namespace bw::lifecycle_test;
using bw::testing::contains;
using bw::testing::error_of;

namespace {

std::string problem_after(const std::function<void(StateMachinePlan&)>& change) {
  StateMachinePlan plan = task_plan();
  change(plan);
  std::string problem = problem_of(plan);
  // What has a problem is no machine, and says so.
  CHECK(contains(error_of([&] { StateMachine(std::move(plan)); }), problem));
  return problem;
}

Transition& transition(StateMachinePlan& plan, std::string_view name) {
  for (Transition& one : plan.transitions) {
    if (one.name == name) return one;
  }
  FAIL("no such transition");
  return plan.transitions.front();
}

}  // namespace

TEST_CASE("a sound machine has no problem") {
  CHECK(problem_of(task_plan()).empty());
  const StateMachine machine(task_plan());
  CHECK(machine.deadlines() == std::vector<std::string>{"claim-by"});
  CHECK(machine.is_final("done"));
  CHECK_FALSE(machine.is_final("posted"));
  CHECK(machine.find("claim", "posted")->to == "claimed");
  CHECK(machine.find("claim", "claimed") == nullptr);
  CHECK(machine.origins("dispute") == std::vector<std::string_view>{"delivered"});
  CHECK(machine.origins("sing").empty());
}

TEST_CASE("names are declared, once, and used as declared") {
  CHECK(problem_after([](auto& plan) { plan.thing = "A task"; }) == "\"A task\" is not the name of a thing");
  CHECK(problem_after([](auto& plan) { plan.states.push_back("done"); }) ==
        "the state \"done\" is declared twice");
  CHECK(problem_after([](auto& plan) { plan.states.push_back("so so"); }) ==
        "\"so so\" is not the name of a state");
  CHECK(problem_after([](auto& plan) { plan.offices.push_back("poster"); }) ==
        "the role \"poster\" is declared twice");
  CHECK(problem_after([](auto& plan) { plan.initial = "open"; }) ==
        "the initial state \"open\" is not declared");
  CHECK(problem_after([](auto& plan) { plan.final_states.push_back("lost"); }) ==
        "the final state \"lost\" is not declared");
  CHECK(problem_after([](auto& plan) { transition(plan, "claim").to = "taken"; }) ==
        "\"claim\" names the state \"taken\", which is not declared");
  CHECK(problem_after([](auto& plan) { transition(plan, "accept").by = {"judge"}; }) ==
        "\"accept\" names the role \"judge\", which is not declared");
  CHECK(problem_after([](auto& plan) { transition(plan, "claim").takes = "council"; }) ==
        "\"claim\" names the role \"council\", which is not declared");
  CHECK(problem_after([](auto& plan) { plan.time_outs[1].drops = "judge"; }) ==
        "\"lapse\" names the role \"judge\", which is not declared");
  CHECK(problem_after([](auto& plan) { transition(plan, "accept").name = ""; }) ==
        "\"\" is not the name of an act");
  CHECK(problem_after([](auto& plan) { plan.time_outs[0].deadline = "Claim by"; }) ==
        "\"Claim by\" is not the name of a deadline");
  CHECK(problem_after([](auto& plan) { plan.transitions.push_back(plan.transitions[0]); }) ==
        "\"claim\" leaves the state \"posted\" twice");
  CHECK(problem_after([](auto& plan) { plan.roles.resize(101, "x"); }) == "there are too many roles");
  CHECK(problem_after([](auto& plan) { plan.transitions.resize(101); }) == "there are too many acts");
}

TEST_CASE("every state is reached, left where it is not final, and not left where it is") {
  CHECK(problem_after([](auto& plan) { plan.states.push_back("lost"); }) ==
        "the state \"lost\" is never reached");
  CHECK(problem_after([](auto& plan) { transition(plan, "dispute").to = "delivered"; }) ==
        "the state \"disputed\" is never reached");
  CHECK(problem_after([](auto& plan) { plan.final_states = {"done"}; }) ==
        "nothing leaves the state \"expired\", which is not final");
  CHECK(problem_after([](auto& plan) { transition(plan, "release").from = "done"; }) ==
        "\"release\" leaves the state \"done\", which is final");
  CHECK(problem_after([](auto& plan) {
          plan.states.push_back("asleep");
          plan.transitions.push_back({.name = "dream", .from = "asleep", .to = "asleep", .by = {}});
          plan.time_outs.push_back({.name = "doze", .from = "posted", .to = "asleep", .after = 1});
        }) == "nothing leaves the state \"asleep\", which is not final");
}

TEST_CASE("time-outs have a time, and do not turn in a circle") {
  CHECK(problem_after([](auto& plan) { plan.time_outs[1].after = 0; }) ==
        "the time-out \"lapse\" has no time");
  CHECK(problem_after([](auto& plan) { plan.time_outs[1].after = -1; }) ==
        "the time-out \"lapse\" has no time");
  CHECK(problem_after([](auto& plan) { plan.time_outs[1].to = "claimed"; }) ==
        "the time-out \"lapse\" does not leave its state");
  CHECK(problem_after([](auto& plan) {
          plan.time_outs.push_back({.name = "assign", .from = "posted", .to = "claimed", .after = 1});
        }) == "time-outs alone lead from the state \"posted\" back to it");
}

TEST_CASE("the word of several is of roles, and gives nobody a role") {
  CHECK(problem_after([](auto& plan) { transition(plan, "claim").needs = Needs::everyone; }) ==
        "\"claim\" needs the word of several, and names no role");
  CHECK(problem_after([](auto& plan) { transition(plan, "settle").takes = "worker"; }) ==
        "\"settle\" needs the word of several, and one would take a role by it");
}

TEST_CASE("the documentation shows a machine as it describes itself") {
  const StateMachine machine(task_plan());
  const std::string page = read_file(std::string(BW_SOURCE_DIR) + "/docs/state.md", 1U << 20);
  CHECK(contains(page, describe(machine)));
  CHECK(contains(page, "```mermaid\n" + diagram(machine) + "```\n"));
}

TEST_CASE("a description has a row for each act and time-out") {
  StateMachinePlan plan = task_plan();
  transition(plan, "settle").needs = Needs::everyone;
  plan.time_outs[0].after = 90;
  plan.time_outs[2].after = 3600;
  const std::string text = describe(StateMachine(plan));
  CHECK(contains(text, "| disputed | `settle` | every poster and every worker | done |\n"));
  CHECK(contains(text,
                 "| posted | `expire` | itself, 90 seconds after its deadline \"claim-by\" | expired |\n"));
  CHECK(contains(text, "| delivered | `be-silent` | itself, 1 hour later | done |\n"));
  plan.states = {"not-begun", "done"};
  plan.initial = "not-begun";
  plan.final_states = {"done"};
  plan.transitions = {{.name = "do", .from = "not-begun", .to = "done", .by = {}}};
  plan.time_outs = {};
  CHECK(diagram(StateMachine(plan)) ==
        "stateDiagram-v2\n    [*] --> not_begun\n    not_begun --> done: do\n    done --> [*]\n");
}
