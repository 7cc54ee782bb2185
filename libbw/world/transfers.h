#pragma once
// Transfers: what moved in the ledger of a world, found again by folding its log.

#include <vector>

#include "state/tool.h"
#include "world/world.h"

namespace bw {

struct MovedAt {
  Transfer transfer;
  std::uint64_t index = 0;  // of the entry that brought it
  std::int64_t recorded = 0;
};

// Those of one person under the checkpoint, in order. `person` is her number in the state at the checkpoint;
// what was another's when it moved, and is hers since two keys were joined, is not in it.
std::vector<MovedAt> transfers_of(const Environment& environment, const World& world, PersonNumber person);

}  // namespace bw
