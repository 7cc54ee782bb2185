#pragma once
// Status: where a world stands and what to do next.

#include <optional>
#include <string>
#include <vector>

#include "stream/receipt.h"
#include "world/backing.h"
#include "world/home.h"
#include "world/identity.h"
#include "world/seen_inboxes.h"
#include "world/sync.h"

namespace bw {

struct NextStep {
  std::string command;  // to run in the world's folder
  std::string why;
};

struct Status {
  WorldId world;
  std::string name;
  std::filesystem::path folder;
  std::uint64_t size = 0;     // entries under the checkpoint
  std::uint64_t pending = 0;  // entries beyond it
  std::optional<AdoptedDefinition> adopted;
  bool definition_differs = false;  // main's definition is not the adopted one
  bool definition_valid = true;     // main's
  bool uncommitted = false;         // betterworld.yaml or tools/ in the work tree
  std::optional<Did> me;
  bool steward = false;
  bool member = false;
  bool is_revoked = false;                               // my key may say nothing here any more
  bool is_disputed = false;                              // nor may any key of mine, until stewards settle it
  bool joining = false;                                  // asked to join, not answered yet
  std::size_t waiting = 0;                               // in my journal, not submitted
  SyncWishes wishes;                                     // when it is to be sent
  std::optional<LastSync> synced;                        // how `bw sync` ended here last
  std::size_t sent = 0;                                  // submitted, not in the log
  std::vector<std::pair<EventId, std::string>> refused;  // by receipt, with the reason
  std::size_t junk_receipts = 0;                         // refs under my name that are no receipts
  std::size_t inbox = 0;                                 // bundles that lie in this repository's inbox
  std::vector<SeenInbox> inboxes;                        // of home and remotes, when last asked (stewards)
  std::size_t to_attest = 0;                             // claims of others that wait for my word
  std::size_t proposals = 0;                             // open, that I have not approved (stewards)
  // Commits of main ahead of and behind origin; nothing where there is no origin.
  std::optional<std::pair<std::size_t, std::size_t>> ahead_behind;
  std::optional<WitnessedHead> witnessed;  // nothing where the world asks for no witnesses
  bool cosigned_due = false;               // enough witnesses stand behind more than the stream says
  bool to_cosign = false;  // the world names this machine's witness, and has grown since it cosigned
  Home home;
  bool copy_of_home = false;  // a copy of the home's folder, to which nothing is appended
  // A merge in the work tree that waits for its end: the files that still hold two versions.
  std::optional<std::vector<std::string>> merging;
  std::vector<std::string> unverified;  // what lies here and was not accepted, a sentence each
  std::vector<NextStep> next_steps;     // most urgent first
};

Status world_status(const Environment& environment, const World& world);

}  // namespace bw
