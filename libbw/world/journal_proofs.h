#pragma once
// What I can prove of my own: checkpoints of my journal, proofs of events in it, and what a witness is asked
// and answers. All of it needs the journal alone, no copy of the world and no signature by my actor key: the
// journal's log has a key of its own on each machine, below the state folder (`journal-keys/<world id>/`),
// with the record of what it signed last.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/journal_check.h"
#include "tlog/tlog_proof.h"
#include "tlog/witness_request.h"
#include "world/environment.h"

namespace bw {

// A signed checkpoint over all events of the journal: the last one, where nothing came since. Errors: invalid
// (an empty journal, or a damaged line), refused where the journal does not continue what this machine
// signed.
JournalNote checkpoint_journal(const Environment& environment, const WorldId& world);

// Begins a log under another name, for a journal that lost what was signed of it (restored from an old
// backup, or a line taken out by hand). The earlier key and its record stay beside it.
void begin_new_journal_log(const Environment& environment, const WorldId& world);

// Every checkpoint that is kept of it, by ascending size.
std::vector<JournalNote> journal_notes(const Environment& environment, const WorldId& world);

// A proof that the event stands in my journal, with its line as extra data. Among the checkpoints that cover
// it, the one with the most cosignatures, then the earliest, since that says most about when; where none
// does, a new one is signed. Error(invalid) where the journal does not hold the event.
TlogProof prove_in_journal(const Environment& environment, const WorldId& world, const EventId& event);

struct CheckedJournalProof {
  Event event;
  std::uint64_t index = 0;
  Checkpoint checkpoint;
  Cosigned cosigned;
};
// Whether the proof is one of a journal's events, by the name of its log.
bool is_journal_proof(const TlogProof& proof);
// Checks everything that it says. The reason names the first thing that does not hold.
Result<CheckedJournalProof> check_journal_proof(const TlogProof& proof, const ProofPolicy& policy);
// Whom to trust for that log: keys of hers, and a tlog-policy file's content; where neither is given, what is
// kept of my own journals. Error(usage) where none is for that log, Error(invalid) where one does not parse.
ProofPolicy journal_policy(const Environment& environment, const TlogProof& proof,
                           const std::vector<std::string>& log_keys,
                           const std::optional<std::string>& tlog_policy);

// What to ask of a witness whose last cosigned size is `old_size`; nothing: the size of the newest kept
// checkpoint that `witness` cosigned, or 0.
WitnessRequest ask_witness(const Environment& environment, const WorldId& world,
                           const std::optional<NoteVerifier>& witness,
                           const std::optional<TreeSize>& old_size);
// Keeps what the witnesses answered: the note with their cosignatures. The answer may be to any kept
// checkpoint. Error(invalid) where none of the lines is a cosignature by one of them.
JournalNote keep_cosignatures(const Environment& environment, const WorldId& world, std::string_view answer,
                              const std::vector<NoteVerifier>& witnesses);

JournalReport check_my_journal(const Environment& environment, const WorldId& world);

// The worlds of which this machine has a journal.
std::vector<WorldId> journalled_worlds(const Environment& environment);

}  // namespace bw
