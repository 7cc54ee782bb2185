// bw world: the worlds that this machine knows.

#include "base/error.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/claim.h"
#include "world/correction.h"
#include "world/home.h"
#include "world/operations.h"
#include "world/registry.h"
#include "world/sync.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

struct Forget {
  std::string name;
};
struct Wish {
  std::string wish;
  std::optional<std::string> behaviour;
};
struct Place {
  bool here = false;
};

bool is_there(const KnownWorld& world) {
  std::error_code ignored;
  return std::filesystem::is_directory(world.folder, ignored);
}

Json json_of(const KnownWorld& world) {
  Json wishes = Json::object();
  for (const auto& [behaviour, wish] : world.behaviours) wishes[behaviour] = text_of(wish);
  return {{"name", world.name},          {"id", world.id.text()}, {"folder", world.folder.string()},
          {"sync", text_of(world.sync)}, {"behaviours", wishes},  {"present", is_there(world)}};
}

// "periodic; teach: manual"
std::string wishes_of(const KnownWorld& world) {
  std::string text(text_of(world.sync));
  for (const auto& [behaviour, wish] : world.behaviours)
    text += fmt::format("; {}: {}", behaviour, text_of(wish));
  return text;
}

int list_worlds(Session& session) {
  const auto worlds = known_worlds(session.environment);
  if (session.json()) {
    Json rows = Json::array();
    for (const KnownWorld& world : worlds) rows.push_back(json_of(world));
    session.print_json({{"worlds", rows}});
    return 0;
  }
  if (worlds.empty()) {
    session.note("No world is known on this machine yet. `bw init` starts one, `bw clone` gets one.");
    return 0;
  }
  Table table({{"NAME"}, {"ID"}, {"SYNC"}, {"FOLDER"}});
  for (const KnownWorld& world : worlds) {
    const bool there = is_there(world);
    table.row({{world.name, Style::name},
               {world.id.short_text(), Style::faint},
               wishes_of(world),
               {world.folder.string() + (there ? "" : " (gone)"), there ? Style::plain : Style::bad}});
  }
  session.page();
  session.print(table);
  return 0;
}

int forget_world(Session& session, const Forget& given) {
  const KnownWorld world = find_world(session.environment, given.name);
  forget_world(session.environment, world.folder);
  session.done(world.name + " is forgotten");
  if (session.json())
    session.print_json(json_of(world));
  else
    session.note("Forgot {}; its folder {} stays.", session.shown(world.name),
                 session.shown(world.folder.string()));
  return 0;
}

int set_sync_wish(Session& session, const Wish& given) {
  const World world = open_world_of(session);
  const Operation operation(session.environment, world, "world sync");
  const fs::path folder = fs::absolute(world.folder());
  const auto wish = parse_sync_wish(given.wish);  // nothing: as the world's
  const auto before = known_world_at(session.environment, folder);
  if (!given.behaviour) {
    if (!wish) {
      throw Error(ErrorCode::usage, "as the world's own is only a wish about a behaviour",
                  "name it: bw world sync default --behaviour ID");
    }
    remember_world(session.environment, {world.id(), world.name(), folder, *wish});
  } else {
    // A wish about a behaviour that the definition has dropped can still be taken back.
    if (wish) require_behaviour(require_definition(adopted_definition(world)), *given.behaviour);
    if (!before) remember_world(session.environment, {world.id(), world.name(), folder, SyncWish::manual});
    remember_behaviour_wish(session.environment, folder, *given.behaviour, wish);
  }
  const KnownWorld known = known_world_at(session.environment, folder).value();
  session.done("your wish is kept");
  if (session.json()) {
    session.print_json(json_of(known));
  } else {
    session.note("What you log in {} is sent: {}.", session.shown(known.name),
                 session.shown(wishes_of(known)));
    const bool periodic = wish == SyncWish::periodic && !last_sync(session.environment, folder);
    if (periodic) session.note("`bw sync` sends it; `bw sync --install` runs that by itself.");
  }
  return 0;
}

