#pragma once
// Submission bundles: what a person sends to a world, the same bytes mailed, pushed to an inbox ref,
// posted to a Hub or read from a pipe. JSON Lines:
//
//     {"actor":…,"at":…,"contents":"<sha256 of all that follows>","events":2,
//      "openings":[{"event":"<id>","field":"note","visibility":"public"}],"tables":["<root>"],
//      "v":1,"world":"<id>","sig":"…"}                       header, signed (namespace bw.bundle.v1)
//     {"event":{…}}                                          the actor's own events
//     {"opening":{"event":"<id>","field":"note","salt":"…","value":…}}   openings meant to travel
//     {"sealed":{"event":"<id>","field":"place","opening":{…}}}          those that only stewards can read
//     {"rows":145,"table":"<root>"}                          followed by that many row lines
//
// The header binds everything after it, so a bundle that was cut or altered anywhere is refused whole.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stream/details.h"
#include "stream/event.h"
#include "stream/sealed.h"
#include "stream/table.h"

namespace bw {

inline constexpr std::size_t max_bundle_bytes = 64u << 20;
inline constexpr std::size_t max_bundle_events = 10'000;
inline constexpr std::size_t max_bundle_openings = 80'000;

struct BundledOpening {
  EventId event;
  Opening opening;
  Visibility visibility = Visibility::public_;
};

// Listed in the header with the visibility "sealed".
struct BundledSealed {
  EventId event;
  SealedOpening opening;
};

struct Bundle {
  Did actor;
  Timestamp at;
  WorldId world;
  std::vector<Event> events;
  std::vector<BundledOpening> openings;
  std::vector<Table> tables;

  // SHA-256 of the bytes: its name in refs and receipts.
  Digest digest;

  std::vector<BundledSealed> sealed = {};
};

// Throws Error(invalid) where the parts are too many or too large for one bundle.
std::string write_bundle(const Bundle& bundle, const Signer& signer);

// Form and header signature; each event's own signature is for admission to judge, one by one.
Result<Bundle> parse_bundle(std::string_view bytes);

}  // namespace bw
