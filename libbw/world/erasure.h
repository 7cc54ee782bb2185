#pragma once
// Erasing what the log says is withdrawn (stream/withdrawal.h), wherever this machine can reach it: branch
// `details` is begun anew with what is left, bundles that carried a withdrawn opening go from inboxes and
// from what was sent, and of repositories on this disk the objects themselves go, so that the words are
// nowhere in them. The log, its commitments and every proof stay.
//
// Each step can be repeated, and finds by itself what is left to do: whoever breaks off, or comes later to a
// copy that others left behind, runs it again. What is already in other hands cannot be recalled; a host
// elsewhere keeps unreachable objects until it cleans up by its own rules.

#include <string>
#include <vector>

#include "git/remote_url.h"
#include "world/world.h"

namespace bw {

struct Erased {
  std::vector<std::string> places;  // where something was, and is gone: "this repository", an address
  std::vector<std::string> left;    // where something is still, and why; a sentence each

  void add(Erased more);
};

// In this repository. The caller holds the StreamLock. Costs nothing where nothing is withdrawn, and where it
// is, about as much as `git fsck --connectivity-only`.
Erased erase_withdrawn_here(const Environment& environment, World& world);

// At home, at every remote (a Hub's copy is one), and then here. An address that cannot be reached or refuses
// is named in `left`. Bundles that nobody has answered go only where they are `me`'s: others would lose what
// else they carry.
Erased erase_withdrawn(const Environment& environment, World& world, const Did& me);

// Whether branch `details` here still holds something that is withdrawn.
bool holds_withdrawn(const World& world);

}  // namespace bw
