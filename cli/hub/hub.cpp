// bw hub: making and keeping a Hub that is a directory.

#include "hub/hub.h"

#include <algorithm>

#include "base/error.h"
#include "cli/command.h"
#include "cli/hub/hub_folder.h"
#include "cli/session.h"
#include "cli/world_access.h"

namespace bw::cli {
namespace {

using Folder = std::optional<std::filesystem::path>;

struct Init {
  std::filesystem::path folder;
  std::optional<std::string> name;
};
struct Place {
  Folder folder;
  Folder hub;
};

Hub open(const Session& session, const Place& given) {
  if (given.folder && given.hub)
    throw Error(ErrorCode::usage, "the Hub is named twice: DIR and --hub", "leave one of them out");
  return open_hub(session.environment, hub_folder(session, given.folder ? given.folder : given.hub));
}

Json ineffective_json(const std::vector<JudgedListing>& listings) {
  Json rows = Json::array();
  for (const JudgedListing& judged : listings) {
    if (judged.problem.empty()) continue;
    rows.push_back(
        {{"event", judged.listing.event.text()},
         {"world", judged.listing.fault.empty() ? Json(judged.listing.world.text()) : Json(nullptr)},
         {"name", judged.listing.name},
         {"reason", judged.problem}});
  }
  return rows;
}

void warn_of(Session& session, const std::vector<JudgedListing>& listings) {
  for (const JudgedListing& judged : listings) {
    if (judged.problem.empty()) continue;
    session.warn("the listing {} of \"{}\" is ineffective: {}", judged.listing.event.short_text(),
                 session.shown(judged.listing.name), session.shown(judged.problem));
  }
}

int init(Session& session, const Init& given) {
  const Acting me = acting(session);
  const Hub hub =
      create_hub(session.environment, me.identity, *me.signer, given.folder, given.name.value_or("Hub"));
  session.done(fmt::format("the Hub is made in {}", hub.layout.folder.string()));
  if (session.json()) {
    session.print_json(
        {{"hub", hub.layout.folder.string()}, {"world", hub.world.id().text()}, {"name", hub.world.name()}});
    return 0;
  }
  session.print("Made the Hub {} in {}\n", session.styled(Style::name, hub.world.name()),
                session.shown(hub.layout.folder.string()));
  session.note("Next: \"bw publish --hub {}\" in a world; \"bw hub admit\" takes in what others publish.",
               session.shown(given.folder.string()));
  return 0;
}

int rebuild(Session& session, const Place& given) {
  const Indexed indexed = reindex(session.environment, open(session, given));
  session.done("the index is made anew");
  if (session.json()) {
    session.print_json({{"worlds", indexed.worlds}, {"ineffective", ineffective_json(indexed.ineffective)}});
    return 0;
  }
  warn_of(session, indexed.ineffective);
  session.print("Indexed {}\n", counted(indexed.worlds, "world", "worlds"));
  return 0;
}

Json bundle_json(const MergedBundle& merged) {
  Json row = verdicts_json(merged.verdicts);
  row["bundle"] = merged.bundle.hex();
  row["sender"] = merged.sender ? Json(merged.sender->text()) : Json(nullptr);
  row["problem"] = merged.problem;
  return row;
}

void show_bundle(Session& session, const MergedBundle& merged) {
  const std::string bundle = merged.bundle.hex().substr(0, 10);
  if (!merged.problem.empty()) {
    session.warn("bundle {} was refused: {}", bundle, session.shown(merged.problem));
    return;
  }
  session.print("Bundle {} of {}\n", bundle, merged.sender->text());
  for (const Verdict& verdict : merged.verdicts) {
    session.print("  {} {}{}\n", verdict.event.short_text(), text_of(verdict.kind),
                  verdict.reason.empty() ? "" : ": " + session.shown(verdict.reason));
  }
}

int admit(Session& session, const Place& given) {
  Hub hub = open(session, given);
  const Acting me = acting(session);
  const HubAdmission admission = admit_listings(session.environment, hub, *me.signer);
  session.done("what waited is admitted");
  if (session.json()) {
    Json bundles = Json::array();
    for (const MergedBundle& merged : admission.bundles) bundles.push_back(bundle_json(merged));
    session.print_json({{"bundles", bundles},
                        {"left", admission.left},
                        {"worlds", admission.indexed.worlds},
                        {"ineffective", ineffective_json(admission.indexed.ineffective)}});
    return 0;
  }
  for (const MergedBundle& merged : admission.bundles) show_bundle(session, merged);
  if (admission.bundles.empty()) session.note("Nothing waits in the inbox.");
  if (admission.left > 0) session.note("{} more wait in the inbox: admit again.", admission.left);
  warn_of(session, admission.indexed.ineffective);
  session.print("The Hub lists {}\n", counted(admission.indexed.worlds, "world", "worlds"));
  return 0;
}

std::vector<const JudgedListing*> by_name(const HubDirectory& directory) {
  std::vector<const JudgedListing*> listed;
  for (const auto& [world, position] : directory.worlds) listed.push_back(&directory.listings[position]);
  std::sort(listed.begin(), listed.end(),
            [](const JudgedListing* a, const JudgedListing* b) { return a->listing.name < b->listing.name; });
  return listed;
}

int list(Session& session, const Place& given) {
  const Hub hub = open(session, given);
  const HubDirectory directory = read_directory(session.environment, hub);
  const std::size_t waiting = waiting_bundles(hub);
  if (session.json()) {
    Json worlds = Json::array();
    for (const JudgedListing* judged : by_name(directory)) {
      worlds.push_back({{"world", judged->listing.world.text()},
                        {"name", judged->listing.name},
                        {"title", judged->proof->title},
                        {"size", judged->listing.size},
                        {"summary", judged->listing.summary}});
    }
    session.print_json(
        {{"worlds", worlds}, {"ineffective", ineffective_json(directory.listings)}, {"waiting", waiting}});
    return 0;
  }
  Table table({{"NAME"}, {"SIZE", Align::right}, {"WORLD"}, {"TITLE"}});
  for (const JudgedListing* judged : by_name(directory)) {
    table.row({{judged->listing.name, Style::name},
               std::to_string(judged->listing.size),
               {judged->listing.world.short_text(), Style::faint},
               judged->proof->title});
  }
  if (table.empty()) session.note("The Hub lists no world yet.");
  if (!table.empty()) session.print(table);
  warn_of(session, directory.listings);
  if (waiting > 0)
    session.note("{} in the inbox: \"bw hub admit\"", counted(waiting, "bundle waits", "bundles wait"));
  return 0;
}

int check(Session& session, const Place& given) {
  const HubCheck checked = check_hub(session.environment, open(session, given));
  if (session.json()) {
    Json problems = Json::array();
    for (const HubProblem& problem : checked.problems)
      problems.push_back({{"where", problem.where}, {"what", problem.what}});
    session.print_json(
        {{"ok", checked.ok()}, {"worlds", checked.worlds}, {"problems", problems}, {"notes", checked.notes}});
    return checked.ok() ? 0 : 1;
  }
  for (const std::string& note : checked.notes) session.note("{}", session.shown(note));
  for (const HubProblem& problem : checked.problems) {
    session.print("{}: {}\n", session.styled(Style::bad, problem.where), session.shown(problem.what));
  }
  session.print("{}\n",
                checked.ok()
                    ? session.styled(Style::good, "The Hub and its " +
                                                      counted(checked.worlds, "world", "worlds") + " verify")
                    : counted(checked.problems.size(), "problem", "problems"));
  return checked.ok() ? 0 : 1;
}

const std::vector<Member>& ineffective_members() {
  static const std::vector<Member> members = {
      {"worlds", "how many worlds the Hub lists"},
      {"ineffective", "listings that do not count: objects with event, world, name and reason"}};
  return members;
}

Command& add_verb(Command& hub, const char* name, const char* summary,
                  int (*function)(Session&, const Place&)) {
  Command& command = hub.verb(name, summary);
  Place& given = command.runs(function);
  command
      .argument(given.folder, "DIR",
                "the Hub (default: the one here, the one this world was published to, or the setting `hub`)")
      .offer_folders();
  command.option("--hub", given.hub, "DIR", "the same as DIR, as other commands name a Hub").offer_folders();
  return command;
}

void declare_init(Command& hub) {
  Command& command = hub.verb("init", "Make a Hub");
  Init& given = command.runs(init);
  command.argument(given.folder, "DIR", "where to make it").offer_folders();
  command.option("--name", given.name, "NAME", "what it is called (default: Hub)");
  command.description =
      "Makes a folder that holds the Hub's own world (you are its first steward), bare repositories of the "
      "worlds "
      "published there, and the index. Serve it from any Git host or share it as a folder.";
  command.examples = {{"bw hub init ~/hub --name \"City hub\"", "Makes a Hub that you keep"}};
  command.json = {{"hub", "its folder"}, {"world", "the id of its own world"}, {"name", "what it is called"}};
  command.see_also = {"publish", "search"};
}

}  // namespace

void declare_hub(Commands& commands) {
  Command& hub = commands.add("hub", Purpose::more, "Make and keep a Hub");
  hub.description =
      "A Hub is a folder in which worlds are published and found. It is a world too: every listing is a "
      "signed event "
      "of its stream, its index is computed from that and may be deleted at any time. It is trusted for "
      "nothing but "
      "being there: whatever is cloned from it is verified.";
  hub.see_also = {"publish", "search", "clone"};
  declare_init(hub);

  Command& admitting = add_verb(hub, "admit", "Take in the listings that wait in the inbox", admit);
  admitting.description =
      "Whoever keeps the Hub admits what others published; each sender gets a signed receipt.";
  admitting.examples = {{"bw hub admit ~/hub", "Admits what waits and brings the index up to date"}};
  admitting.json = ineffective_members();
  admitting.json.push_back({"bundles",
                            "what was taken in: objects with bundle, sender, admitted, duplicate, refused, "
                            "events and problem"});
  admitting.json.push_back({"left", "how many bundles still wait for another run"});

  Command& listing = add_verb(hub, "list", "List the worlds and what does not count", list);
  listing.description =
      "Verifies every listed world up to its listed checkpoint, and names each listing that is ineffective "
      "with "
      "the reason.";
  listing.examples = {{"bw hub list ~/hub", "Names, sizes and ids"}};
  listing.json = {{"worlds", "objects with world, name, title, size and summary"},
                  ineffective_members()[1],
                  {"waiting", "bundles in the inbox"}};

  Command& rebuilding = add_verb(hub, "reindex", "Make the index anew", rebuild);
  rebuilding.description =
      "Computes index.sqlite from nothing but the Hub's stream and the listed worlds at their listed "
      "checkpoints. "
      "There is no need to do this by hand: searching keeps the index up to date.";
  rebuilding.examples = {{"bw hub reindex ~/hub", "The same index as before, made again"}};
  rebuilding.json = ineffective_members();

  Command& checking = add_verb(hub, "check", "Verify the Hub and every world in it", check);
  checking.examples = {{"bw hub check ~/hub", "Exit code 1 where anything is wrong"}};
  checking.json = {{"ok", "whether all is well"},
                   {"worlds", "worlds listed and verified"},
                   {"problems", "objects with where and what"},
                   {"notes", "what is not wrong but worth knowing"}};
  checking.exit_codes = {{1, "something is wrong"}};
}

}  // namespace bw::cli
