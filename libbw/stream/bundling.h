#pragma once
// Bundling: what waits in a journal, cut into bundles that each stay within what a reader of bundles
// accepts, in the journal's order, each event once, its public openings and rows beside it, and what is
// sealed, sealed anew for those who are to read it now.

#include <cstddef>
#include <vector>

#include "stream/bundle.h"
#include "stream/journal.h"

namespace bw {

struct BundleLimits {
  std::size_t bytes = max_bundle_bytes;
  std::size_t events = max_bundle_events;
  std::size_t openings = max_bundle_openings;
};

// To whom sealed openings are sealed.
struct Sealing {
  std::vector<BoxKey> readers = {};
  Random random = system_random;
};

// A bundle of as many of `entries` as it holds, beginning at `next`, which moves behind them. At least
// one is taken: Error(invalid) naming the event where not even that one fits, or where its table is not
// in the journal; Error(refused) where something is sealed and has no reader.
Bundle next_bundle(const Journal& journal, const std::vector<JournalEntry>& entries, std::size_t& next,
                   const Did& actor, const WorldId& world, Timestamp at, const BundleLimits& limits = {},
                   const Sealing& sealing = {});

}  // namespace bw