int home_world(Session& session, const Place& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "world home");
  if (given.here) {
    claim_home(session.environment, world, acting(session).signer->did());
    session.warn("entries are appended here from now on; in no other copy may anyone go on as the home");
  }
  const Home place = home_of(world);
  const bool is_here = place.kind == Home::Kind::here;
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"home", place.url ? Json(place.url->shown()) : Json(nullptr)},
                        {"here", is_here}});
  } else {
    session.print("{}\n", place.url ? session.shown(place.url->shown())
                          : is_here ? "this repository"
                                    : "the repository in which the world was made");
  }
  return 0;
}

std::vector<Member> world_members() {
  return {{"name", "the world's name"},
          {"id", "the world's id"},
          {"folder", "where it lies"},
          {"sync", "when what I log is submitted: immediate, periodic or manual"},
          {"behaviours", "behaviours for which that is otherwise: id → wish"},
          {"present", "whether the folder exists"}};
}

}  // namespace

void declare_world(Commands& commands) {
  Command& world = commands.add("world", Purpose::more, "List the worlds that this machine knows");
  world.description =
      "Every world that you start, clone or join is remembered with its folder, so that `--world NAME` works "
      "from "
      "anywhere. A world is named by its name, the beginning of its id, or its folder.";
  world.see_also = {"config"};
  Command& listed = world.verb("list", "List them");
  listed.runs(list_worlds);
  listed.examples = {{"bw world list", "Names, ids and folders"}};
  listed.json = {
      {"worlds", "an array of objects with the members name, id, folder, sync, behaviours and present"}};
  Command& forgotten = world.verb("forget", "Forget one; its folder stays");
  Forget& given = forgotten.runs(forget_world);
  forgotten.argument(given.name, "NAME", "its name, the beginning of its id, or its folder")
      .offer(world_candidates);
  forgotten.examples = {{"bw world forget ohca", "The files stay where they are"}};
  forgotten.json = world_members();
  Command& synced = world.verb("sync", "Say when what you log is sent");
  Wish& wish = synced.runs(set_sync_wish);
  synced
      .argument(
          wish.wish, "WISH",
          "immediate: after each deed; manual: when you submit; periodic: by `bw sync`, which a timer runs; "
          "default: as the world's")
      .choose({"immediate", "periodic", "manual", "default"});
  synced.option("--behaviour", wish.behaviour, "ID", "only for what you log of this behaviour")
      .offer(behaviour_candidates);
  synced.description =
      "The wish is yours, for this copy of the world on this machine. What could not be sent waits, whatever "
      "the wish, and goes with the next. A table of several behaviours is sent as the most hesitant of them "
      "asks.";
  synced.examples = {{"bw world sync immediate", "Each deed in this world is sent right away"},
                     {"bw world sync manual --behaviour teach-cpr", "But these only when you submit"},
                     {"bw world sync default --behaviour teach-cpr", "These again like all others"}};
  synced.json = world_members();
  Command& homed = world.verb("home", "Show where entries are appended, or say that it is here");
  Place& place = homed.runs(home_world);
  homed.flag("--here", place.here, "this repository is the home from now on");
  homed.description =
      "A world without a home address has its home in the repository in which it was made. A copy of that "
      "folder, or the folder restored from a backup, does not take itself for the home, since two homes "
      "would split the history. Where the first one is gone for good, a steward says `--here` in the copy "
      "that has the most entries; what it has not seen is lost. Where this machine signed more than that, "
      "appending is still refused.";
  homed.examples = {{"bw world home", "Where appends go"},
                    {"bw world home --here", "The folder was moved to another disk: go on here"}};
  homed.json = {{"world", "the world's id"},
                {"home", "its address, or null"},
                {"here", "whether this repository is the home"}};
}

}  // namespace bw::cli
