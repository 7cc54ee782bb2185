#pragma once
// What stands behind a world's log: which of its witnesses saw which checkpoint, and how long ago. A copy
// that is kept from what is new still verifies; it is the age of what the witnesses said that gives a frozen
// head away.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "stream/stream_state.h"
#include "tlog/cosignature.h"
#include "world/environment.h"

namespace bw {

// A checkpoint and who stands behind it.
struct Backing {
  Note note;  // signed by the log, with every cosignature that is known here
  Checkpoint checkpoint;
  Cosigned behind;
  // When as many as the world asks for had seen it as the log's head, or seen it again; nothing where they
  // are too few.
  std::optional<Timestamp> since;
};

// The largest checkpoint behind which enough witnesses stand, by the stream's `cosigned` and by the refs here
// (world/cosignatures.h); else the one with the most. Nothing where no witness stands behind any.
std::optional<Backing> best_standing(const git::Repository& repository, const StreamState& verified,
                                     Timestamp now);
// What the stream itself says: its file `cosigned`, judged by the witnesses of now.
std::optional<Backing> cosigned_standing(const git::Repository& repository, const StreamState& verified);

struct WitnessedHead {
  std::size_t named = 0;  // witnesses
  std::uint32_t quorum = 0;
  std::optional<Backing> best;
  std::optional<Duration> limit;  // the adopted definition's `freshness`
  bool enough = false;
  bool frozen = false;  // enough once, and last longer ago than the limit; or never, where there is a limit
  std::string warning;  // a sentence; empty where all is well
};
// Nothing where the world asks for no witnesses.
std::optional<WitnessedHead> witnessed_head(const git::Repository& repository, const StreamState& verified,
                                            Timestamp now);

// "7 days", "3 hours", whole and rounded down; and "3 hours ago".
std::string length_text(Duration length);
std::string age_text(Timestamp then, Timestamp now);

}  // namespace bw
