#include "world/act.h"

#include "base/error.h"
#include "world/submit.h"

namespace bw {
namespace {

EventDraft draft_of(const Environment& environment, const World& world, const char* kind, Json body) {
  return {.at = environment.now(), .kind = kind, .body = std::move(body), .details = {}, .world = world.id()};
}

Event record_once(const Environment& environment, const World& world, const Signer& signer,
                  const EventDraft& draft) {
  for (const JournalEntry& entry : waiting_entries(environment, world, true)) {
    const Event& event = entry.event;
    if (event.actor == signer.did() && event.kind == draft.kind && event.body() == draft.body) return event;
  }
  return open_journal(environment, world.id())
      .append(signer, environment.random,
              [&](const std::vector<JournalEntry>&) {
                return std::vector<NewEntry>{{draft, {}, std::nullopt}};
              })
      .front();
}

}  // namespace

Event record_act(const Environment& environment, const World& world, const Signer& signer, const char* kind,
                 Json body) {
  const EventDraft draft = draft_of(environment, world, kind, std::move(body));
  // Asked before anything is written, of an event that is thrown away.
  const Event trial = sign_event(draft, make_nonce(environment.random), signer);
  if (const auto objection = world.stream.authority.objection(trial, environment.now().seconds)) {
    throw Error(ErrorCode::refused, *objection, "see who may do what with \"bw steward list\"");
  }
  return record_once(environment, world, signer, draft);
}

Event record_early_act(const Environment& environment, const World& world, const Signer& signer,
                       const char* kind, Json body) {
  return record_once(environment, world, signer, draft_of(environment, world, kind, std::move(body)));
}

}  // namespace bw
