#pragma once
// How each method counts. What comes of the counts (quorum, threshold, seats) is the same for all:
// state/tally.cpp.

#include <vector>

#include "state/tally.h"

namespace bw {

// A choice, and the people and weight that stand behind it.
struct WeighedChoice {
  const Choice& choice;
  VotingShare share;
};

// Fills in counts, and for an election the ranking, under ranked with its matrices, by `tally.rules`.
void count_choices(const std::vector<WeighedChoice>& choices, Tally& tally);

}  // namespace bw
