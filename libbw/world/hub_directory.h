#pragma once
// The directory of a Hub: which worlds it lists, under which names, at which checkpoints. A pure fold of
// the Hub's stream (`hub.listed`) and of the listed worlds at their listed checkpoints, and the one home
// of its rules, for `bw clone NAME` as for the search index. A listing counts where
//
//   * its actor was a steward of the listed world at the listed checkpoint, which the Hub's copy of that
//     world holds, in a stream that verifies up to there;
//   * the checkpoint is not smaller than that of the listing before;
//   * the name has the form of one (world/hub_name.h) and belongs to no other world. A world keeps
//     every name it ever had, at most 8, since people may still use them; the last one is shown.
//
// Others stay in the log and are ineffective, with a reason. Entries beyond the Hub's checkpoint are not
// read.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/remote_url.h"
#include "world/hub_layout.h"

namespace bw {

inline constexpr std::size_t max_names_of_a_world = 8;

struct Listing {
  std::uint64_t index = 0;  // in the Hub's log
  EventId event;
  Did actor;
  Timestamp at;
  WorldId world;
  std::string name;
  TreeSize size = 0;
  Digest root;
  std::vector<std::string> remotes;  // only addresses that git may be given
  std::string summary;
  std::string fault;  // why its form is none; the members above may be empty then
};

// How the listed world itself bears a listing out: by this commit of its stream.
struct ListingProof {
  git::Oid commit;                   // the first that holds the checkpoint
  std::optional<Digest> definition;  // adopted there
  std::string title;                 // the world's name
};
using ListingProofs = std::map<EventId, Result<ListingProof>>;

struct JudgedListing {
  Listing listing;
  std::optional<ListingProof> proof;
  std::string problem;  // why it is ineffective; empty where it counts
};

struct HubDirectory {
  std::vector<JudgedListing> listings;                       // in the order of the log
  std::map<WorldId, std::size_t> worlds;                     // to the position of the listing that counts
  std::map<std::string, WorldId, std::less<>> names;         // every name that belongs to somebody
  const JudgedListing* current(const WorldId& world) const;  // null where it is not listed
};

// The listings under the Hub's checkpoint.
std::vector<Listing> read_listings(const World& hub);

// Verifies the listed worlds, each once, forward from listing to listing. `own`, where given, answers
// for its world in place of the Hub's copy: it is verified already.
ListingProofs prove_listings(const Environment& environment, const HubLayout& layout,
                             const std::vector<Listing>& listings, const World* own = nullptr);

// Applies the rules. A listing without a proof counts as unproven.
HubDirectory judge_listings(std::vector<Listing> listings, const ListingProofs& proofs);

// All of it: reads, proves, judges.
HubDirectory read_directory(const Environment& environment, const Hub& hub);

// The listings that can bear on who owns `name` or on what counts for `world`: all those of worlds that
// share a name, directly or through others. Judging these alone gives the same answer for less work.
std::vector<Listing> related_listings(const std::vector<Listing>& listings, std::string_view name,
                                      const std::optional<WorldId>& world);

struct HubAddress {
  WorldId world;
  std::string name;    // the one that is shown
  git::RemoteUrl url;  // of the Hub's copy, pinned to the world
};
// The world that a Hub lists under a name, in any spelling, or under an id; nothing where it lists none.
std::optional<HubAddress> resolve_name(const Environment& environment,
                                       const std::filesystem::path& hub_folder, std::string_view name);
// The same; Error(invalid) where there is none, with the closest name.
HubAddress require_name(const Environment& environment, const std::filesystem::path& hub_folder,
                        std::string_view name);

}  // namespace bw
