#pragma once
// Reads loose objects in libgit2's place: its own reader (1.5) loops for ever, or until memory is used
// up, where a loose object is cut off or damaged inside its zlib stream. Packs are not concerned.

#include <filesystem>

#include <git2/sys/odb_backend.h>

namespace bw::git {

// Between packs and libgit2's own loose objects; ensure_libgit2 makes that place.
inline constexpr int pack_priority = 3;
inline constexpr int loose_priority = 2;

// For git_odb_add_backend, which owns it from then on. `objects`: …/.git/objects.
git_odb_backend* make_loose_objects(const std::filesystem::path& objects);

}  // namespace bw::git
