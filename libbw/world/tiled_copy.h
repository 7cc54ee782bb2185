#pragma once
// A world's log as static files for any web server: tiles, entry bundles and the checkpoint, in the layout of
// C2SP tlog-tiles, so that witnesses, monitors and other people's clients follow it without Git.

#include <filesystem>

#include "world/world.h"

namespace bw {

struct TiledCopy {
  TreeSize size = 0;
  std::size_t written = 0;  // files made or replaced; full tiles that stood there already are left alone
};

// Writes what `folder` lacks up to the world's checkpoint, and that checkpoint last. Creates the folder.
// Errors: refused where it holds the log of another world, or a checkpoint that this copy does not reach or
// contradicts; usage where it holds something else.
TiledCopy write_tiled_copy(const Environment& environment, const World& world,
                           const std::filesystem::path& folder);

}  // namespace bw
