#pragma once
// Clone, pull and join: getting a world, keeping up with it, becoming known in it.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "git/remote_url.h"
#include "world/identity.h"
#include "world/registry.h"
#include "world/world.h"

namespace bw {

struct Cloned {
  World world;
  bool pinned = false;  // the URL named the world id, and it was the one found
};
// Fetches, verifies before anything is checked out, checks out `main`. Leaves nothing behind where it
// fails. Needs no identity. Errors: invalid (no world there, another world than pinned, does not
// verify), cannot (transport), refused (folder not empty).
Cloned clone_world(const Environment& environment, const git::RemoteUrl& url,
                   const std::filesystem::path& folder);

// The folder that a clone of this address gets by default: the last part of its path, without ".git".
std::filesystem::path folder_name_of(const git::RemoteUrl& url);

struct Pulled {
  std::uint64_t entries = 0;  // new entries
  bool main_moved = false;
  std::optional<std::string> main_note;  // why `main` was left alone (diverged, uncommitted changes)
  std::vector<std::string> receipts;     // new receipts for me, a sentence each
  std::uint64_t pending = 0;             // entries beyond the checkpoint
  // The home lacks what was verified here (it was set back, or shows an old state), or does not answer.
  std::vector<std::string> warnings;
};
// Fetches home and origin, before them `from` (where the home is gone), verifies, fast-forwards. A
// rewritten stream is refused, both heads named; a shorter one is a warning, and nothing here goes back.
// Error(cannot) where no address answers, or `from` does not.
Pulled pull_world(const Environment& environment, World& world,
                  const std::optional<git::RemoteUrl>& from = {});

struct Joining {
  EventId event;  // my announcement
  bool before;    // it was in my journal already, and nothing was added
};
// Records `identity.announced` (box and credential key; my name as a public detail where `show_name`)
// in the journal and remembers the sync wish; the caller submits. Where I asked before and nobody has
// answered, nothing is added. Error(refused) where I have joined.
Joining join_world(const Environment& environment, World& world, const Identity& identity,
                   const Signer& signer, bool show_name, SyncWish wish);

// My announcement that waits for its answer, sent or not.
std::optional<EventId> asked_to_join(const Environment& environment, const World& world, const Did& me);

}  // namespace bw
