#include "state/state_machine.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"
#include "definition/model.h"

namespace bw {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string problem_of_names(const char* sort, const Names& names) {
  if (names.size() > StateMachine::max_names) return fmt::format("there are too many {}s", sort);
  std::set<std::string_view> known;
  for (const std::string& name : names) {
    if (!is_id(name)) return fmt::format("\"{}\" is not the name of a {}", name, sort);
    if (!known.insert(name).second) return fmt::format("the {} \"{}\" is declared twice", sort, name);
  }
  return {};
}

// Of what transitions and time-outs have in common.
template <class Way>
std::string problem_of_way(const StateMachinePlan& plan, const Way& way) {
  if (!is_id(way.name)) return fmt::format("\"{}\" is not the name of an act", way.name);
  for (const std::string& state : {way.from, way.to}) {
    if (!has(plan.states, state))
      return fmt::format("\"{}\" names the state \"{}\", which is not declared", way.name, state);
  }
  if (has(plan.final_states, way.from))
    return fmt::format("\"{}\" leaves the state \"{}\", which is final", way.name, way.from);
  if (!way.drops.empty() && !has(plan.roles, way.drops))
    return fmt::format("\"{}\" names the role \"{}\", which is not declared", way.name, way.drops);
  return {};
}

std::string problem_of_transition(const StateMachinePlan& plan, const Transition& way) {
  if (std::string problem = problem_of_way(plan, way); !problem.empty()) return problem;
  if (!way.takes.empty() && !has(plan.roles, way.takes))
    return fmt::format("\"{}\" names the role \"{}\", which is not declared", way.name, way.takes);
  for (const std::string& role : way.by) {
    if (!has(plan.roles, role) && !has(plan.offices, role))
      return fmt::format("\"{}\" names the role \"{}\", which is not declared", way.name, role);
  }
  if (way.needs != Needs::anyone && way.by.empty())
    return fmt::format("\"{}\" needs the word of several, and names no role", way.name);
  if (way.needs != Needs::anyone && !way.takes.empty())
    return fmt::format("\"{}\" needs the word of several, and one would take a role by it", way.name);
  return {};
}

std::string problem_of_time_out(const StateMachinePlan& plan, const TimeOut& way) {
  if (std::string problem = problem_of_way(plan, way); !problem.empty()) return problem;
  if (way.from == way.to) return fmt::format("the time-out \"{}\" does not leave its state", way.name);
  if (!way.deadline.empty() && !is_id(way.deadline))
    return fmt::format("\"{}\" is not the name of a deadline", way.deadline);
  if (way.after < 0 || way.after > Timestamp::last || (way.after == 0 && way.deadline.empty()))
    return fmt::format("the time-out \"{}\" has no time", way.name);
  return {};
}

// The states that ways lead to from one state, step by step.
std::set<std::string> reached_from(const std::string& state,
                                   const std::multimap<std::string, std::string>& ways) {
  std::set<std::string> reached;
  Names open{state};
  while (!open.empty()) {
    const auto [begin, end] = ways.equal_range(std::exchange(open.back(), {}));
    open.pop_back();
    for (auto way = begin; way != end; ++way) {
      if (reached.insert(way->second).second) open.push_back(way->second);
    }
  }
  return reached;
}

std::string problem_of_shape(const StateMachinePlan& plan) {
  std::multimap<std::string, std::string> ways;
  std::multimap<std::string, std::string> timed;
  for (const Transition& way : plan.transitions) {
    if (way.from != way.to) ways.emplace(way.from, way.to);
  }
  for (const TimeOut& way : plan.time_outs) {
    ways.emplace(way.from, way.to);
    timed.emplace(way.from, way.to);
  }
  const std::set<std::string> reached = reached_from(plan.initial, ways);
  for (const std::string& state : plan.states) {
    if (state != plan.initial && !reached.contains(state))
      return fmt::format("the state \"{}\" is never reached", state);
    if (!has(plan.final_states, state) && !ways.contains(state))
      return fmt::format("nothing leaves the state \"{}\", which is not final", state);
    if (reached_from(state, timed).contains(state))
      return fmt::format("time-outs alone lead from the state \"{}\" back to it", state);
  }
  return {};
}

std::string duration_text(std::int64_t seconds) {
  for (const auto& [size, name] :
       {std::pair{86400, "day"}, std::pair{3600, "hour"}, std::pair{60, "minute"}}) {
    if (seconds % size == 0) return fmt::format("{} {}{}", seconds / size, name, seconds == size ? "" : "s");
  }
  return fmt::format("{} second{}", seconds, seconds == 1 ? "" : "s");
}

std::string time_text(const TimeOut& way) {
  if (way.deadline.empty()) return duration_text(way.after) + " later";
  if (way.after == 0) return fmt::format("at its deadline \"{}\"", way.deadline);
  return fmt::format("{} after its deadline \"{}\"", duration_text(way.after), way.deadline);
}

std::string without(const std::string& role) {
  return role.empty() ? "" : fmt::format(", without a {}", role);
}

std::string with(const std::string& role) {
  return role.empty() ? "" : fmt::format(", with who did it as {}", role);
}

}  // namespace

