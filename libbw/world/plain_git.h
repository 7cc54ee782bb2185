#pragma once
// The installed git on a world's own repository, for the two things it knows better than libgit2: merging
// in a work tree so that `git status`, `git commit` and `git merge --abort` can take over, and what its
// users mean by a revision (`main~2`, `upstream/main`, an abbreviated id).

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "crypto/did.h"
#include "git/repository.h"

namespace bw {

// `git <arguments>` in the work tree (or the bare repository): no hooks, no prompt, no editor, nothing of a
// surrounding git's environment but what is added. Its exit code is the caller's to read. `me` is named in
// the reflog.
Finished run_plain_git(const git::Repository& repository, const std::vector<std::string>& arguments,
                       const std::optional<Did>& me = std::nullopt,
                       const std::map<std::string, std::string>& added = {});

// The commit that git finds under `revision`; nothing where there is none. Safe for any text.
std::optional<git::Oid> find_commit(const git::Repository& repository, std::string_view revision);

}  // namespace bw
