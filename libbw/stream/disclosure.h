#pragma once
// A disclosure: events with some of their openings, handed to somebody who checks both against the log: that
// the events stand in it, and that the openings are what they committed to. One file that needs no copy of
// the world; strict JSON Lines:
//
//     {"disclosure":1,"world":"<id>"}
//     {"proof":"c2sp.org/tlog-proof@v1\n…"}              an event, as its proof (world/proof.h)
//     {"field":"note","opening":{"salt":…,"value":…}}    openings of the event above
//
// Whoever holds it can show it on. It is not signed: what it says is in the proofs.

#include <string>
#include <string_view>
#include <vector>

#include "stream/details.h"

namespace bw {

inline constexpr std::size_t max_disclosure_bytes = 64u << 20;
inline constexpr std::size_t max_disclosed_events = 1'000;

struct DisclosedEvent {
  std::string proof;  // a tlog-proof, not checked
  std::vector<Opening> openings;
};

struct Disclosure {
  WorldId world;
  std::vector<DisclosedEvent> events;

  // Error(invalid) where it is more than a disclosure holds.
  std::string text() const;
  // Form only.
  static Result<Disclosure> parse(std::string_view bytes);
};

}  // namespace bw
