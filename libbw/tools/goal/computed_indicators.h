#pragma once
// ComputedIndicators: those of a definition that follow from others by a formula (docs/formulas.md). They are
// computed when an indicator that they name has changed, each once and after those that it names, and all of
// them when a definition is adopted. Nothing of it has to be kept: the values follow from those of the
// others.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "definition/formula.h"
#include "definition/model.h"

namespace bw {

class ComputedIndicators {
public:
  using Read = std::function<Computed(const std::string& indicator)>;  // of one that has readings

  // Those of that definition, and of no other any more; null: none.
  void declare(std::shared_ptr<const Definition> definition);

  bool has(std::string_view indicator) const { return values_.contains(indicator); }
  // Whether one follows from it.
  bool heeds(std::string_view indicator) const { return inputs_.contains(indicator); }
  std::vector<std::string> ids() const;
  // Null where there is no such formula.
  const Computed* find(std::string_view indicator) const;

  // Computes what follows from these, or everything. Returns the ids of those that it computed.
  std::vector<std::string> compute(const std::set<std::string, std::less<>>& changed, const Read& read);
  std::vector<std::string> compute_all(const Read& read);

private:
  Computed value_of(const Formula& formula, const Read& read) const;

  std::shared_ptr<const Definition> definition_;
  std::vector<const Indicator*> order_;
  std::set<std::string, std::less<>> inputs_;
  std::map<std::string, Computed, std::less<>> values_;
};

// These indicators, and those that they follow from.
std::set<std::string, std::less<>> with_inputs(const Definition& definition,
                                               std::set<std::string, std::less<>> indicators);

}  // namespace bw
