#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/clone.h"

namespace bw::cli {
namespace {

int run(Session& session) {
  World world = open_world_of(session);
  const Pulled pulled = pull_world(session.environment, world);
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"entries", pulled.entries},
                        {"size", world.stream.covered()},
                        {"pending", pulled.pending},
                        {"main_moved", pulled.main_moved},
                        {"main_note", pulled.main_note ? Json(*pulled.main_note) : Json(nullptr)},
                        {"receipts", pulled.receipts}});
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
  command.runs(run);
  command.description =
      "Fetches from the world's home and from `origin`, verifies everything that is new and only then moves "
      "the branches of this repository. A stream that was rewritten is refused, both heads are named, and "
      "nothing changes here. `main` moves only where nothing of yours would be lost. Also fetches receipts "
      "for what you submitted.";
  command.examples = {{"bw pull", "Brings this world up to date"},
                      {"bw pull --world ohca", "The same from anywhere"}};
  command.json = {{"world", "the world's id"},
                  {"entries", "how many entries are new"},
                  {"size", "entries under the checkpoint"},
                  {"pending", "entries beyond it"},
                  {"main_moved", "whether main moved forward"},
                  {"main_note", "why it was left alone, or null"},
                  {"receipts", "new answers to what you submitted, a sentence each"}};
  command.see_also = {"clone", "submit", "status"};
}

}  // namespace bw::cli
