#pragma once
// Appending at home: the one way in which a stream grows. Fetch what home has, verify it, decide what
// to add, commit, push by compare-and-swap; when someone was faster, again from the start. Then sign a
// checkpoint over what home accepted and push that. What `compose` decides is decided anew each time,
// so nothing is lost, nothing enters twice, and no checkpoint is ever signed over entries that home
// does not hold.

#include <functional>
#include <optional>
#include <vector>

#include "stream/append.h"
#include "stream/details_branch.h"
#include "world/home.h"
#include "world/world.h"

namespace bw {

struct Composition {
  Additions additions;                     // empty: nothing to append (a pending checkpoint is still made)
  std::vector<BundledOpening> openings;    // for branch `details`
  std::vector<BundledSealed> sealed = {};  // for the same
};
using Compose = std::function<Composition(const StreamState& state)>;

// Returns the index of the first entry that was appended (the size before). Errors: refused (not a
// steward or sequencer, home is elsewhere, or this machine signed a checkpoint that the stream does not
// continue), cannot (home does not answer, or others were faster too
// often). On return `world` stands at the new head.
std::uint64_t append_at_home(const Environment& environment, World& world, const Signer& signer,
                             const Compose& compose);

// Puts the note that `choose` gives at home as the world's cosigned checkpoint (stream/checkpoint_rules.h);
// chosen anew each time someone was faster. False where there was none to put. Errors as above.
bool put_cosigned_at_home(const Environment& environment, World& world, const Signer& signer,
                          const std::function<std::optional<Note>()>& choose);

// Brings this copy and the home to the same state: what home has is verified and taken, and where the
// home lacks what this copy holds (it was just named) it gets it. Errors as above.
void settle_home(const Environment& environment, World& world);

// The announcement of what an appender needs and `authority` does not know yet: my log key on this machine
// (a fresh one is made where mine was retired), and a box key, without which nothing can be sealed to a
// steward. It enters the log after what is appended. Empty where nothing is needed. Where my seed is
// encrypted, only the first event of a world is worth a question for its passphrase.
std::vector<Event> announce_my_keys(const Environment& environment, const Authority& authority,
                                    const WorldId& world, const Signer& signer);

}  // namespace bw
