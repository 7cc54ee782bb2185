#pragma once
// Merging definitions: another branch's `main` into mine by meaning, as a signed merge commit.

#include <filesystem>
#include <string>
#include <vector>

#include "definition/difference.h"
#include "definition/merge.h"
#include "world/world.h"

namespace bw {

struct MergedDefinition {
  enum class Outcome { already, fast_forward, merged, conflicts };
  Outcome outcome = Outcome::already;
  std::vector<Change> changes;           // what it brought
  std::vector<MergeConflict> conflicts;  // left in the work tree, as after `git merge`
  std::vector<Did> signers;              // of the commits that came in
};

// `theirs`: a commit that the repository holds. `main` must be checked out and clean. With conflicts the
// work tree holds both versions between markers, MERGE_HEAD is set, and `git commit` ends the merge.
// Unsigned commits on their side are an Error(invalid).
MergedDefinition merge_definition(const Environment& environment, World& world, const Signer& signer,
                                  const git::Oid& theirs, const std::string& label);

// What `git merge` calls for files under merge=betterworld (%O %A %B): merges into the file `ours`, and
// returns what stands there now, with the conflicts that are left.
MergedYaml run_merge_driver(const std::filesystem::path& base, const std::filesystem::path& ours,
                            const std::filesystem::path& theirs);

}  // namespace bw
