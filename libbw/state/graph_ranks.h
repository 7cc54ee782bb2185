#pragma once
// Ranks over a graph of persons: personalised PageRank (L. Page et al., "The PageRank Citation Ranking",
// 1999, §6). All standing comes from seeds whom the world trusts, and flows along endorsements; a crowd of
// accounts that vouch for each other, and whom nobody vouches for whom a seed's standing reaches, has
// exactly none.
//
// There is no floating point in it, so every machine finds the same:
//
//   * a share is a whole number of 2^-62; all shares together are 2^62 (`whole_rank`) after every iteration;
//   * at the start the seeds share everything by their weights;
//   * in an iteration a person passes on ⌊share · damping⌋; along an edge goes ⌊passed on · f / 2^64⌋, where
//     f = ⌊2^64 · weight / all weights of the edge's source⌋, at most 2^64−1, by 128-bit products;
//   * what went along no edge returns to the seeds by their weights: 1 − damping, everything of those who
//     vouch for nobody, and what rounding kept back, which is less than 2 units an edge;
//   * giving an amount to the seeds rounds down for each; the units that are left, fewer than there are
//   seeds,
//     go to those with the lowest numbers, one each.
//
// So the total is conserved exactly, and nothing depends on the order of edges.

#include <cstdint>
#include <map>
#include <vector>

#include "base/decimal.h"
#include "state/fraction.h"
#include "state/graph.h"

namespace bw {

inline constexpr std::uint64_t whole_rank = std::uint64_t{1} << 62;

struct RankRules {
  Fraction damping{17, 20};
  std::uint32_t iterations = 30;
  // Of the seeds: more than nothing each.
  std::map<PersonNumber, EdgeWeight> seeds;
};

// Everyone in the graph and all seeds, in the order of their numbers, with their shares.
struct Ranks {
  std::vector<PersonNumber> persons;
  std::vector<std::uint64_t> shares;

  // 0 for those it does not know.
  std::uint64_t share(PersonNumber person) const;
  friend bool operator==(const Ranks&, const Ranks&) = default;
};

// Throws Error(invalid) where there is no seed, or one that weighs nothing.
Ranks rank(const Graph& graph, const RankRules& rules);

// A share as a part of one, rounded down to 10^-9: for people and for rules, which count in decimals.
Decimal decimal_rank(std::uint64_t share);

}  // namespace bw
