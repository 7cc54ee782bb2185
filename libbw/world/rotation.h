#pragma once
// Rotation: a new key takes the place of this machine's, in every world that this machine knows. Per world
// two events: the old key names its successor and ends with that, and the new key answers. They are written
// to the journals before the new key is installed, so that a crash leaves either the old key, and the next
// call goes on, or the new one with both events waiting. What the old key had not submitted goes with its
// event; where a world cannot be reached, `submit_former` sends that later, with the key that was kept aside.

#include <string>
#include <vector>

#include "world/identity.h"
#include "world/registry.h"
#include "world/world.h"

namespace bw {

struct RotatedWorld {
  KnownWorld known;
  bool in_force = false;  // otherwise on its way
  std::string problem;    // why nothing was written there, or why it could not be sent yet
};
struct Rotation {
  Identity before;
  Identity now;
  std::vector<RotatedWorld> worlds;  // in which the old key has a part
};

// Error(refused) where there is no identity.
Rotation rotate_key(const Environment& environment, const std::string& passphrase);

// Sends what waits in the journal by keys that this machine had before, each in bundles of its own, and what
// waits by the present one after it. Returns how many events.
std::size_t submit_former(const Environment& environment, World& world, const Signer& me);

}  // namespace bw
