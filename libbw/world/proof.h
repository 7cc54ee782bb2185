#pragma once
// Proofs for strangers: one event, or one row of a table, as a C2SP tlog-proof that carries all that a reader
// needs besides keys she trusts already. She needs no repository, no network and none of our programs to
// check the log's part: its extra data are the lines whose hash is proved.
//
//     line 1   the entry, {"event":{…},"recorded":…}: the leaf of the world's log
//     line 2   for a row only: {"hashes":["<base64>",…],"row":<n from 1>,"text":"<the row's line>"}, which
//              leads from the row to the root that the event committed to
//
// Each line ends in LF; the second is strict JSON.

#include <optional>
#include <string>
#include <string_view>

#include "stream/entry.h"
#include "tlog/policy.h"
#include "tlog/tlog_proof.h"
#include "world/world.h"

namespace bw {

// What is to be proved: an event, or one row of the table that it holds.
struct ProofOf {
  EventId event;
  std::optional<std::uint64_t> row;  // counted from 1
};

// Against the checkpoint behind which the world's witnesses stand (`cosigned`) where that covers the event,
// else against its last one. Errors: invalid where the log does not hold the event or the table no such row;
// refused where no checkpoint covers it yet, or where the rows are private and not in my journal.
TlogProof prove(const Environment& environment, const World& world, const ProofOf& what);

struct ProvenRow {
  std::uint64_t number = 0;  // from 1
  std::uint64_t count = 0;   // rows of the table
  std::string line;
};

// What holds, once a proof was checked: the entry stands in the log, and its actor signed it.
struct CheckedProof {
  Entry entry;
  std::uint64_t index = 0;
  std::optional<ProvenRow> row;
  Checkpoint checkpoint;
  Cosigned cosigned;
};

// Checks everything that the proof says. The reason names the first thing that does not hold.
Result<CheckedProof> check_entry_proof(std::string_view bytes, const ProofPolicy& policy);

// What a proof is trusted by in a verified world: its origin, the log keys that were not retired of those who
// may append, and the witnesses it asks for.
ProofPolicy proof_policy(const World& world);

// The same, as told by a reader who has no copy: the id of the world and keys or a policy file's content.
// Throws Error(invalid) where a key or the policy does not parse, Error(usage) where no key is for that
// world.
ProofPolicy proof_policy(const WorldId& world, const std::vector<std::string>& log_keys,
                         const std::optional<std::string>& tlog_policy);

}  // namespace bw
