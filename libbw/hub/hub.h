#pragma once
// Keeping a Hub: making one, admitting the listings that wait in its inbox, and looking after what lies
// in it.

#include <filesystem>
#include <string>
#include <vector>

#include "hub/index.h"
#include "world/identity.h"
#include "world/merge_bundles.h"

namespace bw {

// The folder must be empty or missing; nothing is left where it fails. Whoever makes the Hub is the
// first steward of its world, and so the one who admits.
Hub create_hub(const Environment& environment, const Identity& identity, const Signer& signer,
               const std::filesystem::path& folder, const std::string& name);

struct HubAdmission {
  std::vector<MergedBundle> bundles;
  std::size_t left = 0;  // bundles that wait for another run
  Indexed indexed;
};
// Error(refused) where I am no steward of the Hub's world and something waits.
HubAdmission admit_listings(const Environment& environment, Hub& hub, const Signer& signer);
// Bundles in the Hub's inbox that nobody has answered.
std::size_t waiting_bundles(const Hub& hub);

struct HubProblem {
  std::string where;  // "world", or the name and id of a listed world
  std::string what;
};
struct HubCheck {
  std::size_t worlds = 0;  // listed and verified
  std::vector<HubProblem> problems;
  std::vector<std::string> notes;  // not wrong, worth knowing
  bool ok() const { return problems.empty(); }
};
// Verifies the Hub's world and every listed world as a whole, from nothing.
HubCheck check_hub(const Environment& environment, const Hub& hub);

}  // namespace bw
