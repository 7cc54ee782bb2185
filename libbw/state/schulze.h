#pragma once
// The Schulze method (beatpath, winning votes): M. Schulze, "A New Monotonic, Clone-Independent, Reversal
// Symmetric, and Condorcet-Consistent Single-Winner Election Method", Social Choice and Welfare 36 (2011);
// arXiv:1804.02973.
//
// A beats B where more weight prefers A to B than B to A; the link from A to B is as strong as the weight
// that prefers A. A path is as strong as its weakest link. A is better than B where the strongest path from
// A to B is stronger than the strongest one back. "Better" is transitive, so someone is always unbeaten.

#include <cstddef>
#include <vector>

#include "base/decimal.h"

namespace bw {

// Of the size of the options on both sides; the diagonal is zero.
using PairwiseMatrix = std::vector<std::vector<Decimal>>;

// `preferred[a][b]`: the weight that prefers a to b. The result at [a][b]: the strength of the strongest
// path from a to b, zero where there is none.
PairwiseMatrix strongest_paths(const PairwiseMatrix& preferred);

// The options from best to worst: a level holds all options than which none of those left is better.
// Options of one level may still be ordered by neither; they are tied.
std::vector<std::vector<std::size_t>> schulze_levels(const PairwiseMatrix& paths);

}  // namespace bw
