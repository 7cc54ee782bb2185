// bw fork: a world of one's own over the history of another.

#include "world/fork.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/clone.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct ForkArguments {
  std::string source;
  std::optional<std::filesystem::path> folder;
  std::optional<std::string> name;
};

int run_fork(Session& session, const ForkArguments& given) {
  const git::RemoteUrl source = parse_url(given.source);
  const std::filesystem::path folder = given.folder.value_or(folder_name_of(source));
  const Acting me = acting(session);
  const Forked forked =
      fork_world(session.environment, me.identity, *me.signer, {source, folder, given.name});
  const World& world = forked.world;
  const Operation operation(session.environment, world, "fork", true);
  session.done(fmt::format("the world {} is made in {}", world.name(), folder.string()));
  for (const std::string& sentence : forked.unknown) session.warn("{}", session.shown(sentence));
  if (session.json()) {
    Json inherited = Json::array();
    for (const Did& did : forked.inherited) inherited.push_back(did.text());
    session.print_json({{"world", world.id().text()},
                        {"name", world.name()},
                        {"folder", std::filesystem::absolute(world.folder()).string()},
                        {"parent",
                         {{"world", forked.parent.world.text()},
                          {"name", forked.parent_name},
                          {"size", forked.parent.size},
                          {"root", forked.parent.root.hex()}}},
                        {"inherited", inherited},
                        {"unknown", forked.unknown}});
    return 0;
  }
  session.print("Forked {} into {}: the world {}\n", session.styled(Style::name, forked.parent_name),
                session.shown(folder.string()), session.styled(Style::name, world.name()));
  session.print("world   {}\n", world.id().text());
  session.print("parent  {} at {}, root {}\n", forked.parent.world.text(),
                counted(forked.parent.size, "entry", "entries"), forked.parent.root.hex());
  session.note(
      "Next: edit betterworld.yaml, commit it, \"bw adopt\"; offer improvements with \"bw contribute\".");
  return 0;
}

}  // namespace

void declare_fork(Commands& commands) {
  Command& command = commands.add("fork", Purpose::together, "Begin your own world from another one");
  ForkArguments& given = command.runs(run_fork);
  command.argument(given.source, "SOURCE", "a Git URL or a path; with #WORLD-ID at the end it is pinned");
  command.argument(given.folder, "DIR", "where to put it (default: the last part of SOURCE)").offer_folders();
  command.option("--name", given.name, "NAME", "the name of your world (default: the parent's)");
  command.description =
      "Verifies the other world, keeps the history of its `main`, and begins a new stream whose first event "
      "names the parent: its id, and the size and root of its log as seen now. You are its steward. The "
      "other "
      "world stays as the remote `upstream`, and improvements can flow both ways.\n\n"
      "Whoever signed commits of `main` and is known to the parent's stream is known to yours; others are "
      "named in a warning, and `git verify-commit` goes on refusing their commits.";
  command.examples = {
      {"bw fork https://example.org/ohca.git my-ohca --name 'OHCA North'", "Begins a world of your own"},
      {"bw diff upstream/main", "In the fork: what differs from the parent"}};
  command.json = {{"world", "the new world's id"},
                  {"name", "its name"},
                  {"folder", "where it lies"},
                  {"parent", "world, name, size and root of the parent"},
                  {"inherited", "signers of inherited commits that the parent's stream knows"},
                  {"unknown", "a sentence for each signer that it does not know, and for unsigned commits"}};
  command.see_also = {"clone", "contribute", "diff", "merge"};
}

}  // namespace bw::cli
