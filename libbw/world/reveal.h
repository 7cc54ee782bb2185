#pragma once
// Revealing: what was private or sealed becomes public. A concealed claim by an event, `event.revealed`,
// which carries its salt and value, so that it counts from there on; any other detail by its opening, which
// travels in a bundle and is published.

#include <optional>
#include <string>
#include <vector>

#include "stream/journal.h"
#include "world/claim.h"
#include "world/world.h"

namespace bw {

struct Revealed {
  std::optional<Event> claim;       // `event.revealed`, in the journal now
  std::vector<std::string> fields;  // public from now on
};

// Only puts it into my journal; the caller submits (`SubmitOptions::also_logged` for fields of an event that
// is in the log). Without fields: the claim, where it is concealed, else every detail that is not public.
// Errors: refused (not mine, withdrawn, public already, taken back, or the claim would exceed a limit),
// invalid (no such event or detail; its opening is not in this journal).
Revealed record_reveal(const Environment& environment, const World& world, const Signer& signer,
                       const EventId& id, const std::vector<std::string>& fields);

}  // namespace bw
