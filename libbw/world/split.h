#pragma once
// A proven split: two checkpoints of one world that contradict each other, both signed, which this machine
// keeps as evidence (world/checkpoint_memory.h). From then on it appends nothing to any copy of that world
// but acts of authority, until k stewards have named a root of the history that stands (`name_root`): one at
// which the two histories differ already, so that it belongs to one of them alone.

#include <vector>

#include "world/world.h"

namespace bw {

// Whether stewards named a root by which this stream stands against another history that differs from it
// at `size` entries.
bool is_named_to_stand(const git::Repository& repository, const StreamState& verified, TreeSize size);

// Error(refused) where this machine holds evidence of a split that nobody has settled for this stream, and
// not all of these events are acts of authority.
void require_one_history(const Environment& environment, const git::Repository& repository,
                         const StreamState& verified, const std::vector<Event>& events);

}  // namespace bw
