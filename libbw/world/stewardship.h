#pragma once
// Stewardship: proposing and approving changes of a world's authority (stream/authority.h). Both are
// events of mine: written to my journal, then submitted.

#include "stream/steward_change.h"
#include "world/world.h"

namespace bw {

// Errors: refused (not a steward, or the change makes no sense now; says why), cannot (a new home that
// does not answer: naming it would leave nobody able to append). Returns the event, which waits in the
// journal.
Event propose_change(const Environment& environment, const World& world, const Signer& signer,
                     const StewardChange& change);
Event approve_change(const Environment& environment, const World& world, const Signer& signer,
                     const EventId& proposal);

}  // namespace bw
