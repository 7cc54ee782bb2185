#pragma once
// Disclosing: the owner shows some of what she kept to somebody who trusts nobody's word: events as proofs,
// and openings that they committed to, in one file (stream/disclosure.h).

#include <string>
#include <vector>

#include "stream/disclosure.h"
#include "world/proof.h"
#include "world/world.h"

namespace bw {

struct DisclosureMade {
  Disclosure disclosure;
  std::vector<std::string> closed;  // what is not in it, and why; a sentence each
};

// What is open to me of these events: public openings, and mine. With `fields`, only those; "evidence" is the
// list of files with their contents. What was sealed to me by others is theirs to disclose. Errors: as
// `prove` (world/proof.h); invalid where a field is no detail of an event, or is not open here.
DisclosureMade disclose(const Environment& environment, const World& world,
                        const std::vector<EventId>& events, const std::vector<std::string>& fields);

struct CheckedDisclosure {
  CheckedProof proof;
  std::vector<Opening> openings;    // each what the event committed to
  std::vector<EvidenceFile> files;  // put together from them
  std::vector<std::string> notes;   // files that are not whole in it; a sentence each
};

// Every event and opening of a disclosure, checked. The reason names the first thing that does not hold.
Result<std::vector<CheckedDisclosure>> check_disclosure(std::string_view bytes, const ProofPolicy& policy);

// The fields of an event that a person means by these names: "evidence" stands for its parts too; none stands
// for all. Error(invalid) where the event has no such detail, or none at all.
std::vector<std::string> detail_fields(const Event& event, const std::vector<std::string>& named);

}  // namespace bw
