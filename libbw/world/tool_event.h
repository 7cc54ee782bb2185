#pragma once
// Events of tools (state/tool.h): asked of the tool itself before anything is written, by folding them, and
// what waits in my journal before them, onto the state of the world.

#include <memory>
#include <vector>

#include "state/fold.h"
#include "stream/journal.h"
#include "world/world.h"

namespace bw {

// Error(refused) with the tool's reason where the event would be ineffective now. The openings are beside it
// in my journal, and travel as their visibility says.
Event record_tool_event(const Environment& environment, const World& world, const Signer& signer,
                        const char* kind, Json body, std::vector<JournalOpening> openings = {});

// The state as it will be once what waits in my journal is in the log, and as of now: what has a deadline by
// then is past it.
std::unique_ptr<Fold> expected_state(const Environment& environment, const World& world);

}  // namespace bw
