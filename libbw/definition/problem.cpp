#include "definition/problem.h"

#include <algorithm>
#include <tuple>

namespace bw {

bool has_errors(const std::vector<Problem>& problems) {
  return std::ranges::any_of(problems, [](const Problem& p) { return p.severity == Severity::error; });
}

void sort_problems(std::vector<Problem>& problems) {
  const auto order = [](const Problem& p) {
    return std::tie(p.file, p.line, p.column, p.severity, p.code, p.message);
  };
  std::ranges::stable_sort(problems, {}, order);
  const auto same = [&](const Problem& a, const Problem& b) { return order(a) == order(b); };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
}

}  // namespace bw
