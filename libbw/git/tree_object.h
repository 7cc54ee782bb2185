#pragma once
// The bytes of a tree object (gitformat: `<octal mode> SP <name> NUL <20 bytes>`, in git's order),
// strictly: what one reader would list and another would look up differently is refused, and so are
// names that could step outside a folder.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/repository.h"

namespace bw::git {

// Refuses unknown modes, names that are empty, ".", ".." or ".git" in any case or hold a slash,
// duplicates, and any other order than git's. The old mode 100664 is read as a plain file.
Result<std::vector<TreeEntry>> parse_tree(std::string_view bytes);

// Sorts the entries, whose names must be acceptable to parse_tree.
std::string tree_bytes(std::vector<TreeEntry> entries);

// Why `name` must not be the name of an entry; empty where it may.
std::string entry_name_problem(std::string_view name);

}  // namespace bw::git
