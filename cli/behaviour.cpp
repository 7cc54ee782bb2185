// bw behaviour: what people can do in a world.

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "definition/edit.h"
#include "tools/behaviour/behaviour_tool.h"
#include "world/behaviour_set.h"
#include "world/claim.h"
#include "world/registry.h"

namespace bw::cli {
namespace {

std::string limits_of(const Behaviour& behaviour) {
  std::string text;
  for (const Limit& limit : behaviour.limits)
    text += fmt::format("{}{} a {}", text.empty() ? "" : ", ", limit.quantity.text(), name_of(limit.per));
  return text;
}

std::string verified_by(const Behaviour& behaviour) {
  const VerificationRule& rule = behaviour.verification;
  if (rule.by == Verifier::peers) return counted(static_cast<std::size_t>(rule.count), "peer", "peers");
  if (rule.body) return "body " + *rule.body;
  return std::string(name_of(rule.by));
}

Json behaviour_json(Session& session, const Seen& seen, const Behaviour& behaviour) {
  const auto total = seen.fold->tool<BehaviourTool>().total(behaviour.id);
  Json contributes = Json::array();
  for (const Contribution& share : behaviour.contributes)
    contributes.push_back({{"indicator", share.indicator}, {"factor", share.factor.text()}});
  Json imported = nullptr;
  if (behaviour.imported)
    imported = {{"world", behaviour.imported->world.text()},
                {"definition", behaviour.imported->definition.hex()},
                {"behaviour", behaviour.imported->behaviour}};
  return {{"id", behaviour.id},
          {"title", behaviour.title.in(session.language())},
          {"unit", behaviour.unit},
          {"category", behaviour.category ? Json(*behaviour.category) : Json(nullptr)},
          {"difficulty", behaviour.difficulty ? Json(*behaviour.difficulty) : Json(nullptr)},
          {"gate", behaviour.gate ? Json(*behaviour.gate) : Json(nullptr)},
          {"composite", behaviour.composite ? Json(behaviour.composite->parts) : Json(nullptr)},
          {"limits", limits_of(behaviour)},
          {"verification", verified_by(behaviour)},
          {"contributes", contributes},
          {"imported", imported},
          {"counts", total.quantity.text()},
          {"deeds", total.claims}};
}

int list_behaviours(Session& session) {
  const Seen seen = look(session);
  const auto updates = import_updates(session.environment, seen.definition());
  Json behaviours = Json::array();
  Table table({{"BEHAVIOUR"},
               {"UNIT"},
               {"CATEGORY"},
               {"VERIFIED BY"},
               {"COUNTS", Align::right},
               {"FROM"},
               {"TITLE"}});
  for (const Behaviour& behaviour : seen.definition().behaviours) {
    const auto update = std::find_if(updates.begin(), updates.end(), [&](const ImportUpdate& each) {
      return each.behaviour == behaviour.id;
    });
    Json json = behaviour_json(session, seen, behaviour);
    json["update"] = update == updates.end() ? Json(nullptr) : Json(update->is_there);
    behaviours.push_back(json);
    std::string from;
    if (behaviour.imported)
      from = update == updates.end() ? behaviour.imported->world.short_text()
                                     : update->source + (update->is_there ? ", update there" : "");
    table.row({{behaviour.id, Style::name},
               behaviour.unit,
               behaviour.category.value_or(""),
               behaviour.composite ? "completes by itself" : verified_by(behaviour),
               seen.fold->tool<BehaviourTool>().total(behaviour.id).quantity.text(),
               from,
               behaviour.title.in(session.language())});
  }
  if (session.json()) {
    session.print_json({{"behaviours", behaviours}});
  } else {
    session.page();
    session.print(table);
  }
  return 0;
}

struct NamedBehaviour {
  std::string behaviour;
};

int show_behaviour(Session& session, const NamedBehaviour& given) {
  const Seen seen = look(session);
  const Behaviour& behaviour = require_behaviour(seen.definition(), given.behaviour);
  if (session.json()) {
    session.print_json(behaviour_json(session, seen, behaviour));
    return 0;
  }
  session.print("{}  {}\n", session.styled(Style::heading, behaviour.id),
                session.shown(behaviour.title.in(session.language())));
  if (!behaviour.description.empty())
    session.print("{}",
                  wrapped(session.shown(behaviour.description.in(session.language())), session.width(), 0));
  Table table({{""}, {""}});
  table.row({"  unit", behaviour.unit});
  if (behaviour.category) table.row({"  category", *behaviour.category});
  if (behaviour.difficulty)
    table.row({"  difficulty", std::string(static_cast<std::size_t>(*behaviour.difficulty), '*')});
  if (behaviour.gate) table.row({"  counts only of", *behaviour.gate});
  if (behaviour.composite) table.row({"  made of", listed(behaviour.composite->parts)});
  if (!behaviour.limits.empty()) table.row({"  at most", limits_of(behaviour)});
  table.row({"  verified by", verified_by(behaviour)});
  for (const Contribution& share : behaviour.contributes)
    table.row({"  feeds", share.indicator + (share.factor == Decimal(1) ? "" : " × " + share.factor.text())});
  const auto total = seen.fold->tool<BehaviourTool>().total(behaviour.id);
  table.row(
      {"  counts", fmt::format("{} {} in {} deeds", total.quantity.text(), behaviour.unit, total.claims)});
  session.print(table);
  return 0;
}

std::filesystem::path definition_path(const World& world) {
  const auto folder = world.repository.work_tree();
  if (!folder) throw Error(ErrorCode::invalid, "a bare repository has no work tree");
  return *folder / definition_file;
}

std::string definition_text(const World& world) {
  return read_file(definition_path(world), yaml::max_bytes);
}

struct Addition {
  std::string id, unit, title;
  std::optional<std::string> category;
};

int add_behaviour(Session& session, const Addition& given) {
  const World world = open_world_of(session);
  YamlValue item = {{"id", given.id}, {"title", given.title}, {"unit", given.unit}};
  if (given.category) item["category"] = *given.category;
  write_file(definition_path(world), append_item(definition_text(world), {"behaviours"}, item));
  session.done(fmt::format("{} is added to betterworld.yaml", given.id));
  if (session.json()) {
    session.print_json({{"behaviour", given.id}, {"file", definition_path(world).string()}});
    return 0;
  }
  session.print("Added {} to betterworld.yaml\n", session.shown(given.id));
  session.note("Next: say more about it there, check it with \"bw validate\", commit it, and \"bw adopt\".");
  return 0;
}

struct Importing {
  std::string world, behaviour;
};

int import(Session& session, const Importing& given) {
  const World world = open_world_of(session);
  const KnownWorld known = find_world(session.environment, given.world);
  const World source = open_world(session.environment, known.folder);
  const BehaviourImport made = import_behaviour(definition_text(world), source, given.behaviour);
  write_file(definition_path(world), made.definition);
  session.done(fmt::format("{} is imported into betterworld.yaml", given.behaviour));
  if (session.json()) {
    session.print_json(
        {{"behaviour", given.behaviour}, {"world", source.id().text()}, {"notes", made.notes}});
    return 0;
  }
  session.print("Imported {} of {}\n", session.shown(given.behaviour), session.shown(source.name()));
  for (const std::string& note : made.notes) session.note("{}", note);
  session.note("Next: check it with \"bw validate\", commit it, and \"bw adopt\".");
  return 0;
}

struct Comparing {
  std::string world;
};

int show_overlap(Session& session, const Comparing& given) {
  const World world = open_world_of(session);
  const World other = open_world(session.environment, find_world(session.environment, given.world).folder);
  const LoadedDefinition mine = adopted_definition(world), theirs = adopted_definition(other);
  if (!mine.definition || !theirs.definition)
    throw Error(ErrorCode::invalid, "one of the two definitions cannot be read");
  const Overlap shared = overlap_of(world, *mine.definition, other, *theirs.definition);
  if (session.json()) {
    session.print_json({{"world", other.id().text()},
                        {"shared", shared.shared},
                        {"here", shared.here},
                        {"there", shared.there},
                        {"share", fmt::format("{:.4f}", shared.share())}});
    return 0;
  }
  session.print("{}  {:.0f} %\n", bar(shared.share(), bar_columns), shared.share() * 100);
  session.print("{} of {} here and {} in {}\n", counted(shared.shared.size(), "behaviour", "behaviours"),
                shared.here, shared.there, session.shown(other.name()));
  for (const std::string& id : shared.shared) session.print("  {}\n", session.styled(Style::name, id));
  return 0;
}

}  // namespace

void declare_behaviour(Commands& commands) {
  Command& noun =
      commands.add("behaviour", Purpose::together, "See and extend what people can do in a world");
  noun.description = "Behaviours stand in betterworld.yaml; what is in force is what was adopted.";

  Command& listing = noun.verb("list", "List the behaviours");
  listing.runs(list_behaviours);
  listing.description =
      "Where one was imported from a world that this machine knows, and that world says something else of "
      "it now, the update is offered: import it again.";
  listing.examples = {{"bw behaviour list", "What one can do here"}};
  listing.json = {
      {"behaviours",
       "for each: id, title, unit, category, difficulty, gate, composite, limits, verification, contributes, "
       "imported, counts, deeds, update (null where its source is not known here)"}};
  listing.see_also = {"log"};

  Command& showing = noun.verb("show", "Show one behaviour");
  NamedBehaviour& shown = showing.runs(show_behaviour);
  showing.argument(shown.behaviour, "BEHAVIOUR", "the behaviour").offer(behaviour_candidates);
  showing.description = "With its rules, and how much of it counts.";
  showing.examples = {{"bw behaviour show map-aed", "One behaviour"}};
  showing.json = {{"id", "its id"},
                  {"title", "what it is called"},
                  {"unit", "in what it is counted"},
                  {"category", "or null"},
                  {"difficulty", "from 1 to 5, or null"},
                  {"gate", "of whom it counts, or null"},
                  {"composite", "the behaviours that it is made of, or null"},
                  {"limits", "in words"},
                  {"verification", "who confirms it"},
                  {"contributes", "indicator, factor"},
                  {"imported", "world, definition, behaviour; or null"},
                  {"counts", "how much of it counts"},
                  {"deeds", "in how many deeds"}};
  showing.see_also = {"log", "explain"};

  Command& adding = noun.verb("add", "Add a behaviour to betterworld.yaml");
  Addition& added = adding.runs(add_behaviour);
  adding.argument(added.id, "ID", "its id, such as plant-tree");
  adding.argument(added.unit, "UNIT", "one of the units of the definition");
  adding.argument(added.title, "TITLE", "what it is called");
  adding.option("--category", added.category, "ID", "a word to group behaviours by");
  adding.description = "Comments and order of the file stay.";
  adding.examples = {{"bw behaviour add plant-tree tree \"Plant a tree\"", "A behaviour"}};
  adding.json = {{"behaviour", "its id"}, {"file", "what was written"}};
  adding.exit_codes = {{4, "there is one of that id"}};
  adding.see_also = {"validate", "adopt"};

  Command& importing = noun.verb("import", "Import a behaviour of another world, or its update");
  Importing& imported = importing.runs(bw::cli::import);
  importing.argument(imported.world, "WORLD", "a world of `bw world list`");
  importing.argument(imported.behaviour, "BEHAVIOUR", "its id there");
  importing.description =
      "It is pinned to the definition that the other world has adopted. What it feeds and who confirms it "
      "is for this world to say.";
  importing.examples = {{"bw behaviour import OHCA spread-the-word", "From a world that I have cloned"}};
  importing.json = {{"behaviour", "its id"}, {"world", "from which"}, {"notes", "what was left out"}};
  importing.exit_codes = {{4, "a behaviour of this world has that id"}};
  importing.see_also = {"world", "validate", "adopt"};

  Command& comparing = noun.verb("overlap", "See how far the behaviours of two worlds are the same");
  Comparing& compared = comparing.runs(show_overlap);
  comparing.argument(compared.world, "WORLD", "a world of `bw world list`");
  comparing.description =
      "Behaviours are the same where one was imported from the other or both from one, or they have the "
      "same id and unit. The share is of all that either has.";
  comparing.examples = {{"bw behaviour overlap OHCA", "With a world that I have cloned"}};
  comparing.json = {{"world", "the other"},
                    {"shared", "ids here"},
                    {"here", "how many here"},
                    {"there", "how many there"},
                    {"share", "from 0 to 1"}};
  comparing.see_also = {"world", "diff"};
}

}  // namespace bw::cli
