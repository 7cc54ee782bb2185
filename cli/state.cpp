// bw state: the state of a world, as it follows from its log.

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "tools/behaviour/behaviour_tool.h"
#include "tools/goal/goal_tool.h"
#include "tools/pin/pin_tool.h"
#include "world/world_state.h"

namespace bw::cli {
namespace {

struct StateArguments {
  std::optional<std::string> tool, at;
  bool digest = false;
  bool pin = false;
  bool check_pins = false;
};

// An index of the log, or a moment.
TreeSize size_meant(Session& session, const World& world, const std::string& text) {
  const bool is_number =
      !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return size_at(world, parse_time(session, world, text));
  const TreeSize size = std::stoull(text);
  if (size > world.stream.covered()) {
    throw Error(ErrorCode::invalid,
                fmt::format("the checkpoint covers {} entries, fewer than {}", world.stream.covered(), size));
  }
  return size;
}

void print_behaviours(Session& session, const Fold& fold) {
  Table table({{"BEHAVIOUR"}, {"COUNTS", Align::right}, {"DEEDS", Align::right}, {"UNIT"}});
  for (const Behaviour& behaviour : fold.rules().definition->behaviours) {
    const BehaviourTool::Total total = fold.tool<BehaviourTool>().total(behaviour.id);
    if (total.claims == 0) continue;
    table.row(
        {{behaviour.id, Style::name}, total.quantity.text(), std::to_string(total.claims), behaviour.unit});
  }
  if (!table.empty()) session.print(table);
}

void print_indicators(Session& session, const Fold& fold) {
  Table table({{"INDICATOR"}, {"VALUE", Align::right}, {"UNIT"}});
  for (const Indicator& indicator : fold.rules().definition->indicators) {
    const GoalTool& goals = fold.tool<GoalTool>();
    const Computed now = goals.computed(indicator.id);
    if (!now.has_value()) {
      table.row({{indicator.id, Style::name}, {"no value", Style::warning}, now.reason()});
    } else if (goals.is_known(indicator.id)) {
      table.row({{indicator.id, Style::name}, now.value()->text(), indicator.unit});
    }
  }
  if (!table.empty()) session.print(table);
}

const Tool& tool_named(const Fold& fold, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& tool : fold.tools()) {
    if (tool->name() == name) return *tool;
    names.emplace_back(tool->name());
  }
  throw Error(ErrorCode::usage, fmt::format("there is no tool \"{}\"", name), "there are: " + listed(names));
}

int pin(Session& session) {
  const Seen seen = look(session);
  return record_and_tell(session, "state.pinned",
                         {{"digest", seen.fold->digest().hex()}, {"size", seen.fold->size()}});
}

// Whether every pinned state is what the log gives.
int check_pins(Session& session) {
  const Seen seen = look(session);
  std::vector<PinTool::Pin> pins = seen.fold->tool<PinTool>().pins();
  std::stable_sort(pins.begin(), pins.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
  std::vector<TreeSize> sizes;
  for (const PinTool::Pin& each : pins) sizes.push_back(each.size);
  const std::vector<Digest> digests = digests_at(session.environment, seen.world, sizes);
  Json list = Json::array();
  Table table({{"SIZE", Align::right}, {"BY"}, {"DIGEST"}, {""}});
  bool all = true;
  for (std::size_t i = 0; i < pins.size(); ++i) {
    const bool holds = digests[i] == pins[i].digest;
    all = all && holds;
    list.push_back({{"size", pins[i].size},
                    {"digest", pins[i].digest.hex()},
                    {"found", digests[i].hex()},
                    {"holds", holds},
                    {"event", pins[i].event.text()}});
    table.row({std::to_string(pins[i].size),
               seen.name(pins[i].by),
               pins[i].digest.hex().substr(0, 16),
               {holds ? "holds" : "the log gives " + digests[i].hex().substr(0, 16),
                holds ? Style::good : Style::bad}});
  }
  if (session.json()) {
    session.print_json({{"pins", list}, {"ok", all}});
  } else if (table.empty()) {
    session.note("No state was pinned.");
  } else {
    session.print(table);
  }
  return all ? 0 : 1;
}

int run_state(Session& session, const StateArguments& given) {
  if (given.pin) return pin(session);
  if (given.check_pins) return check_pins(session);
  const World world = open_world_of(session);
  const auto fold = given.at ? fold_world(session.environment, world, size_meant(session, world, *given.at))
                             : current_state(session.environment, world);
  const Tool* tool = given.tool ? &tool_named(*fold, *given.tool) : nullptr;
  if (given.digest) {
    const std::string digest = fold->digest().hex();
    if (session.json()) {
      session.print_json({{"digest", digest}, {"size", fold->size()}});
    } else {
      session.print("{}\n", digest);
    }
    return 0;
  }
  if (session.json()) {
    Json state = fold->json();
    if (tool != nullptr)
      state["tools"] = {{std::string(tool->name()), state.at("tools").at(std::string(tool->name()))}};
    state["digest"] = fold->digest().hex();
    session.print_json(state);
    return 0;
  }
  session.print("{}  {}, {} without effect\n", session.styled(Style::heading, world.name()),
                counted(fold->size(), "entry", "entries"), fold->ineffective());
  if (!fold->rules().definition) {
    session.note("No definition ruled yet.");
    return 0;
  }
  if (tool != nullptr && tool->name() != "behaviour" && tool->name() != "goal") {
    session.page();
    const std::string text = tool->json().dump(2);
    for (const std::string_view line : split(text, '\n')) session.print("{}\n", session.shown(line));
    return 0;
  }
  if (tool == nullptr || tool->name() == "behaviour") print_behaviours(session, *fold);
  if (tool == nullptr || tool->name() == "goal") print_indicators(session, *fold);
  return 0;
}

}  // namespace

void declare_state(Commands& commands) {
  Command& command = commands.add("state", Purpose::trust, "Show the state that follows from the log");
  StateArguments& given = command.runs(run_state);
  command.argument(given.tool, "TOOL", "only what this tool keeps; `bw tool list` names them");
  command.option("--at", given.at, "INDEX|TIME", "as it was after so many entries, or at that moment");
  command.flag("--digest", given.digest, "print the digest of the state only");
  command.flag("--pin", given.pin, "as a steward, say in the log which digest the state has now");
  command.flag("--check-pins", given.check_pins,
               "fold again, and compare with what stewards pinned; exit code 1 where one differs");
  command.description =
      "The state of a world is computed from the entries under its checkpoint and the definitions adopted in "
      "them, and "
      "from nothing else: who has the same log has the same state, and the same digest. Entries that break a "
      "rule stay "
      "in the log without effect.\n\n"
      "`bw explain` says how a figure came about.";
  command.examples = {{"bw state", "What counts, and what it amounts to"},
                      {"bw state goal --at 2026-11-01", "The indicators as they were then"},
                      {"bw state --digest", "To compare with others"}};
  command.json = {
      {"fold", "the version of the rules of folding"},
      {"size", "how many entries were folded"},
      {"recorded", "when the last of them was recorded, in Unix seconds"},
      {"ineffective", "how many of them had no effect"},
      {"rules", "the definition in force: digest, adoption (the event), from (the index); null before any"},
      {"ledger", "by unit and account, all balances"},
      {"pins", "with --check-pins, for each: size, digest, found, holds, event"},
      {"ok", "with --check-pins, whether all hold"},
      {"id", "with --pin, the new event"},
      {"event", "with --pin, the new event itself"},
      {"submitted", "with --pin, whether it was sent at once"},
      {"waiting", "with --pin, how many events of yours wait to be submitted"},
      {"notes", "with --pin, what you should know about it"},
      {"people", "the persons, whose numbers the tools use"},
      {"tools", "by name, what each keeps"},
      {"digest", "SHA-256 of all of this but the digest itself"}};
  command.see_also = {"explain", "goal", "status"};
}

}  // namespace bw::cli
