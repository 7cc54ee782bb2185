// bw thank: thank somebody, or for something that she did.

#include "base/error.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/attestation.h"

namespace bw::cli {
namespace {

struct ThankArguments {
  std::string whom;
  std::optional<std::string> note, visibility;
};

std::optional<Did> actor_in(const std::string& text) {
  const bool named = text.starts_with("did:") || text.starts_with("z6Mk");
  if (!named) return std::nullopt;
  const auto did = text.starts_with("did:") ? Did::parse(text) : Did::from_short_id(text);
  if (!did) throw Error(ErrorCode::usage, did.reason(), "write did:key:z6Mk… or z6Mk…, or an event");
  return *did;
}

int run_thank(Session& session, const ThankArguments& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const Visibility visibility =
      given.visibility ? parse_visibility(*given.visibility).value() : Visibility::private_;
  if (const auto to = actor_in(given.whom)) {
    return tell_recorded(session, world, *me.signer,
                         record_thanks(session.environment, world, *me.signer, *to, given.note, visibility));
  }
  const EventId event = resolve_event(session.environment, world, given.whom);
  return tell_recorded(
      session, world, *me.signer,
      record_thanks_for(session.environment, world, *me.signer, event, given.note, visibility));
}

}  // namespace

void declare_thank(Commands& commands) {
  Command& command =
      commands.add("thank", Purpose::every_day, "Thank somebody, or for something that she did");
  ThankArguments& given = command.runs(run_thank);
  command.argument(given.whom, "ACTOR|EVENT", "a did:key or its short form z6Mk…, or an event of hers")
      .offer(event_candidates);
  command.option("--note", given.note, "TEXT", "a few words, at most 8 KiB");
  command.option("--visibility", given.visibility, "WHO", "who sees the note (default: private)")
      .choose({"public", "private"});
  command.description =
      "Records your signed thanks. Who is thanked, and for which event, is open to all; your words stay in "
      "your "
      "journal unless you ask for --visibility public. Nobody thanks herself. `bw log --retract` takes "
      "thanks "
      "back.";
  command.examples = {
      {"bw thank 3f2a91", "Thanks for what that event says"},
      {"bw thank z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK --note \"for the lift home\" "
       "--visibility public",
       "Thanks a person, in words for everyone"}};
  command.json = {{"id", "the new event"},
                  {"event", "the new event itself"},
                  {"submitted", "whether it was sent at once"},
                  {"waiting", "how many events of yours wait to be submitted"},
                  {"notes", "what you should know about it"}};
  command.exit_codes = {{4, "it would be yourself"}};
  command.see_also = {"attest", "log", "submit"};
}

}  // namespace bw::cli
