#pragma once
// Words about what others did: attesting it (`event.attested`) and thanking for it (`thanks.given`). Both
// are signed statements by somebody else than the one they are about; what they amount to is computed in
// world/standing.h. Body: ids and a verdict. Words and files that explain it are details.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "world/record.h"
#include "world/standing.h"

namespace bw {

// What goes with a word, beside its event.
struct Explanation {
  std::optional<std::string> note = {};
  std::vector<std::filesystem::path> evidence = {};
  Visibility visibility = Visibility::private_;
};

// The details that these words and files are. Errors as `read_evidence_files`.
std::vector<JournalOpening> explanation_openings(const Explanation& explanation, const Random& random);

// Says of somebody else's claim that it is so, or that it is not. `id` names the claim or a correction of it;
// the word is about what the claim says now. Whoever says something again replaces what she said before;
// `record_retraction` takes it back. Errors: invalid (no claim, not in the log yet, said already), refused
// (my own, or retracted by its author).
Recorded record_attestation(const Environment& environment, const World& world, const Signer& signer,
                            const EventId& id, bool supports, const Explanation& explanation);

// Thanks a person, or the author of an event for it. Errors: refused (myself), invalid (nobody in this world
// is known by that key, or nobody knows the event).
Recorded record_thanks(const Environment& environment, const World& world, const Signer& signer,
                       const Did& to, const std::optional<std::string>& note, Visibility visibility);
Recorded record_thanks_for(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& event, const std::optional<std::string>& note,
                           Visibility visibility);

// Whether the kind says something about somebody else, which its author may retract and not correct.
bool is_word_kind(std::string_view kind);

// What `thanks.given` says; nothing for other kinds and forms.
struct Thanks {
  Did to;
  std::optional<EventId> event;
};
std::optional<Thanks> thanks_of(const Event& event);

}  // namespace bw
