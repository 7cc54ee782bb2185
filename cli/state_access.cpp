#include "cli/state_access.h"

#include "base/error.h"
#include "cli/events.h"
#include "cli/world_access.h"
#include "world/tool_event.h"
#include "world/world_state.h"

namespace bw::cli {
namespace {

Seen seen_as(Session& session,
             std::unique_ptr<Fold> (*state)(const Environment& environment, const World& world)) {
  Seen seen{open_world_of(session), nullptr};
  seen.fold = state(session.environment, seen.world);
  if (!seen.fold->rules().definition)
    throw Error(ErrorCode::invalid,
                seen.world.name() + " has no definition in force that this version can read");
  return seen;
}

}  // namespace

std::string Seen::clock(std::int64_t recorded) const {
  return clock_time({recorded}, definition().utc_offset);
}

std::string Seen::name(PersonNumber person) const {
  return fold->people().name(person).short_id();
}

Seen look(Session& session) {
  return seen_as(session, current_state);
}

Seen look_ahead(Session& session) {
  return seen_as(session, expected_state);
}

int record_and_tell(Session& session, const char* kind, Json body, std::vector<JournalOpening> openings) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  return tell_recorded(
      session, world, *me.signer,
      {record_tool_event(session.environment, world, *me.signer, kind, std::move(body), std::move(openings)),
       {}});
}

std::vector<Member> recorded_members() {
  return {{"id", "the new event"},
          {"event", "the new event itself"},
          {"submitted", "whether it was sent at once"},
          {"waiting", "how many events of yours wait to be submitted"},
          {"notes", "what you should know about it"}};
}

}  // namespace bw::cli
