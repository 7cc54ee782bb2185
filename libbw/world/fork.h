#pragma once
// Forking: a new world over the history of another one's `main`. Git ancestry stays, the stream begins
// anew with a genesis that names its parent (world id, size and root of the checkpoint seen), and changes
// can flow both ways.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "git/remote_url.h"
#include "world/identity.h"
#include "world/world.h"

namespace bw {

struct ForkOptions {
  git::RemoteUrl source;
  std::filesystem::path folder;
  std::optional<std::string> name;  // nothing: the parent's
};

struct Forked {
  World world;
  ForkParent parent;
  std::string parent_name;
  std::vector<Did> inherited;        // signers of the inherited commits that the parent's stream knows
  std::vector<std::string> unknown;  // signers (or unsigned commits) that it does not: a sentence each
};

// The source is verified first. It stays as the remote "upstream"; the fork has no "origin" yet. `main`
// gains one signed commit that makes me the steward (and sets the name).
Forked fork_world(const Environment& environment, const Identity& identity, const Signer& signer,
                  const ForkOptions& options);

}  // namespace bw
