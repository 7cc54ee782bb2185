#pragma once
// Submitting: what waits in my journal goes to the world. A steward with access to the home appends;
// anyone else leaves a bundle in an inbox (refs/bw/inbox/<me>/<sha256> at the home or at `to`), or
// writes it to a file to send. Idempotent: an event that is in the log already is only marked.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stream/receipt.h"
#include "world/appending.h"
#include "world/erasure.h"

namespace bw {

struct SubmitOptions {
  bool dry_run = false;
  // Takes the bytes of each bundle instead of sending them (`--bundle`). Where it throws, the events of
  // that bundle go on waiting.
  std::function<void(const std::string& bytes)> deliver = {};
  std::optional<git::RemoteUrl> to = {};       // another inbox, such as one's own fork
  std::vector<EventId> only = {};              // empty: everything that waits; named ones are sent again
  std::function<bool(const Event&)> due = {};  // where given: only what it says yes to
  bool also_logged = false;  // also those that are in the log, for openings that are public only now
};

struct Submitted {
  enum class Way { nothing, appended, inbox, bytes };
  Way way = Way::nothing;
  std::vector<Verdict> verdicts;  // of what was appended
  std::vector<EventId> events;    // what was sent, or would be
  std::string to;                 // shown address
  Erased erased;                  // where a withdrawal among them was sent on at once
};

Submitted submit(const Environment& environment, World& world, const Signer& signer,
                 const SubmitOptions& options);

// Whether what I submit from this copy is appended at home, rather than left in an inbox.
bool appends_directly(const World& world, const Did& me);

// What waits in the journal: neither undone nor in the log, in order. `sent` ones included where asked.
std::vector<JournalEntry> waiting_entries(const Environment& environment, const World& world,
                                          bool include_sent);

}  // namespace bw
