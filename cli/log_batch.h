#pragma once
// The part of `bw log` that records whole files.

#include "cli/session.h"
#include "cli/world_access.h"
#include "world/batch.h"

namespace bw::cli {

// Records the file and tells what became of it; returns the exit code. Error(invalid) where a row is
// bad, after each was named, and nothing was recorded.
int record_file(Session& session, World& world, const Acting& me, const BatchOptions& options);

}  // namespace bw::cli
