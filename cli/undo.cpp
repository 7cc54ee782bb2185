// bw undo: take back what was not submitted yet.

#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"
#include "world/record.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

struct UndoArguments {
  std::optional<std::string> id;
  std::optional<std::string> operation;
};

std::optional<std::uint64_t> number_of(const std::string& text) {
  if (text == "last") return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  throw Error(ErrorCode::usage, fmt::format("\"{}\" is no number of an operation", printable(text)),
              "see them with \"bw op log\", or say: bw undo --op last");
}

int undo_step(Session& session, World& world, const std::string& which) {
  Operation operation(session.environment, world, "undo");
  const PastOperation undone = undo_operation(session.environment, world, number_of(which));
  operation.undoes(undone.number);
  session.done(fmt::format("operation {} (bw {}) is taken back", undone.number, undone.command));
  if (session.json()) {
    session.print_json(
        {{"operation", undone.number}, {"command", undone.command}, {"moved", undone.moved()}});
    return 0;
  }
  session.print("Took back operation {}: bw {}\n", undone.number, session.shown(undone.command));
  for (const std::string& name : undone.moved()) session.print("  {} is as before\n", session.shown(name));
  return 0;
}

int run_undo(Session& session, const UndoArguments& given) {
  World world = open_world_of(session);
  if (given.operation) {
    if (given.id) throw Error(ErrorCode::usage, "an event and an operation are taken back one at a time");
    return undo_step(session, world, *given.operation);
  }
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
  UndoArguments& given = command.runs(run_undo);
  command.argument(given.id, "ID", "which event (default: the last one)").offer(waiting_candidates);
  command.option("--op", given.operation, "N",
                 "instead of an event, the operation N of `bw op log`, or \"last\"");
  command.description =
      "Nobody but you has seen what was not submitted: it is marked as taken back in your journal and never "
      "sent. "
      "What was submitted cannot be undone; `bw log --retract` takes it back in the open.\n\n"
      "--op takes back what a command did to this copy, as long as nothing of it has left: a merge into main "
      "that "
      "no remote's main and no Hub is known to have, that was not offered and of which nothing was adopted; "
      "a wish "
      "of `bw world sync`; `bw world home --here` before the next append. The stream never goes back, since "
      "whoever "
      "can read this folder may have seen it.";
  command.examples = {{"bw undo", "Takes the last one back"},
                      {"bw undo 3f2a91", "Takes back that one"},
                      {"bw undo --op last", "Takes back the last merge, wish or move of the home"}};
  command.json = {{"id", "the event that was taken back"},
                  {"event", "the event itself"},
                  {"waiting", "how many events of yours still wait to be submitted"},
                  {"operation", "--op: the number of the operation"},
                  {"command", "--op: which command it was"},
                  {"moved", "--op: what is as it was before"}};
  command.exit_codes = {{4, "it was submitted already, or has left"}};
  command.see_also = {"log", "submit", "op"};
}

}  // namespace bw::cli
