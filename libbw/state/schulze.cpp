#include "state/schulze.h"

#include <algorithm>
#include <numeric>

namespace bw {

PairwiseMatrix strongest_paths(const PairwiseMatrix& preferred) {
  const std::size_t size = preferred.size();
  PairwiseMatrix paths(size, std::vector<Decimal>(size));
  for (std::size_t a = 0; a < size; ++a) {
    for (std::size_t b = 0; b < size; ++b) {
      if (preferred[a][b] > preferred[b][a]) paths[a][b] = preferred[a][b];
    }
  }
  // Floyd and Warshall's order: after `via` the paths through options up to it are known.
  for (std::size_t via = 0; via < size; ++via) {
    for (std::size_t a = 0; a < size; ++a) {
      for (std::size_t b = 0; b < size; ++b) {
        if (a != b && via != a && via != b) {
          paths[a][b] = std::max(paths[a][b], std::min(paths[a][via], paths[via][b]));
        }
      }
    }
  }
  return paths;
}

std::vector<std::vector<std::size_t>> schulze_levels(const PairwiseMatrix& paths) {
  std::vector<std::size_t> left(paths.size());
  std::iota(left.begin(), left.end(), 0);
  std::vector<std::vector<std::size_t>> levels;
  while (!left.empty()) {
    const auto beaten = [&](std::size_t a) {
      return std::any_of(left.begin(), left.end(), [&](std::size_t b) { return paths[b][a] > paths[a][b]; });
    };
    std::vector<std::size_t> level;
    std::vector<std::size_t> rest;
    for (const std::size_t option : left) (beaten(option) ? rest : level).push_back(option);
    levels.push_back(std::move(level));
    left = std::move(rest);
  }
  return levels;
}

}  // namespace bw
