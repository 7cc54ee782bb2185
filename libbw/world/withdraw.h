#pragma once
// Withdrawing: the owner takes back what she published or sealed, or a steward takes something down. First
// the log says so (`details.withdrawn`), which forbids it to come back; then it is erased (world/erasure.h).
// Every step looks at what is there, so whoever was interrupted runs it again.

#include <optional>
#include <string>
#include <vector>

#include "crypto/signer.h"
#include "world/erasure.h"
#include "world/world.h"

namespace bw {

struct WithdrawOptions {
  std::vector<std::string> fields = {};  // "evidence" stands for its files too; empty: all details
  bool everywhere = false;               // also from my own journal
};

struct DetailsWithdrawn {
  std::vector<std::string> fields;
  std::optional<EventId> by;  // my event that says so; nothing where the log said so before
  bool in_log = false;        // the log says so; otherwise a steward must admit it first
  Erased erased;
};

// Errors: refused (it is neither mine nor am I a steward; it never left my journal), invalid (no such event
// or detail). Where home cannot be reached the withdrawal is in the journal, and Error(cannot) says why: the
// next run, or the next submission, goes on.
DetailsWithdrawn withdraw(const Environment& environment, World& world, const Signer& signer,
                          const EventId& id, const WithdrawOptions& options);

}  // namespace bw