std::string problem_of(const StateMachinePlan& plan) {
  if (!is_id(plan.thing)) return fmt::format("\"{}\" is not the name of a thing", plan.thing);
  Names roles = plan.roles;
  roles.insert(roles.end(), plan.offices.begin(), plan.offices.end());
  for (const std::string& problem :
       {problem_of_names("state", plan.states), problem_of_names("final state", plan.final_states),
        problem_of_names("role", roles)}) {
    if (!problem.empty()) return problem;
  }
  if (plan.transitions.size() + plan.time_outs.size() > StateMachine::max_names)
    return "there are too many acts";
  if (!has(plan.states, plan.initial))
    return fmt::format("the initial state \"{}\" is not declared", plan.initial);
  for (const std::string& state : plan.final_states) {
    if (!has(plan.states, state)) return fmt::format("the final state \"{}\" is not declared", state);
  }
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (const Transition& way : plan.transitions) {
    if (std::string problem = problem_of_transition(plan, way); !problem.empty()) return problem;
    if (!known.emplace(way.name, way.from).second)
      return fmt::format("\"{}\" leaves the state \"{}\" twice", way.name, way.from);
  }
  for (const TimeOut& way : plan.time_outs) {
    if (std::string problem = problem_of_time_out(plan, way); !problem.empty()) return problem;
  }
  return problem_of_shape(plan);
}

StateMachine::StateMachine(StateMachinePlan plan) : plan_(std::move(plan)) {
  if (const std::string problem = problem_of(plan_); !problem.empty())
    throw Error(ErrorCode::invalid, fmt::format("a state machine of a {}: {}", plan_.thing, problem));
  for (const TimeOut& way : plan_.time_outs) {
    if (!way.deadline.empty() && !has(deadlines_, way.deadline)) deadlines_.push_back(way.deadline);
  }
  std::sort(deadlines_.begin(), deadlines_.end());
}

bool StateMachine::is_final(std::string_view state) const {
  return has(plan_.final_states, state);
}

const Transition* StateMachine::find(std::string_view name, std::string_view from) const {
  for (const Transition& way : plan_.transitions) {
    if (way.name == name && way.from == from) return &way;
  }
  return nullptr;
}

std::vector<std::string_view> StateMachine::origins(std::string_view name) const {
  std::vector<std::string_view> states;
  for (const Transition& way : plan_.transitions) {
    if (way.name == name) states.emplace_back(way.from);
  }
  return states;
}

std::string whose_word(const Transition& transition) {
  if (transition.by.empty()) return "anybody";
  std::string text = transition.needs == Needs::everyone ? "every " : "the ";
  const char* const between = transition.needs == Needs::anyone     ? " or the "
                              : transition.needs == Needs::everyone ? " and every "
                                                                    : " and the ";
  for (const std::string& role : transition.by) {
    if (&role != &transition.by.front()) text += between;
    text += role;
  }
  return text;
}

std::string describe(const StateMachine& machine) {
  const StateMachinePlan& plan = machine.plan();
  std::string text = "| while it is | act | by | it becomes |\n|---|---|---|---|\n";
  for (const std::string& state : plan.states) {
    for (const Transition& way : plan.transitions) {
      if (way.from != state) continue;
      text += fmt::format("| {} | `{}` | {}{} | {} |\n", state, way.name, whose_word(way),
                          way.guard.empty() ? "" : fmt::format(", where `{}` allows it", way.guard),
                          way.to + without(way.drops) + with(way.takes));
    }
    for (const TimeOut& way : plan.time_outs) {
      if (way.from == state)
        text += fmt::format("| {} | `{}` | itself, {} | {} |\n", state, way.name, time_text(way),
                            way.to + without(way.drops));
    }
  }
  return text;
}

std::string diagram(const StateMachine& machine) {
  const StateMachinePlan& plan = machine.plan();
  // Mermaid reads hyphens in names as arrows.
  const auto name = [](std::string state) {
    std::replace(state.begin(), state.end(), '-', '_');
    return state;
  };
  std::string text = fmt::format("stateDiagram-v2\n    [*] --> {}\n", name(plan.initial));
  for (const Transition& way : plan.transitions)
    text += fmt::format("    {} --> {}: {}\n", name(way.from), name(way.to), way.name);
  for (const TimeOut& way : plan.time_outs)
    text += fmt::format("    {} --> {}: {} ({})\n", name(way.from), name(way.to), way.name, time_text(way));
  for (const std::string& state : plan.final_states) text += fmt::format("    {} --> [*]\n", name(state));
  return text;
}

}  // namespace bw
