#pragma once
// Voting: what a person says in a ballot (tools/governance), in words that people type. Of a secret ballot
// the choice and its salt stay in the journal until it is time to reveal them.

#include <string>
#include <vector>

#include "tools/governance/governance_tool.h"
#include "world/world.h"

namespace bw {

// The choice that the words say, by the method of the ballot:
//
//   one_person, weighted   yes, no or abstain
//   approval               the options approved of
//   quadratic              option=votes, …
//   ranked                 from best to worst, options of one rank joined by commas
//
// Error(usage) where they say none.
Choice choice_in_words(const BallotRules& rules, const std::vector<std::string>& words);
std::string words_of(const Choice& choice);

// Casts it on the proposal `id`, or a commitment to it where the ballot is secret. Errors as
// record_tool_event; Error(invalid) where there is no such proposal.
Event record_vote(const Environment& environment, const World& world, const Signer& signer, const EventId& id,
                  const std::vector<std::string>& words);

// Reveals what I committed to last. Error(invalid) where this journal has nothing to reveal.
Event record_revealed_vote(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id);
// Whether this journal has something to reveal in that ballot.
bool can_reveal_vote(const Environment& environment, const World& world, const EventId& proposal);

}  // namespace bw
