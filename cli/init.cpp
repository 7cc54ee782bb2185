#include "world/init.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct InitArguments {
  std::optional<std::filesystem::path> folder;
  std::optional<std::string> template_name;
  std::optional<std::string> name;
  std::optional<std::string> home;
  bool list = false;
};

std::vector<Candidate> template_candidates(Session& /*session*/, const std::string& /*prefix*/) {
  std::vector<Candidate> candidates;
  for (const Template& item : list_templates()) candidates.push_back({item.name, item.summary});
  return candidates;
}

Table template_table() {
  Table table({{"TEMPLATE"}, {"WHAT IT IS"}});
  for (const Template& item : list_templates()) table.row({{item.name, Style::name}, item.summary});
  return table;
}

int list(Session& session) {
  if (!session.json()) {
    session.print(template_table());
    return 0;
  }
  Json templates = Json::array();
  for (const Template& item : list_templates())
    templates.push_back({{"name", item.name}, {"summary", item.summary}});
  session.print_json({{"templates", templates}});
  return 0;
}

// Asks for the few things that a world needs, where someone is there to answer.
void ask_for_missing(Session& session, InitArguments& given) {
  if (!session.can_ask()) return;
  if (!given.template_name) {
    given.template_name =
        session.ask(template_table().text(session.color(), session.width()) + "Template [minimal]: ");
    if (given.template_name && given.template_name->empty()) given.template_name.reset();
  }
  if (!given.name) {
    const bool minimal = given.template_name.value_or("minimal") == "minimal";
    given.name =
        session.ask(fmt::format("Name of the world (empty: the {}'s): ", minimal ? "folder" : "template"));
    if (given.name && given.name->empty()) given.name.reset();
  }
}

int run_init(Session& session, const InitArguments& asked) {
  if (asked.list) return list(session);
  InitArguments given = asked;
  const Acting me = acting(session);
  ask_for_missing(session, given);
  const World world =
      init_world(session.environment, me.identity, *me.signer,
                 {.folder = given.folder.value_or("."),
                  .template_name = given.template_name.value_or("minimal"),
                  .name = given.name,
                  .home = given.home ? std::optional(parse_home(*given.home)) : std::nullopt});
  const Operation operation(session.environment, world, "init", true);
  session.done(fmt::format("the world {} is made in {}", world.name(), world.folder().string()));
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"name", world.name()},
                        {"folder", std::filesystem::absolute(world.folder()).string()},
                        {"size", world.stream.covered()}});
    return 0;
  }
  session.print("Made the world {} in {}\n", session.styled(Style::name, world.name()),
                session.shown(world.folder().string()));
  session.print("  id       {}\n  steward  {}\n", world.id().text(), me.identity.did.text());
  session.note(
      "Next: edit betterworld.yaml, check it with \"bw validate\", commit, and put it in force with \"bw "
      "adopt\".");
  return 0;
}

}  // namespace

void declare_init(Commands& commands) {
  Command& command = commands.add("init", Purpose::start, "Make a world from a template");
  InitArguments& given = command.runs(run_init);
  command.argument(given.folder, "DIR", "the folder to make it in (default: the current one)")
      .offer_folders();
  command.option("-t,--template", given.template_name, "TEMPLATE", "what it begins as (default: minimal)")
      .offer(template_candidates);
  command.option("-n,--name", given.name, "NAME",
                 "the world's name (default: the template's, or the folder's with minimal)");
  command.option("--home", given.home, "URL",
                 "the shared repository that appends go to first (default: this one)");
  command.flag("--list-templates", given.list, "list the templates and end");
  command.description =
      "Makes a Git repository whose branch `main` holds the world's definition and whose branch `stream` "
      "begins the world's provable log: its genesis, your log key, the adopted definition and a checkpoint. "
      "Every commit is signed with your key, and the repository is set up so that `git verify-commit` "
      "accepts them.\n\nDIR must be empty or missing. On a terminal, bw asks for what was not given.";
  command.examples = {
      {"bw init estate --template ohca", "A complete world about cardiac arrest in the folder estate"},
      {"bw init --list-templates", "What there is to begin with"},
      {"bw init park --name \"Clean park\"", "The smallest world, with a name of its own"}};
  command.json = {{"world", "the world's id"},
                  {"name", "its name"},
                  {"folder", "where it lies"},
                  {"size", "entries under the checkpoint"},
                  {"templates", "with --list-templates instead: name and summary of each"}};
  command.see_also = {"validate", "adopt", "publish", "clone"};
}

}  // namespace bw::cli
