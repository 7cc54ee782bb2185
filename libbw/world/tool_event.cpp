#include "world/tool_event.h"

#include "base/error.h"
#include "stream/entry.h"
#include "world/submit.h"
#include "world/world_state.h"

namespace bw {
namespace {

struct LastRuling : Listener {
  Ruling ruling;
  void judged(const Occurrence& /*entry*/, const Ruling& given) override { ruling = given; }
  void changed(const FigureChange& /*change*/) override {}
};

}  // namespace

std::unique_ptr<Fold> expected_state(const Environment& environment, const World& world) {
  auto state = current_state(environment, world);
  const std::int64_t now = std::max(environment.now().seconds, state->recorded());
  for (const JournalEntry& entry : waiting_entries(environment, world, true))
    state->take(entry_line(entry.event.line, now));
  state->pass(now);
  return state;
}

Event record_tool_event(const Environment& environment, const World& world, const Signer& signer,
                        const char* kind, Json body, std::vector<JournalOpening> openings) {
  const EventDraft draft{
      .at = environment.now(), .kind = kind, .body = std::move(body), .details = {}, .world = world.id()};
  const auto state = expected_state(environment, world);
  const std::int64_t now = std::max(environment.now().seconds, state->recorded());
  LastRuling last;
  state->listen(&last);
  state->take(entry_line(sign_event(draft, make_nonce(environment.random), signer).line, now));
  if (last.ruling) throw Error(ErrorCode::refused, *last.ruling);
  return open_journal(environment, world.id())
      .append(signer, environment.random,
              [&](const std::vector<JournalEntry>&) {
                return std::vector<NewEntry>{{draft, openings, std::nullopt}};
              })
      .front();
}

}  // namespace bw
