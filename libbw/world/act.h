#pragma once
// Acts: events of mine that authority interprets (stream/authority.h). Each is asked of the authority first,
// then written to my journal, from where it is submitted as any other event.

#include "world/world.h"

namespace bw {

// Error(refused) with the authority's objection where the act would be ineffective now. An act that waits in
// my journal already, since its submission failed, is returned rather than said twice.
Event record_act(const Environment& environment, const World& world, const Signer& signer, const char* kind,
                 Json body);
// The same without asking, of an act that takes effect only with another that is on its way.
Event record_early_act(const Environment& environment, const World& world, const Signer& signer,
                       const char* kind, Json body);

}  // namespace bw
