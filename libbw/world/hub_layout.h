#pragma once
// The layout of a Hub that is a directory:
//
//     hub.json          {"format":1,"world":"<id>"}: the Hub's own world
//     world/            that world; its stream holds the listings, its inbox those that wait
//     repos/<id>.git    a bare copy of each world that was published, listed or not
//     index.sqlite      a projection for search (hub/index.h); may be deleted at any time
//
// A Hub is trusted for nothing but availability: what lies there may have been put there by anyone.
// Symbolic links are refused, every name below the folder is made here from ids, and whatever is read
// is verified.

#include <filesystem>

#include "base/random.h"
#include "git/repository.h"
#include "stream/ids.h"
#include "world/world.h"

namespace bw {

struct HubLayout {
  std::filesystem::path folder;  // absolute

  explicit HubLayout(const std::filesystem::path& hub_folder);

  std::filesystem::path settings() const { return folder / "hub.json"; }
  std::filesystem::path world() const { return folder / "world"; }
  std::filesystem::path repositories() const { return folder / "repos"; }
  std::filesystem::path repository_of(const WorldId& id) const {
    return repositories() / (id.text() + ".git");
  }
  std::filesystem::path index() const { return folder / "index.sqlite"; }
  std::filesystem::path index_lock() const { return folder / "index.lock"; }
};

struct Hub {
  HubLayout layout;
  World world;  // the Hub's own, verified
};

// Error(invalid) where the folder is no Hub, is damaged, or holds another world than hub.json names.
Hub open_hub(const Environment& environment, const std::filesystem::path& folder);

// Names `world` in hub.json and makes the folder for repositories: the last step of making a Hub.
void write_hub_settings(const HubLayout& layout, const WorldId& world);

// The copy of a published world. Error(invalid) where it is missing, or not a folder of its own.
git::Repository open_published(const HubLayout& layout, const WorldId& world);
// The same; made where it is missing, whole or not at all. Its branch `stream` takes no push that
// would rewrite it.
git::Repository open_or_create_published(const HubLayout& layout, const WorldId& world, const Random& random);

}  // namespace bw
