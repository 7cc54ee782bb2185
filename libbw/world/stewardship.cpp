#include "world/stewardship.h"

#include "base/error.h"
#include "world/home.h"

namespace bw {
namespace {

Event record_act(const Environment& environment, const World& world, const Signer& signer, const char* kind,
                 Json body) {
  const EventDraft draft{
      .at = environment.now(), .kind = kind, .body = std::move(body), .details = {}, .world = world.id()};
  // Asked before anything is written, of an event that is thrown away.
  const Event trial = sign_event(draft, make_nonce(environment.random), signer);
  if (const auto objection = world.stream.authority.objection(trial, environment.now().seconds)) {
    throw Error(ErrorCode::refused, *objection, "see who may do what with \"bw steward list\"");
  }
  return open_journal(environment, world.id())
      .append(signer, environment.random,
              [&](const std::vector<JournalEntry>&) {
                return std::vector<NewEntry>{{draft, {}, std::nullopt}};
              })
      .front();
}

}  // namespace

Event propose_change(const Environment& environment, const World& world, const Signer& signer,
                     const StewardChange& change) {
  if (change.act == StewardChange::Act::set_home && change.home) {
    const auto url = git::RemoteUrl::parse(*change.home);
    if (!url) throw Error(ErrorCode::usage, url.reason());
    git::list_remote(*url, {std::string(stream_ref)}, transport_options(environment));
  }
  return record_act(environment, world, signer, "steward.proposed", {{"change", change.json()}});
}

Event approve_change(const Environment& environment, const World& world, const Signer& signer,
                     const EventId& proposal) {
  return record_act(environment, world, signer, "steward.approved", {{"proposal", proposal.text()}});
}

}  // namespace bw
