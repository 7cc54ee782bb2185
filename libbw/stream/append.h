#pragma once
// Appending to a stream: commits that verification (stream/verification.h) accepts. Nothing here moves
// a ref or talks to a remote; the caller pushes the commit to the world's home first, by
// compare-and-swap, and only then signs a checkpoint over what home accepted.

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "crypto/signer.h"
#include "git/repository.h"
#include "stream/definition_set.h"
#include "stream/event.h"
#include "stream/stream_state.h"

namespace bw {

struct Additions {
  std::vector<Event> events;                      // in the order in which they enter the log
  std::map<Digest, std::string> tables;           // root → content, of `behaviour.tabled` with public rows
  std::map<Digest, DefinitionFiles> definitions;  // of `definition.adopted`

  bool empty() const { return events.empty(); }
};

// Whether the last entry was recorded more than 5 minutes ahead of `now`.
bool is_ahead_of(const StreamState& state, Timestamp now);
// Error(refused) where it was.
void require_clock(const StreamState& state, Timestamp now);
// What is appended all the same: stewards' acts, since they can reset the clock, or say which of two
// histories stands, and announcements of the log keys that sign for them.
bool is_act_of_authority(const Event& event);

// The commit that follows `state.head` (or begins a stream) with these entries. `recorded` is
// max(last, now); Error(refused) where the last entry is more than 5 minutes ahead of `now` and not all
// are acts of authority.
git::Oid append_entries(git::Repository& repository, const StreamState& state, const Additions& additions,
                        Timestamp now, const Signer& signer);

// The commit that follows `state.head` with this signed checkpoint. Error(refused) as above.
git::Oid append_checkpoint(git::Repository& repository, const StreamState& state, const Note& checkpoint,
                           Timestamp now, const Signer& signer);

// The same with a checkpoint of this stream behind which enough witnesses stand.
git::Oid append_cosigned(git::Repository& repository, const StreamState& state, const Note& cosigned,
                         Timestamp now, const Signer& signer);

}  // namespace bw
