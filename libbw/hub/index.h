#pragma once
// The index of a Hub, for search: a projection of the Hub's directory (world/hub_directory.h) and of the
// listed worlds at their listed checkpoints, in `index.sqlite`. It may be deleted at any time: whoever
// asks next makes it again. Bringing it up to date gives what making it anew gives.

#include <filesystem>
#include <string>
#include <vector>

#include "world/hub_directory.h"

namespace bw {

struct Indexed {
  std::size_t worlds = 0;   // listed now
  std::size_t written = 0;  // of them, those whose rows were made by this call
  std::vector<JudgedListing> ineffective;
};

// Makes the index anew from nothing and puts it in place as a whole.
Indexed reindex(const Environment& environment, const Hub& hub);

// Verifies and writes what is new since the index was made; all of it where there is none that can be
// used. Listings that were borne out before are not verified again.
Indexed refresh_index(const Environment& environment, const Hub& hub);

// Everything in the index, one row a line, in an order that depends on the contents only.
std::string dump_index(const std::filesystem::path& file);

class IndexDatabase;
// The index, up to date; where the Hub's folder cannot be written to, what is there, or one in memory.
// `stale` says so where it may lack something.
IndexDatabase open_index(const Environment& environment, const Hub& hub, std::string& stale);

}  // namespace bw
