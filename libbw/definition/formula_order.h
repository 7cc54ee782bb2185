#pragma once
// In which order formulas are computed, so that each comes after those that it names: every formula once,
// however often it is named, so that a chain of formulas that double each other costs its length and no more.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// What each formula names; names without an entry are no formulas.
using FormulaNames = std::map<std::string, std::vector<std::string>, std::less<>>;

struct FormulaOrder {
  std::vector<std::string> order;  // those that are in no cycle and depend on none
  // a → b → … → a, from the least id: at least one of those that each other formula is in, or leads to.
  std::vector<std::vector<std::string>> cycles;
};
FormulaOrder order_of(const FormulaNames& formulas);

}  // namespace bw
