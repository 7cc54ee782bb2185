#pragma once
// The state at the last verified head, kept in `.git/bw/verified-stream` so that the next command verifies
// only what is new. It is believed without looking again, so that a checksum is too little: whoever can write
// into a repository (it came as an archive, it lies on a shared disk) could put a state there that no stream
// ever had. So it is sealed (world/cache_seal.h).

#include <optional>

#include "git/repository.h"
#include "stream/stream_state.h"
#include "world/environment.h"

namespace bw {

// Nothing where there is none, or where it is damaged or another user's: it can always be made again.
std::optional<StreamState> remembered_stream(const Environment& environment,
                                             const git::Repository& repository);

// Settles the ids of `state` into files of their own (stream/event_index.h), which its digest covers. Does
// nothing where the disk takes nothing: a repository that only can be read costs time, no more.
void remember_stream(const Environment& environment, const git::Repository& repository, StreamState& state);

}  // namespace bw
