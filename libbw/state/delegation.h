#pragma once
// Delegation: whose vote counts for someone who gave theirs away. Chains are followed to the first person
// who voted; a chain that ends with someone who did not vote, or runs in a circle, is no vote.

#include <map>
#include <set>

#include "state/person_number.h"

namespace bw {

// For each delegator whose chain reaches a voter: that voter. No key of `delegations` is among `voters`.
std::map<PersonNumber, PersonNumber> follow_delegations(
    const std::map<PersonNumber, PersonNumber>& delegations, const std::set<PersonNumber>& voters);

}  // namespace bw
