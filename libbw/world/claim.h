#pragma once
// Claims: "I did this behaviour, so much of it", as events and rows of tables make them: which a
// definition allows, and what stands of a person's own after her corrections.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "definition/claim_rules.h"
#include "definition/model.h"
#include "state/window.h"
#include "stream/claim.h"
#include "stream/journal.h"
#include "world/world.h"

namespace bw {

// Error(invalid) with the closest id where the definition has no such behaviour.
const Behaviour& require_behaviour(const Definition& definition, std::string_view id);
struct StandingClaim {
  Claim claim;
  Timestamp at;
};
using StandingClaims = std::map<EventId, StandingClaim>;

// The tree that holds the entries of the world's log.
git::Oid stream_tree(const World& world);

// What `me` put into the log, by whichever key: claims, corrections and retractions, in its order; at least
// all that can matter to claims at or after `since`. The log is read from its end and no further than needed.
std::vector<Event> own_events_in_log(const World& world, const Did& me, Timestamp since);

// Mine, in the order in which they count: what the log has (also from another machine), then what
// only this journal has. Undone events and those in `refused` never happened.
StandingClaims standing_claims(const std::vector<Event>& in_log, const std::vector<JournalEntry>& journal,
                               const World& world, const Did& me, const std::set<EventId>& refused);

// Error(refused) where the claim exceeds a limit: names the limit, what is used up and what is left.
// `replaced` is the event that the claim corrects, and does not count.
void require_within_limits(const Definition& definition, const Behaviour& behaviour,
                           const StandingClaim& claim, const StandingClaims& standing,
                           const std::optional<EventId>& replaced);

}  // namespace bw
