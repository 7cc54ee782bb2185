#include "world/stewardship.h"

#include <fmt/format.h>

#include "base/error.h"
#include "world/act.h"
#include "world/appending.h"
#include "world/home.h"

namespace bw {
namespace {

// Why the home counts as gone; Error(refused) where it does not.
std::string reason_of_loss(const Environment& environment, World& world, const git::RemoteUrl& home) {
  try {
    const CopyElsewhere there = fetch_copy(environment, world, home, "home");
    if (catch_up_with(environment, world, there.stream) == CopyStanding::none) return "it holds no stream";
  } catch (const Error& error) {
    // It does not answer, or what it holds is not the stream that was verified here.
    return error.what();
  }
  throw Error(
      ErrorCode::refused, fmt::format("{} answers, with this world's stream", home.shown()),
      "append the change there, so that nothing is lost: the same command without --old-home-is-gone");
}

}  // namespace

LostHome replace_home(const Environment& environment, World& world, const Did& me,
                      const git::RemoteUrl& next) {
  if (!world.stream.authority.is_steward(me)) {
    throw Error(ErrorCode::refused, "only a steward of " + world.name() + " moves its home");
  }
  LostHome lost;
  Home home;
  try {
    home = home_of(world);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid) throw;
    lost.reason = error.what();  // no address that can be used
  }
  switch (home.kind) {
    case Home::Kind::here:
      throw Error(ErrorCode::refused, "this repository is the world's home, and it is here",
                  "the same command without --old-home-is-gone");
    case Home::Kind::elsewhere:
      lost.home = world.stream.authority.home().value_or("the repository in which the world was made");
      if (lost.reason.empty()) lost.reason = "it has no address";
      break;
    case Home::Kind::remote:
      if (home.url->text() == next.text()) {
        throw Error(ErrorCode::usage, next.shown() + " is the world's home already");
      }
      const StreamLock lock(world);
      lost.home = home.url->shown();
      lost.reason = reason_of_loss(environment, world, *home.url);
  }
  git::list_remote(next, {std::string(stream_ref)}, transport_options(environment));
  world.replacement_home = next;
  settle_home(environment, world);
  lost.size = world.stream.size();
  lost.head = world.stream.head;
  return lost;
}

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
