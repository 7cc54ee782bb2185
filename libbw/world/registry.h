#pragma once
// The registry: the worlds that this machine knows (`data_folder/worlds.json`), so that `bw world list`
// and `--world NAME` work from anywhere; with the sync wish of each. Written whole, under a lock.

#include <filesystem>
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
};

std::vector<KnownWorld> known_worlds(const Environment& environment);  // sorted by name
// Adds or updates the entry of that folder.
void remember_world(const Environment& environment, const KnownWorld& world);
void forget_world(const Environment& environment, const std::filesystem::path& folder);
// By name (case-folded), id prefix or folder name; Error(usage) where several fit or none does, with
// the closest name.
KnownWorld find_world(const Environment& environment, std::string_view name);

}  // namespace bw
