#pragma once
// Maintenance: keeping a repository near its packed size. Every append leaves loose objects, among them a
// whole log file, until git packs them; git's own automatic maintenance begins at 6,700 of them, which here
// is more than a hundred megabytes.
//
// Nothing that could still be needed is dropped. The automatic part drops nothing at all: it moves loose
// objects and small packs into larger packs, geometrically (`git repack --geometric`), so that the work for n
// appends grows as n log n. `pack_all` drops objects that no ref and no reflog has reached for two weeks:
// what an append, a fetch or a push is writing at this moment is younger, and everything that this program
// refers to has a ref.

#include <cstdint>

#include "git/repository.h"

namespace bw::git {

struct ObjectSizes {
  std::uint64_t loose = 0;  // how many objects lie loose
  std::uint64_t packs = 0;  // how many packs there are
  std::uint64_t bytes = 0;  // of all of it, as allocated on disk
};
ObjectSizes object_sizes(const Repository& repository);

// Whether about as many objects lie loose as are worth packing. Takes some ten microseconds: it looks at a
// sixteenth of them.
bool wants_packing(const Repository& repository);

// Packs what lies loose, in a process of its own that outlives this one; returns at once. Does nothing where
// one such process is at it already, or where the repository's or the user's settings say `gc.auto=0` or
// `maintenance.auto=false`. Returns whether it began.
bool pack_in_background(const Repository& repository);

// What every append and pull ends with: packs in the background where that is worth it.
void keep_packed(const Repository& repository);

// Packs everything as tightly as git does, refs too, and drops what nothing has reached for two weeks.
// Error(cannot) with git's reason.
void pack_all(const Repository& repository);

}  // namespace bw::git
