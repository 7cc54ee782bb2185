#pragma once
// Stewardship: proposing and approving changes of a world's authority (stream/authority.h). Both are
// events of mine: written to my journal, then submitted.

#include <cstdint>
#include <optional>
#include <string>

#include "git/remote_url.h"
#include "stream/steward_change.h"
#include "world/world.h"

namespace bw {

// Makes `next` take the place of a home that is gone: brings there what this copy has verified, by a push
// that only moves forward (`next` holds nothing yet, or a part or continuation of the same stream), and
// lets `world` append there. The change itself is then proposed and approved as any other. What others
// appended at the lost home and this copy has not seen is not in the stream from then on; copies that have
// seen it refuse the new one, both heads named.
struct LostHome {
  std::string home;        // as shown
  std::string reason;      // why it counts as gone
  std::uint64_t size = 0;  // entries that this copy brings to the new home, and its head
  std::optional<git::Oid> head;
};
// Errors: refused (not a steward; the old home answers with a stream that continues ours; `next` holds
// something else), cannot (`next` does not answer).
LostHome replace_home(const Environment& environment, World& world, const Did& me,
                      const git::RemoteUrl& next);

// Errors: refused (not a steward, or the change makes no sense now; says why), cannot (a new home that
// does not answer: naming it would leave nobody able to append). Returns the event, which waits in the
// journal.
Event propose_change(const Environment& environment, const World& world, const Signer& signer,
                     const StewardChange& change);
Event approve_change(const Environment& environment, const World& world, const Signer& signer,
                     const EventId& proposal);

}  // namespace bw
