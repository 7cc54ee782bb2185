#pragma once
// What the verbs of `bw journal` share: of which journal they are, and the parts of the declaration.

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "tlog/tlog_proof.h"

namespace bw::cli {

// The journal that a verb is about: that of the world one is in, or the one named by `--world-id`, for which
// no copy of the world is needed; where one is known on this machine it is opened all the same.
struct JournalPlace {
  WorldId id;
  std::optional<World> world;

  const World* copy() const { return world ? &*world : nullptr; }
};
JournalPlace journal_place(Session& session, const std::optional<std::string>& world_id);
// The worlds of which there are journals, for `--all`; Error(usage) where `world_id` is given as well.
std::vector<JournalPlace> all_journal_places(Session& session, const std::optional<std::string>& world_id);
void declare_world_id(Command& verb, std::optional<std::string>& given);

// bw journal verify, and bw verify --proof of such a file: 0 or 1.
int verify_journal_proof(Session& session, const std::string& name, const TlogProof& proof,
                         const std::vector<std::string>& log_keys,
                         const std::optional<std::filesystem::path>& policy);

void declare_journal_proofs(Command& journal);
void declare_journal_backup(Command& journal);

}  // namespace bw::cli
