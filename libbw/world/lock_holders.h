#pragma once
// Who could hold a lock file of Git's. Git and libgit2 lock `file` by creating `file.lock`, which says
// nothing of whose it is; a process that is killed leaves it, and then nobody gets past it. It may be taken
// away only when no process can hold it. That is so where
//
//   * it has been there for a second at least;
//   * it is of the user who asks, on a disk of this machine (on a network's disk another machine may hold it,
//     and another user's processes cannot be looked into);
//   * no other process of that user is a git or a bw that works in the repository (its folder is there, or
//   its
//     command line or GIT_DIR names it), and none has a file below the Git folder open.
//
// A process that hides from all of this, such as one that is inside a container of its own, is not seen.

#include <filesystem>
#include <optional>
#include <string>

namespace bw {

// Whether the file is a lock of Git's: `x.lock`, and `packed-refs.new`, which must not be there yet while git
// packs refs. Our own, in the folder `bw`, are flocks: those files mean nothing.
bool is_git_lock(const std::filesystem::path& file, const std::filesystem::path& git_folder);

// Why the file may still be somebody's, as a sentence; nothing where it is stale, or gone. Waits for its
// first second to pass. `work_tree`: of the repository, where it has one.
std::optional<std::string> why_held(const std::filesystem::path& file,
                                    const std::filesystem::path& git_folder,
                                    const std::optional<std::filesystem::path>& work_tree);

// Takes away the stale lock files of a repository that no other process of ours uses meanwhile; waits a
// little for a git that outlived the bw which started it. Error(cannot) where one stays held.
void remove_stale_locks(const std::filesystem::path& git_folder);

// Whether other machines may write there too.
bool is_on_shared_disk(const std::filesystem::path& path);

}  // namespace bw
