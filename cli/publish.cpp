#include "world/publish.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct PublishArguments {
  std::optional<std::filesystem::path> hub;
  std::optional<std::string> name;
};

std::string_view word_of(Published::Way way) {
  switch (way) {
    case Published::Way::unchanged:
      return "unchanged";
    case Published::Way::listed:
      return "listed";
    case Published::Way::waiting:
      break;
  }
  return "waiting";
}

int run_publish(Session& session, const PublishArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "publish");
  const Acting me = acting(session);
  std::optional<std::filesystem::path> target = given.hub;
  if (!target && !last_hub(world.repository)) target = usual_hub(session);
  Published published = publish(session.environment, world, *me.signer, {.hub = target, .name = given.name});
  if (given.name && published.name != *given.name) {
    published.notes.push_back(fmt::format(
        "it is listed as \"{}\": names on a Hub are lower case and have one width, so that no two look alike",
        published.name));
  }
  session.done(fmt::format("the world is published as {}", published.name));
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"name", published.name},
                        {"size", published.size},
                        {"result", word_of(published.way)},
                        {"hub", published.hub.string()},
                        {"repository", published.repository.string()},
                        {"pushed", published.pushed},
                        {"notes", published.notes}});
    return 0;
  }
  for (const std::string& note : published.notes) session.note("{}", session.shown(note));
  const std::string name = session.styled(Style::name, published.name);
  const std::string hub = session.shown(published.hub.string());
  switch (published.way) {
    case Published::Way::unchanged:
      session.print("{} is listed on {} as it is\n", name, hub);
      break;
    case Published::Way::listed:
      session.print("Published {} on {}, {} listed\n", name, hub,
                    counted(published.size, "entry", "entries"));
      session.note("Others get it with \"bw clone {} --hub {}\".", published.name, hub);
      break;
    case Published::Way::waiting:
      session.print("{} waits on {} to be listed\n", name, hub);
      session.note("Whoever keeps the Hub runs \"bw hub admit\".");
      break;
  }
  return 0;
}

}  // namespace

void declare_publish(Commands& commands) {
  Command& command = commands.add("publish", Purpose::together, "Put the world on a Hub");
  PublishArguments& given = command.runs(run_publish);
  command
      .option("--hub", given.hub, "DIR",
              "the Hub (default: the one published to last, else the setting `hub`)")
      .offer_folders();
  command.option("--as", given.name, "NAME",
                 "the name to list it under, in lower case (default: made of the world's name)");
  command.description =
      "Pushes the branches `main`, `stream` and `details` to the Hub and leaves a listing there, signed by "
      "you as a "
      "steward of this world. Who keeps the Hub admits it; at once where that is you. Nothing else leaves "
      "this "
      "repository.\n\n"
      "The Hub's copy becomes the remote `hub`, so that `bw merge --inbox` collects what people submit "
      "there.";
  command.examples = {{"bw publish --hub ~/hub --as ohca", "Lists the world as ohca"},
                      {"bw publish", "Brings the Hub up to date"}};
  command.json = {{"world", "the world's id"},
                  {"name", "the name it is listed under"},
                  {"size", "entries under the listed checkpoint"},
                  {"result", "listed, waiting (for the Hub's keeper) or unchanged"},
                  {"hub", "the Hub's folder"},
                  {"repository", "the Hub's copy"},
                  {"pushed", "branches that moved"},
                  {"notes", "what was left alone, and why"}};
  command.see_also = {"search", "clone", "hub"};
}

}  // namespace bw::cli
