#pragma once
// How a figure came about, and what an event brought: read off a fold of the log from its beginning
// (world/world_state.h), so that nothing has to be kept for it.

#include <optional>
#include <string>
#include <vector>

#include "world/world_state.h"

namespace bw {

// One change of a figure.
struct FigureStep {
  std::string figure;
  Decimal change;
  Decimal after;            // the sum of all changes so far
  std::uint64_t index = 0;  // the entry that brought it
  std::int64_t recorded = 0;
  EventId event;            // of that entry
  EventId claim;            // what it is about; the same event where it counts at once
  Did by;                   // the claim's author
  std::uint64_t rules = 0;  // the definition that ruled, by the index from which it did
};

// Every change of that figure, such as "indicator:aeds-placed", in the order of the log.
std::vector<FigureStep> explain_figure(const Environment& environment, const World& world,
                                       std::string_view figure);

// What became of an event under the checkpoint.
struct EventEffect {
  std::uint64_t index = 0;
  bool judged = false;              // by a tool, or by the authority
  std::optional<std::string> why;   // it was ineffective
  std::vector<FigureStep> changes;  // by this event, or by a later one about it
};
// Nothing where the event is not under the checkpoint.
std::optional<EventEffect> explain_event(const Environment& environment, const World& world,
                                         const EventId& event);

}  // namespace bw
