// bw explain: how a figure came about, and what became of an event.

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "state/fold.h"
#include "tools/goal/goal_tool.h"
#include "world/explanation.h"
#include "world/record.h"
#include "world/ruling_definition.h"
#include "world/world_state.h"

namespace bw::cli {
namespace {

struct ExplainArguments {
  std::string what;
};

Json steps_json(const std::vector<FigureStep>& steps) {
  Json list = Json::array();
  for (const FigureStep& step : steps) {
    list.push_back({{"figure", step.figure},
                    {"change", step.change.text()},
                    {"after", step.after.text()},
                    {"index", step.index},
                    {"recorded", step.recorded},
                    {"event", step.event.text()},
                    {"claim", step.claim.text()},
                    {"by", step.by.text()},
                    {"rules", step.rules}});
  }
  return list;
}

void print_steps(Session& session, const World& world, const std::vector<FigureStep>& steps,
                 bool with_figure) {
  std::vector<Column> columns = {{"ENTRY", Align::right}, {"RECORDED"}, {"EVENT"}, {"CHANGE", Align::right},
                                 {"AFTER", Align::right}, {"BY"}};
  if (with_figure) columns.push_back({"FIGURE"});
  Table table(columns);
  const UtcOffset offset = offset_of(world);
  for (const FigureStep& step : steps) {
    const std::string sign = step.change.is_negative() ? "" : "+";
    std::vector<Cell> cells = {std::to_string(step.index),
                               clock_time({step.recorded}, offset),
                               {step.event.short_text(), Style::name},
                               sign + step.change.text(),
                               step.after.text(),
                               {step.by.short_id().substr(0, 12), Style::faint}};
    if (with_figure) cells.emplace_back(step.figure);
    table.row(std::move(cells));
  }
  if (!table.empty()) session.print(table);
}

// The figure that is meant: an indicator by its id, a goal by its indicator, or a figure by its full name.
std::optional<std::string> figure_in(const Definition& definition, const std::string& what) {
  const std::string id = what.starts_with("indicator:") ? what.substr(10) : what;
  if (definition.indicators.find(id) != nullptr) return "indicator:" + id;
  const Goal* goal = definition.goals.find(what);
  if (goal != nullptr && goal->indicator) return "indicator:" + *goal->indicator;
  return std::nullopt;
}

// How an indicator is computed and why it has no value now; both empty where it is read off deeds.
struct Computation {
  std::string formula;
  std::string why;
};
Computation computation_of(Session& session, const World& world, const Definition& definition,
                           const std::string& figure) {
  const std::string id = figure.substr(figure.find(':') + 1);
  const Indicator* indicator = definition.indicators.find(id);
  if (indicator == nullptr || !indicator->formula) return {};
  const auto state = current_state(session.environment, world);
  return {indicator->formula->text(), state->tool<GoalTool>().computed(id).reason()};
}

int explain_one_figure(Session& session, const World& world, const Definition& definition,
                       const std::string& figure) {
  const std::vector<FigureStep> steps = explain_figure(session.environment, world, figure);
  const Computation computation = computation_of(session, world, definition, figure);
  if (session.json()) {
    const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    session.print_json({{"figure", figure},
                        {"formula", or_null(computation.formula)},
                        {"why_no_value", or_null(computation.why)},
                        {"steps", steps_json(steps)}});
    return 0;
  }
  session.page();
  session.print("{}  {}\n", session.styled(Style::heading, figure), counted(steps.size(), "step", "steps"));
  if (!computation.formula.empty()) session.print("computed as {}\n", session.shown(computation.formula));
  if (!computation.why.empty())
    session.print("{}: {}\n", session.styled(Style::warning, "no value"), session.shown(computation.why));
  print_steps(session, world, steps, false);
  session.note("Each entry can be proved alone: bw prove EVENT; its words are in: bw show EVENT");
  return 0;
}

int explain_one_event(Session& session, const World& world, const EventId& id) {
  const auto effect = explain_event(session.environment, world, id);
  if (!effect) {
    throw Error(ErrorCode::invalid, "event " + id.short_text() + " is under no checkpoint yet",
                "what is pending changes nothing so far; try again after bw pull");
  }
  if (session.json()) {
    session.print_json({{"event", id.text()},
                        {"index", effect->index},
                        {"judged", effect->judged},
                        {"ineffective", effect->why ? Json(*effect->why) : Json(nullptr)},
                        {"steps", steps_json(effect->changes)}});
    return effect->why ? 1 : 0;
  }
  if (effect->why) {
    session.print("{}  entry {}: {}\n", session.styled(Style::warning, "without effect"), effect->index,
                  session.shown(*effect->why));
  } else if (effect->judged) {
    session.print("{}  entry {}\n", session.styled(Style::good, "in effect"), effect->index);
  } else {
    session.print("entry {}: no tool knows its kind, so that it changes nothing\n", effect->index);
  }
  print_steps(session, world, effect->changes, true);
  return effect->why ? 1 : 0;
}

int run_explain(Session& session, const ExplainArguments& given) {
  const World world = open_world_of(session);
  const Definition definition = ruling_definition(session.environment, world);
  if (const auto figure = figure_in(definition, given.what))
    return explain_one_figure(session, world, definition, *figure);
  const bool is_id = given.what.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_id) {
    std::vector<std::string> names = definition.indicators.ids();
    for (const std::string& goal : definition.goals.ids()) names.push_back(goal);
    throw Error(
        ErrorCode::invalid,
        fmt::format("\"{}\" is neither an event nor a figure of this world", session.shown(given.what)),
        did_you_mean(given.what, names));
  }
  return explain_one_event(session, world, resolve_event(session.environment, world, given.what));
}

std::vector<Candidate> candidates(Session& session, const std::string& prefix) {
  const World world = open_world_of(session);
  std::vector<Candidate> list;
  for (const Indicator& indicator : ruling_definition(session.environment, world).indicators)
    list.push_back({indicator.id, indicator.title.in(session.language())});
  for (const Candidate& event : event_candidates(session, prefix)) list.push_back(event);
  return list;
}

}  // namespace

void declare_explain(Commands& commands) {
  Command& command =
      commands.add("explain", Purpose::trust, "Say how a figure came about, or what became of an event");
  ExplainArguments& given = command.runs(run_explain);
  command.argument(given.what, "EVENT|FIGURE", "an event, an indicator, or a goal that has one")
      .offer(candidates);
  command.description =
      "Folds the log from its beginning and tells every entry that changed the figure, with what it came to "
      "and whose "
      "claim it was; or, of an event, whether it has an effect and which figures it changed. Each line names "
      "an entry "
      "of the log, which `bw prove` proves to strangers.";
  command.examples = {{"bw explain estate-aeds", "Where the number of AEDs comes from"},
                      {"bw explain 3f2a91", "Whether that event counts, and for what"}};
  command.json = {
      {"figure", "of a figure: its full name"},
      {"formula", "of a figure: how it is computed from others, or null"},
      {"why_no_value", "of a figure: why its formula cannot be computed now, or null"},
      {"event", "of an event: its id"},
      {"index", "of an event: its entry"},
      {"judged", "of an event: whether a tool or the authority judged it"},
      {"ineffective", "of an event: why it is without effect, or null"},
      {"steps",
       "the changes in the order of the log: figure, change, after, index, recorded, event, claim, by, rules "
       "(the index from which the definition ruled that says so)"}};
  command.exit_codes = {{1, "the event is without effect"}};
  command.see_also = {"state", "show", "prove"};
}

}  // namespace bw::cli
