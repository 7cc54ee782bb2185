#pragma once
// Taking objects out of a repository for good. Git keeps what nothing names any more for weeks, loose and in
// packs; what was withdrawn must not lie there. Exactly the objects that are asked for go, and only where no
// ref, reflog or index leads to them: whatever else is unreachable its user may still want back.
//
// Works through the installed git (fsck, rev-list, reflog, repack), which knows every place from which an
// object can be reached. Failures are Error(cannot); nothing is removed from a repository in which fsck finds
// faults.

#include <string_view>
#include <vector>

#include "git/repository.h"

namespace bw::git {

// Every object that these commits lead to, themselves included, commits first and trees before what they
// hold.
std::vector<Oid> objects_below(const Repository& repository, const std::vector<Oid>& commits);

// Commits that nothing names: heads of branches that were rewritten, bundles whose names were removed.
std::vector<Oid> unreachable_commits(const Repository& repository);

// Forgets what a ref was before.
void forget_past_of(const Repository& repository, std::string_view ref);

// Removes those of `objects` that nothing leads to, in their order, so that a crash leaves no object whose
// parts are missing. Returns those that are still there: something leads to them, or a pack holds them that
// must be kept.
std::vector<Oid> remove_unreachable(const Repository& repository, const std::vector<Oid>& objects);

}  // namespace bw::git
