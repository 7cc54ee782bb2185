#pragma once
// Collecting what witnesses said (world/cosignatures.h), and putting it into the stream once enough of them
// stand behind one checkpoint. Everyone can collect, to see what stands behind the head; who may append puts
// it there.

#include <optional>
#include <string>
#include <vector>

#include "world/backing.h"
#include "world/world.h"

namespace bw {

struct CollectedCosignatures {
  std::vector<std::string> warnings;  // addresses that did not answer
  std::optional<Backing> best;        // what stands behind the world now
  bool appended = false;
};

// Gathers from home and all remotes. With a signer who may append, and where the note covers more entries
// than the stream's `cosigned`, or is newer by a quarter of the world's limit (by a day where it has none),
// it is appended. Nothing is asked where the world names no witnesses. Errors as append_at_home.
CollectedCosignatures collect_cosignatures(const Environment& environment, World& world,
                                           const Signer* signer);

// What would be appended; from this copy alone.
std::optional<Note> due_cosigned(const World& world, Timestamp now);

}  // namespace bw
