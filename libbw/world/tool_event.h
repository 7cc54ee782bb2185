#pragma once
// Events of tools (state/tool.h): asked of the tool itself before anything is written, by folding them, and
// what waits in my journal before them, onto the state of the world.

#include "world/world.h"

namespace bw {

// Error(refused) with the tool's reason where the event would be ineffective now.
Event record_tool_event(const Environment& environment, const World& world, const Signer& signer,
                        const char* kind, Json body);

}  // namespace bw
