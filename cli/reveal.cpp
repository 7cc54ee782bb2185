// bw reveal: publish what was kept.

#include "world/reveal.h"

#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"
#include "world/record.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

struct RevealArguments {
  std::string event;
  std::vector<std::string> fields;
};

int run_reveal(Session& session, const RevealArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "reveal");
  const Acting me = acting(session);
  const EventId id = resolve_event(session.environment, world, given.event);
  Revealed revealed = record_reveal(session.environment, world, *me.signer, id, given.fields);
  SubmitOptions submission;
  submission.only = {id};
  submission.also_logged = true;
  if (revealed.claim) submission.only.push_back(revealed.claim->id);
  session.done("it is revealed in your journal");
  const Submitted submitted = submit(session.environment, world, *me.signer, submission);
  std::erase_if(revealed.fields, [](const std::string& field) { return field.starts_with("evidence_"); });
  if (session.json()) {
    session.print_json({{"event", id.text()},
                        {"fields", revealed.fields},
                        {"revealed", revealed.claim ? Json(revealed.claim->id.text()) : Json(nullptr)},
                        {"to", submitted.to}});
    return 0;
  }
  session.print("Revealed {} of {}\n", session.shown(fmt::format("{}", fmt::join(revealed.fields, ", "))),
                session.styled(Style::name, id.short_text()));
  if (submitted.way == Submitted::Way::inbox)
    session.note("It lies in the inbox of {}; a steward publishes it.", session.shown(submitted.to));
  return 0;
}

}  // namespace

void declare_reveal(Commands& commands) {
  Command& command = commands.add("reveal", Purpose::every_day, "Publish what you kept to yourself");
  RevealArguments& given = command.runs(run_reveal);
  command.argument(given.event, "EVENT", "an event of yours").offer(event_candidates);
  command.option(
      "--field", given.fields, "NAME",
      "this detail: note, place, evidence, claim (default: the claim where it is concealed, else all)");
  command.description =
      "A deed logged with --conceal is revealed by an event of its own, which carries what it was: from "
      "there on "
      "it "
      "counts. Any other detail that is private or sealed is published beside its event, on branch "
      "`details`. "
      "Both are "
      "submitted at once; what the event committed to proves that it was not thought of later.\n\n"
      "What was published can be copied by anyone: `bw withdraw` takes it back only where it can be reached. "
      "To "
      "show "
      "something to one person, use `bw disclose`.";
  command.examples = {{"bw reveal 3f2a91", "What that concealed deed was"},
                      {"bw reveal 3f2a91 --field note", "Only its note"}};
  command.json = {{"event", "the event's id"},
                  {"fields", "the details that are public from now on"},
                  {"revealed", "the event that reveals a claim, or null"},
                  {"to", "where it went"}};
  command.exit_codes = {{4, "it is not yours, public already, withdrawn, or over a limit"}};
  command.see_also = {"log", "disclose", "withdraw", "show"};
}

}  // namespace bw::cli
