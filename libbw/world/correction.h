#pragma once
// Correcting: which events a person may correct, retract or take back, and what history a steward may
// confirm. Used by the functions that world/record.h declares.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "world/claim.h"
#include "world/environment.h"

namespace bw {

// The model of an adopted definition. Error(invalid) where this version cannot read it.
const Definition& require_definition(const LoadedDefinition& loaded);

// The opening of a note. Error(invalid) where it is not UTF-8 or larger than 8 KiB.
Opening note_opening(const std::string& note, const Random& random);

// The files that go with an event. Error(invalid) where they are too many, too large or named strangely.
std::vector<EvidenceFile> read_evidence_files(const std::vector<std::filesystem::path>& paths);

// An event wherever it is known: the log first, then my journal.
struct KnownEvent {
  Event event;
  std::optional<std::uint64_t> index;  // in the log
  std::optional<std::int64_t> recorded;
};
// Error(invalid) where neither has it.
KnownEvent require_event(const Environment& environment, const World& world, const EventId& id);

struct OwnClaim {
  Event event;
  std::optional<Claim> claim;  // what stands of it now; nothing: a table, or concealed
};
OwnClaim require_own_claim(const Environment& environment, const World& world, const Did& me,
                           const EventId& id);
// What I may retract: a claim of mine that stands, or a word of mine about what somebody else did.
Event require_retractable(const Environment& environment, const World& world, const Did& me,
                          const EventId& id);

}  // namespace bw
