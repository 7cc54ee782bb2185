// bw undo: take back what was not submitted yet.

#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/record.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

struct Given {
  std::optional<std::string> id;
};

int run(Session& session, const Given& given) {
  const World world = open_world_of(session);
  std::optional<EventId> id;
  if (given.id) id = resolve_event(session.environment, world, *given.id);
  const Event event = undo(session.environment, world, id);
  session.done(fmt::format("the event {} is taken back", event.id.short_text()));
  const std::size_t waiting = waiting_count(session, world);
  if (session.json()) {
    session.print_json({{"id", event.id.text()}, {"event", Json::parse(event.line)}, {"waiting", waiting}});
    return 0;
  }
  session.print("Took back {}  {}\n", session.styled(Style::name, event.id.short_text()),
                session.shown(sentence_of(event)));
  return 0;
}

}  // namespace

void declare_undo(Commands& commands) {
  Command& command = commands.add("undo", Purpose::every_day, "Take back what was not submitted yet");
  Given& given = command.runs(run);
  command.argument(given.id, "ID", "which event (default: the last one)").offer(waiting_candidates);
  command.description =
      "Nobody but you has seen what was not submitted: it is marked as taken back in your journal and never "
      "sent. "
      "What was submitted cannot be undone; `bw log --retract` takes it back in the open.";
  command.examples = {{"bw undo", "Takes the last one back"}, {"bw undo 3f2a91", "Takes back that one"}};
  command.json = {{"id", "the event that was taken back"},
                  {"event", "the event itself"},
                  {"waiting", "how many events of yours still wait to be submitted"}};
  command.exit_codes = {{4, "it was submitted already"}};
  command.see_also = {"log", "submit"};
}

}  // namespace bw::cli
