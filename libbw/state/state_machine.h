#pragma once
// StateMachine: what can happen to a thing of one sort (a task, a need, a donation, a membership), declared:
// its states, the acts that lead from one to the next and whose word each needs, and what happens by itself
// when nobody acts in time. Checked once, and never changed: a sentence that it says about itself in the
// documentation (`describe`) is what the fold does. The things themselves are in state/lifecycle.h.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// Whose word an act needs, of those who hold the roles that it names.
enum class Needs {
  anyone,     // of them
  each_role,  // one of each role: the one who gave and the one who got
  everyone,   // all who are party to the thing in these roles
};

struct Transition {
  std::string name;  // of the act: "claim"; once for each state that it leaves
  std::string from;  // where it is `to` as well, the state goes on, and time-outs run on
  std::string to;
  std::vector<std::string> by;  // roles; empty: anybody
  Needs needs = Needs::anyone;
  std::string guard = {};  // what the tool is asked besides; empty: nothing
  std::string takes = {};  // the role that who acts takes on; not where the word of several is needed
  std::string drops = {};  // the role that nobody has afterwards
};

// Happens by itself: so long after the state was entered, or after a deadline that each thing has of its own.
struct TimeOut {
  std::string name;
  std::string from;
  std::string to;
  std::int64_t after = 0;     // seconds; above 0 where there is no deadline
  std::string deadline = {};  // a thing that has none of this name waits for ever
  std::string drops = {};     // the role that nobody has afterwards
};

struct StateMachinePlan {
  std::string thing;  // what it is about, in a sentence: "task"
  std::vector<std::string> states;
  std::string initial;
  std::vector<std::string> final_states;
  std::vector<std::string> roles;         // that the thing itself keeps: "poster", "worker"
  std::vector<std::string> offices = {};  // that are held in the world, whoever holds them then: "steward"
  std::vector<Transition> transitions;
  std::vector<TimeOut> time_outs = {};
};

// Why there can be no such machine, as a sentence without a full stop: a name that is no id or comes twice; a
// state or role that is not declared; a state that is never reached, or that nothing leaves though it is not
// final; a final state with a way out; a circle of nothing but time-outs, which would turn for ever. Empty
// where there can be.
std::string problem_of(const StateMachinePlan& plan);

class StateMachine {
public:
  static constexpr std::size_t max_names = 100;  // of each sort

  // Throws Error(invalid) where the plan has a problem.
  explicit StateMachine(StateMachinePlan plan);

  const StateMachinePlan& plan() const { return plan_; }
  // By which time-outs go, in order.
  const std::vector<std::string>& deadlines() const { return deadlines_; }
  bool is_final(std::string_view state) const;
  // Null where that act does not leave that state.
  const Transition* find(std::string_view name, std::string_view from) const;
  // From which states it leads, in order; empty where there is no such act.
  std::vector<std::string_view> origins(std::string_view name) const;

private:
  StateMachinePlan plan_;
  std::vector<std::string> deadlines_;
};

// A Markdown table, a row for each act and time-out; and a diagram in the language of Mermaid
// (https://mermaid.js.org/syntax/stateDiagram.html).
std::string describe(const StateMachine& machine);
std::string diagram(const StateMachine& machine);
// "the poster", "the poster and the worker", "anybody".
std::string whose_word(const Transition& transition);

}  // namespace bw
