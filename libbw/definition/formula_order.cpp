#include "definition/formula_order.h"

#include <algorithm>
#include <deque>

namespace bw {
namespace {

using Counts = std::map<std::string_view, std::size_t>;

// How many formulas each still waits for.
Counts waiting_in(const FormulaNames& formulas) {
  Counts waiting;
  for (const auto& [id, names] : formulas) {
    waiting[id] = static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [&](const auto& name) { return formulas.contains(name); }));
  }
  return waiting;
}

// A formula that this one waits for.
const std::string& next_of(std::string_view id, const FormulaNames& formulas, const Counts& waiting) {
  const auto& names = formulas.find(id)->second;
  return *std::find_if(names.begin(), names.end(), [&](const auto& name) {
    const auto found = waiting.find(name);
    return found != waiting.end() && found->second > 0;
  });
}

// Whatever waits in the end waits for something that does, so that a walk along these ends in a cycle. Each
// formula is walked over once.
std::vector<std::vector<std::string>> cycles_among(const FormulaNames& formulas, const Counts& waiting) {
  std::vector<std::vector<std::string>> cycles;
  std::map<std::string_view, std::size_t> walked;  // formula → the walk that came by first
  std::size_t walk = 0;
  for (const auto& [start, count] : waiting) {
    if (count == 0) continue;
    ++walk;
    std::string_view at = start;
    while (walked.try_emplace(at, walk).second) at = next_of(at, formulas, waiting);
    if (walked.find(at)->second != walk) continue;
    std::vector<std::string> cycle;
    for (std::string_view member = at; cycle.empty() || member != at;
         member = next_of(member, formulas, waiting))
      cycle.emplace_back(member);
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    cycle.push_back(cycle.front());
    cycles.push_back(std::move(cycle));
  }
  return cycles;
}

}  // namespace

FormulaOrder order_of(const FormulaNames& formulas) {
  Counts waiting = waiting_in(formulas);
  std::map<std::string_view, std::vector<std::string_view>> named_by;
  std::deque<std::string_view> ready;
  for (const auto& [id, names] : formulas) {
    for (const std::string& name : names) named_by[name].push_back(id);
    if (waiting[id] == 0) ready.push_back(id);
  }
  FormulaOrder result;
  for (; !ready.empty(); ready.pop_front()) {
    result.order.emplace_back(ready.front());
    for (const std::string_view dependent : named_by[ready.front()])
      if (--waiting[dependent] == 0) ready.push_back(dependent);
  }
  result.cycles = cycles_among(formulas, waiting);
  return result;
}

}  // namespace bw
