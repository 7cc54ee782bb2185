#include <optional>

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/clone.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct PullArguments {
  std::optional<std::string> from;
};

int run_pull(Session& session, const PullArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "pull");
  const auto from = given.from ? std::optional(parse_url(*given.from)) : std::nullopt;
  const Pulled pulled = pull_world(session.environment, world, from);
  for (const std::string& warning : pulled.warnings) session.warn("{}", session.shown(warning));
  session.done(fmt::format("{} is up to date here", world.name()));
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"entries", pulled.entries},
                        {"size", world.stream.covered()},
                        {"pending", pulled.pending},
                        {"main_moved", pulled.main_moved},
                        {"main_note", pulled.main_note ? Json(*pulled.main_note) : Json(nullptr)},
                        {"receipts", pulled.receipts},
                        {"warnings", pulled.warnings}});
    return 0;
  }
  session.print("{}: {}, {} in all, verified\n", session.styled(Style::name, world.name()),
                counted(pulled.entries, "new entry", "new entries"), world.stream.size());
  if (pulled.main_moved) session.print("main moved forward\n");
  for (const std::string& receipt : pulled.receipts) session.print("{}\n", session.shown(receipt));
  if (pulled.main_note) session.note("{}", session.shown(*pulled.main_note));
  if (pulled.pending > 0)
    session.note("{} not covered by a checkpoint yet", counted(pulled.pending, "entry is", "entries are"));
  return 0;
}

}  // namespace

void declare_pull(Commands& commands) {
  Command& command = commands.add("pull", Purpose::every_day, "Fetch what is new, verify it, move forward");
  PullArguments& given = command.runs(run_pull);
  command.option("--from", given.from, "URL", "ask this address first, as where the home is gone");
  command.description =
      "Fetches from the world's home and from `origin`, verifies everything that is new and only then moves "
      "the branches of this repository. A stream that was rewritten is refused, both heads are named, and "
      "nothing changes here. `main` moves only where nothing of yours would be lost. Also fetches receipts "
      "for what you submitted. Where the home has less than was verified here before, that is a warning, and "
      "what is here stays.";
  command.examples = {{"bw pull", "Brings this world up to date"},
                      {"bw pull --from https://example.org/ohca.git", "Gets the stream from its new home"},
                      {"bw pull --world ohca", "The same from anywhere"}};
  command.json = {{"world", "the world's id"},
                  {"entries", "how many entries are new"},
                  {"size", "entries under the checkpoint"},
                  {"pending", "entries beyond it"},
                  {"main_moved", "whether main moved forward"},
                  {"main_note", "why it was left alone, or null"},
                  {"receipts", "new answers to what you submitted, a sentence each"},
                  {"warnings", "a home that lacks what was verified here, or does not answer"}};
  command.see_also = {"clone", "submit", "status"};
}

}  // namespace bw::cli
