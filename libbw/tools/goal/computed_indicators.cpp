#include "tools/goal/computed_indicators.h"

#include <algorithm>

#include "definition/formula_order.h"

namespace bw {

void ComputedIndicators::declare(std::shared_ptr<const Definition> definition) {
  definition_ = std::move(definition);
  order_.clear();
  inputs_.clear();
  values_.clear();
  if (!definition_) return;
  FormulaNames formulas;
  for (const Indicator& indicator : definition_->indicators) {
    if (!indicator.formula) continue;
    formulas.emplace(indicator.id, indicator.formula->names());
    inputs_.insert(indicator.formula->names().begin(), indicator.formula->names().end());
    values_.emplace(indicator.id, Computed::nothing("it was not computed yet"));
  }
  // That there are no cycles was checked when the definition was loaded.
  for (const std::string& id : order_of(formulas).order) order_.push_back(definition_->indicators.find(id));
}

std::vector<std::string> ComputedIndicators::ids() const {
  std::vector<std::string> all;
  for (const auto& [id, value] : values_) all.push_back(id);
  return all;
}

const Computed* ComputedIndicators::find(std::string_view indicator) const {
  const auto found = values_.find(indicator);
  return found == values_.end() ? nullptr : &found->second;
}

Computed ComputedIndicators::value_of(const Formula& formula, const Read& read) const {
  std::vector<Computed> operands;
  for (const std::string& name : formula.names()) {
    const Computed* computed = find(name);
    Computed operand = computed == nullptr ? read(name) : *computed;
    // Along a chain the reason stays that of the first, which says what to look at.
    if (!operand.has_value() && computed == nullptr)
      operand = Computed::nothing(operand.reason() + " of " + name);
    operands.push_back(std::move(operand));
  }
  return formula.value(operands);
}

std::vector<std::string> ComputedIndicators::compute(const std::set<std::string, std::less<>>& changed,
                                                     const Read& read) {
  std::set<std::string, std::less<>> stale = changed;
  std::vector<std::string> computed;
  for (const Indicator* indicator : order_) {
    const auto& names = indicator->formula->names();
    if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return stale.contains(name); }))
      continue;
    values_.insert_or_assign(indicator->id, value_of(*indicator->formula, read));
    stale.insert(indicator->id);
    computed.push_back(indicator->id);
  }
  return computed;
}

std::vector<std::string> ComputedIndicators::compute_all(const Read& read) {
  std::vector<std::string> computed;
  for (const Indicator* indicator : order_) {
    values_.insert_or_assign(indicator->id, value_of(*indicator->formula, read));
    computed.push_back(indicator->id);
  }
  return computed;
}

std::set<std::string, std::less<>> with_inputs(const Definition& definition,
                                               std::set<std::string, std::less<>> indicators) {
  std::vector<std::string> open(indicators.begin(), indicators.end());
  while (!open.empty()) {
    const Indicator* indicator = definition.indicators.find(open.back());
    open.pop_back();
    if (indicator == nullptr || !indicator->formula) continue;
    for (const std::string& name : indicator->formula->names())
      if (indicators.insert(name).second) open.push_back(name);
  }
  return indicators;
}

}  // namespace bw
