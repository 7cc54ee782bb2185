#pragma once
// The registry: the worlds that this machine knows (`data_folder/worlds.json`), so that `bw world list`
// and `--world NAME` work from anywhere; with the sync wish of each, and of behaviours where somebody
// wants theirs sent otherwise. Written whole, under a lock.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/ids.h"
#include "world/environment.h"

namespace bw {

enum class SyncWish { immediate, periodic, manual };
std::string_view text_of(SyncWish wish);
std::optional<SyncWish> parse_sync_wish(std::string_view text);

struct KnownWorld {
  WorldId id;
  std::string name;
  std::filesystem::path folder;
  SyncWish sync = SyncWish::manual;
  std::map<std::string, SyncWish> behaviours = {};  // id → where it differs

  friend bool operator==(const KnownWorld&, const KnownWorld&) = default;
};

std::vector<KnownWorld> known_worlds(const Environment& environment);  // sorted by name
// The one that lies in this folder; nothing where it is not known.
std::optional<KnownWorld> known_world_at(const Environment& environment, const std::filesystem::path& folder);
// Adds or updates the entry of that folder. Wishes about behaviours that are known of the same world stay.
void remember_world(const Environment& environment, const KnownWorld& world);
// Nothing: as the world's. Error(invalid) where no world is known in that folder.
void remember_behaviour_wish(const Environment& environment, const std::filesystem::path& folder,
                             const std::string& behaviour, std::optional<SyncWish> wish);
void forget_world(const Environment& environment, const std::filesystem::path& folder);
// By name (case-folded), id prefix or folder name; Error(usage) where several fit or none does, with
// the closest name.
KnownWorld find_world(const Environment& environment, std::string_view name);

}  // namespace bw
