#pragma once
// An archive of checkpoints: a folder elsewhere (another disk, a Git repository, a mail to oneself) with what
// a world's log signed over time, a file each. Where the log ever contradicts one of them, the archive proves
// it.
//
//     <size>.checkpoint            as the log signed it
//     <size>.cosigned.checkpoint   with the cosignatures of the world's witnesses

#include <filesystem>

#include "world/world.h"

namespace bw {

struct Archived {
  std::size_t written = 0;   // files that were not there before
  std::size_t agreeing = 0;  // files that were, and that the log here begins with
  std::size_t beyond = 0;    // files of more entries than this copy has: it is old
};

// Compares every checkpoint in the folder (made where it is missing) with the log here, then adds those that
// this machine saw and the stream's cosigned one. Nothing there is ever changed. Errors: invalid where one is
// of another history, naming both, or where a file there is no checkpoint; refused where one is of another
// log.
Archived archive_checkpoints(const Environment& environment, const World& world,
                             const std::filesystem::path& folder);

}  // namespace bw
