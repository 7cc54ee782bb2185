#pragma once
// The state of a world: the fold (state/fold.h) of the entries under its checkpoint, by the tools that this
// version has. What the last fold gave is kept in `.git/bw/world-state`, sealed (world/cache_seal.h), so that
// a command folds only what is new. A snapshot that does not belong to this stream, or to this version, is
// dropped.

#include <cstdint>
#include <memory>
#include <vector>

#include "state/fold.h"
#include "world/world.h"

namespace bw {

// The state after the first `size` entries (at most those under the checkpoint), folded from nothing while
// `listener` hears it. The archive looks into `world`, which has to outlive the fold.
std::unique_ptr<Fold> fold_world(const Environment& environment, const World& world, TreeSize size,
                                 Listener* listener = nullptr);

// The state at the checkpoint, folded on from the snapshot, which is then kept anew. Empty where there is no
// checkpoint yet.
std::unique_ptr<Fold> current_state(const Environment& environment, const World& world);

// The digests of the state after each of these numbers of entries, ascending, folded from nothing once.
std::vector<Digest> digests_at(const Environment& environment, const World& world,
                               const std::vector<TreeSize>& sizes);

// The size that the log had at a moment: how many entries were recorded until then, at most those under the
// checkpoint.
TreeSize size_at(const World& world, Timestamp moment);

}  // namespace bw
