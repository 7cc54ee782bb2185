#include "world/clone.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct CloneArguments {
  std::string source;
  std::optional<std::filesystem::path> folder;
  std::optional<std::filesystem::path> hub;
};

int run_clone(Session& session, const CloneArguments& given) {
  const Source source = parse_source(session, given.source, given.hub);
  const std::filesystem::path folder = given.folder.value_or(source.name);
  const Cloned cloned = clone_world(session.environment, source.url, folder);
  const World& world = cloned.world;
  const Operation operation(session.environment, world, "clone", true);
  session.done(fmt::format("the world {} is cloned into {}", world.name(), folder.string()));
  if (!cloned.pinned) {
    session.warn("first sight of world {}; compare this id with someone you trust, or clone pinned: {}#{}",
                 world.id().text(), session.shown(source.url.shown()), world.id().text());
  }
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"name", world.name()},
                        {"folder", std::filesystem::absolute(world.folder()).string()},
                        {"size", world.stream.covered()},
                        {"pending", world.stream.pending()},
                        {"pinned", cloned.pinned}});
    return 0;
  }
  session.print("Cloned {} into {}: {}, verified\n", session.styled(Style::name, world.name()),
                session.shown(folder.string()), counted(world.stream.size(), "entry", "entries"));
  session.note("Next: \"bw join\" to take part, or \"bw log\" to read.");
  return 0;
}

}  // namespace

void declare_clone(Commands& commands) {
  Command& command = commands.add("clone", Purpose::start, "Get a world from anywhere, verified");
  CloneArguments& given = command.runs(run_clone);
  command.argument(given.source, "SOURCE",
                   "a Git URL or a path; with #WORLD-ID at the end it is pinned; with --hub a name");
  command.argument(given.folder, "DIR", "where to put it (default: the last part of SOURCE)").offer_folders();
  command
      .option("--hub", given.hub, "DIR",
              "the Hub that lists the world under SOURCE (default: the setting `hub`)")
      .offer_folders();
  command.description =
      "Fetches a world and verifies its whole stream before anything is checked out. Needs no identity. An "
      "address that ends in `#` and a world's id is pinned: any other world found there is refused. Without "
      "a "
      "pin, bw says whose id it saw first.";
  command.examples = {
      {"bw clone https://example.org/ohca.git", "Gets the world into the folder ohca"},
      {"bw clone ../ohca mine", "From a path, into the folder mine"},
      {"bw clone ohca --hub /srv/hub", "By the name that a Hub lists it under, pinned to its id"}};
  command.json = {{"world", "the world's id"},      {"name", "its name"},
                  {"folder", "where it lies"},      {"size", "entries under the checkpoint"},
                  {"pending", "entries beyond it"}, {"pinned", "whether the address named the id"}};
  command.see_also = {"join", "pull", "verify", "fork"};
}

}  // namespace bw::cli
