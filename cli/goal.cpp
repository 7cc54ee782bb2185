// bw goal: goals and how far they are; bw pledge.

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/chart.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "tools/goal/progress.h"
#include "world/explanation.h"

namespace bw::cli {
namespace {

const GoalTool& goals_of(const Seen& seen) {
  return seen.fold->tool<GoalTool>();
}

const Goal& require_goal(const Definition& definition, const std::string& id) {
  if (const Goal* goal = definition.goals.find(id)) return *goal;
  throw Error(ErrorCode::invalid, fmt::format("the definition has no goal \"{}\"", id),
              did_you_mean(id, definition.goals.ids()));
}

double share_of(const Progress& progress) {
  return progress.share ? std::stod(progress.share->text()) : 0;
}

std::string percent(const Progress& progress) {
  return progress.share ? fmt::format("{:.0f} %", share_of(progress) * 100) : "";
}

std::string figure(const Progress& progress) {
  if (!progress.why.empty()) return "no value";
  if (!progress.value) return "";
  return fmt::format("{} / {} {}", progress.value->text(), progress.goal->target->text(),
                     progress.goal->unit.value_or(""));
}

Json people_json(const Seen& seen, const std::vector<GoalTool::Claimant>& people) {
  Json list = Json::array();
  for (const auto& one : people)
    list.push_back({{"did", seen.fold->people().name(one.person).text()},
                    {"index", one.index},
                    {"recorded", one.recorded}});
  return list;
}

Json goal_json(Session& session, const Seen& seen, const Progress& progress) {
  const Goal& goal = *progress.goal;
  const auto or_null = [](const auto& value) { return value ? Json(value->text()) : Json(nullptr); };
  return {{"id", goal.id},
          {"title", goal.title.in(session.language())},
          {"part_of", goal.part_of ? Json(*goal.part_of) : Json(nullptr)},
          {"indicator", goal.indicator ? Json(*goal.indicator) : Json(nullptr)},
          {"value", or_null(progress.value)},
          {"why_no_value", progress.why.empty() ? Json(nullptr) : Json(progress.why)},
          {"target", or_null(goal.target)},
          {"unit", goal.unit ? Json(*goal.unit) : Json(nullptr)},
          {"share", or_null(progress.share)},
          {"due", or_null(goal.due)},
          {"claimed_by", people_json(seen, goals_of(seen).claimants(goal.id))},
          {"pledged_by", people_json(seen, goals_of(seen).pledges(goal.id))}};
}

bool is_overdue(const Seen& seen, const Progress& progress, Timestamp now) {
  return progress.goal->due && !progress.is_reached() &&
         progress.goal->due->ends(seen.definition().utc_offset) < now;
}

int list_goals(Session& session) {
  const Seen seen = look(session);
  const std::vector<Progress> all = progress_of(seen.definition(), goals_of(seen));
  const Timestamp now = session.environment.now();
  if (session.json()) {
    Json goals = Json::array();
    for (const Progress& progress : all) goals.push_back(goal_json(session, seen, progress));
    session.print_json({{"goals", goals}, {"size", seen.fold->size()}});
    return 0;
  }
  Table table({{"GOAL"}, {"PROGRESS"}, {"", Align::right}, {"FIGURE"}, {"DUE"}, {"TITLE"}});
  for (const Progress& progress : all) {
    const bool overdue = is_overdue(seen, progress, now);
    table.row(
        {{std::string(progress.depth * 2, ' ') + progress.goal->id, Style::name},
         {progress.share ? bar(share_of(progress), bar_columns) : "",
          progress.is_reached() ? Style::good : Style::plain},
         percent(progress),
         figure(progress),
         {progress.goal->due ? progress.goal->due->text() : "", overdue ? Style::warning : Style::plain},
         progress.goal->title.in(session.language())});
  }
  if (table.empty()) {
    session.note("This world has no goals.");
  } else {
    session.print(table);
  }
  return 0;
}

struct NamedGoal {
  std::string goal;
};

void print_people(Session& session, const Seen& seen, const char* heading,
                  const std::vector<GoalTool::Claimant>& people) {
  for (const auto& one : people)
    session.print("{} {} on {}\n", heading, seen.fold->people().name(one.person).text(),
                  seen.clock(one.recorded));
}

// Null where the goal has none, or it is read off deeds.
const Indicator* computed_indicator(const Definition& definition, const Goal& goal) {
  const Indicator* indicator = goal.indicator ? definition.indicators.find(*goal.indicator) : nullptr;
  return indicator != nullptr && indicator->formula ? indicator : nullptr;
}

// The behaviours that its indicator is read off, or those that its formula names.
Json feeding(const Definition& definition, const Goal& goal) {
  Json behaviours = Json::array();
  if (!goal.indicator) return behaviours;
  const auto indicators = with_inputs(definition, {*goal.indicator});
  for (const Behaviour& behaviour : definition.behaviours) {
    const auto feeds = [&](const Contribution& share) { return indicators.contains(share.indicator); };
    if (std::any_of(behaviour.contributes.begin(), behaviour.contributes.end(), feeds))
      behaviours.push_back(behaviour.id);
  }
  return behaviours;
}

int show_goal(Session& session, const NamedGoal& given) {
  const Seen seen = look(session);
  const Goal& goal = require_goal(seen.definition(), given.goal);
  const std::vector<Progress> all = progress_of(seen.definition(), goals_of(seen));
  const Progress& progress =
      *std::find_if(all.begin(), all.end(), [&](const Progress& one) { return one.goal == &goal; });
  const Json fed_by = feeding(seen.definition(), goal);
  Json milestones = Json::array();
  for (const Milestone& milestone : seen.definition().milestones) {
    if (milestone.goal != goal.id) continue;
    const auto* reached = goals_of(seen).reached(milestone.id);
    milestones.push_back({{"id", milestone.id},
                          {"title", milestone.title.in(session.language())},
                          {"reached", reached == nullptr ? Json(nullptr) : Json(reached->index)},
                          {"recorded", reached == nullptr ? Json(nullptr) : Json(reached->recorded)}});
  }
  if (session.json()) {
    Json json = goal_json(session, seen, progress);
    json["fed_by"] = fed_by;
    json["milestones"] = milestones;
    session.print_json(json);
    return 0;
  }
  session.print("{}  {}\n", session.styled(Style::heading, goal.id),
                session.shown(goal.title.in(session.language())));
  if (!goal.description.empty())
    session.print("{}", wrapped(session.shown(goal.description.in(session.language())), session.width(), 0));
  if (progress.share)
    session.print("{}  {}  {}\n", bar(share_of(progress), bar_columns), percent(progress), figure(progress));
  if (goal.due)
    session.print("due {}{}\n", goal.due->text(),
                  is_overdue(seen, progress, session.environment.now()) ? ", overdue" : "");
  if (!progress.why.empty())
    session.print("{}: {}\n", session.styled(Style::warning, "no value"), session.shown(progress.why));
  if (const Indicator* computed = computed_indicator(seen.definition(), goal))
    session.print("computed as {}\n", session.shown(computed->formula->text()));
  for (const Json& behaviour : fed_by) session.print("fed by {}\n", behaviour.get<std::string>());
  for (const Json& milestone : milestones) {
    session.print("milestone {}: {}\n", milestone.at("id").get<std::string>(),
                  milestone.at("reached").is_null()
                      ? "not reached yet"
                      : fmt::format("reached at entry {} on {}", milestone.at("reached").get<std::uint64_t>(),
                                    seen.clock(milestone.at("recorded").get<std::int64_t>())));
  }
  print_people(session, seen, "claimed by", goals_of(seen).claimants(goal.id));
  print_people(session, seen, "pledged by", goals_of(seen).pledges(goal.id));
  if (goal.indicator) session.note("Where the figure comes from: bw explain {}", *goal.indicator);
  return 0;
}

int say(Session& session, const char* kind, const Json& goal) {
  return record_and_tell(session, kind, {{"goal", goal}});
}

int claim_goal(Session& session, const NamedGoal& given) {
  return say(session, "goal.claimed", given.goal);
}
int release_goal(Session& session, const NamedGoal& given) {
  return say(session, "goal.released", given.goal);
}

struct Pledge {
  std::optional<std::string> goal;
};
int pledge_goal(Session& session, const Pledge& given) {
  return say(session, "goal.pledged", given.goal ? Json(*given.goal) : Json(nullptr));
}

struct Drawing {
  std::string goal;
  std::optional<std::filesystem::path> svg;
};

int chart_goal(Session& session, const Drawing& given) {
  const Seen seen = look(session);
  const Goal& goal = require_goal(seen.definition(), given.goal);
  if (!goal.indicator) {
    throw Error(ErrorCode::invalid, goal.id + " has no figure of its own",
                "draw one of its sub-goals: bw goal list");
  }
  Curve curve{.title = goal.title.in(session.language()),
              .unit = goal.unit.value_or(""),
              .steps = {},
              .target = goal.target,
              .due = std::nullopt,
              .now = session.environment.now()};
  if (goal.due) curve.due = goal.due->ends(seen.definition().utc_offset);
  Json points = Json::array();
  for (const FigureStep& step :
       explain_figure(session.environment, seen.world, "indicator:" + *goal.indicator)) {
    curve.steps.emplace_back(Timestamp{step.recorded}, step.after);
    points.push_back({{"recorded", step.recorded}, {"value", step.after.text()}});
  }
  if (given.svg) write_file(*given.svg, chart_svg(curve, seen.definition().utc_offset));
  if (session.json()) {
    session.print_json({{"goal", goal.id},
                        {"indicator", *goal.indicator},
                        {"target", goal.target->text()},
                        {"unit", curve.unit},
                        {"points", points},
                        {"svg", given.svg ? Json(given.svg->string()) : Json(nullptr)}});
    return 0;
  }
  if (given.svg) {
    session.print("{}\n", session.shown(given.svg->string()));
    return 0;
  }
  constexpr std::size_t rows = 10, most_columns = 100;
  session.print("{}  {}\n", session.styled(Style::heading, goal.id), session.shown(curve.title));
  session.write(
      chart_text(curve, seen.definition().utc_offset, std::min(session.width(), most_columns), rows));
  return 0;
}

struct Certifying {
  std::string milestone;
  std::optional<std::filesystem::path> nft;
};

// What anyone can check with `bw explain` and `bw prove`.
Json certificate_of(Session& session, const Seen& seen, const Milestone& milestone,
                    const GoalTool::Reached& reached) {
  return {{"world", seen.world.id().text()}, {"name", seen.world.name()},
          {"milestone", milestone.id},       {"title", milestone.title.in(session.language())},
          {"index", reached.index},          {"recorded", reached.recorded},
          {"event", reached.claim.text()},   {"definition", reached.definition.hex()}};
}

// ERC-721 metadata: https://eips.ethereum.org/EIPS/eip-721
Json nft_metadata(const Seen& seen, const Json& certificate) {
  const auto trait = [&](const char* name, const Json& value) {
    return Json{{"trait_type", name}, {"value", value}};
  };
  return {
      {"name", fmt::format("{}: {}", certificate.at("name").get<std::string>(),
                           certificate.at("title").get<std::string>())},
      {"description",
       fmt::format("Milestone \"{}\" of the world {}, reached at entry {} of its log on {}.",
                   certificate.at("title").get<std::string>(), certificate.at("name").get<std::string>(),
                   certificate.at("index").get<std::uint64_t>(),
                   seen.clock(certificate.at("recorded").get<std::int64_t>()))},
      {"attributes",
       Json::array(
           {trait("world", certificate.at("world")), trait("milestone", certificate.at("milestone")),
            trait("entry", certificate.at("index")),
            Json{{"trait_type", "reached"}, {"display_type", "date"}, {"value", certificate.at("recorded")}},
            trait("event", certificate.at("event")), trait("definition", certificate.at("definition"))})}};
}

int certify_goal(Session& session, const Certifying& given) {
  const Seen seen = look(session);
  const Milestone* milestone = seen.definition().milestones.find(given.milestone);
  if (milestone == nullptr) {
    throw Error(ErrorCode::invalid, fmt::format("the definition has no milestone \"{}\"", given.milestone),
                did_you_mean(given.milestone, seen.definition().milestones.ids()));
  }
  const GoalTool::Reached* reached = goals_of(seen).reached(milestone->id);
  if (reached == nullptr)
    throw Error(ErrorCode::refused, fmt::format("the milestone {} is not reached yet", milestone->id),
                "bw status tells which one is next");
  const Json certificate = certificate_of(session, seen, *milestone, *reached);
  if (given.nft) write_file(*given.nft, nft_metadata(seen, certificate).dump(2) + "\n");
  if (session.json()) {
    session.print_json(certificate);
    return 0;
  }
  session.print("{}  {}\n", session.styled(Style::heading, milestone->id),
                session.shown(milestone->title.in(session.language())));
  session.print("reached at entry {} on {}, by event {}, under definition {}\n", reached->index,
                seen.clock(reached->recorded), reached->claim.short_text(),
                reached->definition.hex().substr(0, 10));
  if (given.nft) session.print("{}\n", session.shown(given.nft->string()));
  session.note("Anyone can check it: bw prove {}, and bw state --at {}", reached->claim.short_text(),
               reached->index + 1);
  return 0;
}

std::vector<Candidate> milestone_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> milestones;
  for (const Milestone& milestone : seen.definition().milestones)
    milestones.push_back({milestone.id, milestone.title.in(session.language())});
  return milestones;
}

std::vector<Candidate> goal_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> goals;
  for (const Goal& goal : seen.definition().goals)
    goals.push_back({goal.id, goal.title.in(session.language())});
  return goals;
}

constexpr const char* goal_members =
    "id, title, part_of, indicator, value, why_no_value, target, unit, share (0 to 1), due, claimed_by and "
    "pledged_by "
    "(did, index, "
    "recorded)";

void declare_words(Command& noun) {
  Command& claiming = noun.verb("claim", "Take it on yourself to see to a goal");
  NamedGoal& claimed = claiming.runs(claim_goal);
  claiming.argument(claimed.goal, "GOAL", "the goal").offer(goal_candidates);
  claiming.description = "Several people may see to one goal. Who does is open to all.";
  claiming.examples = {{"bw goal claim aed-coverage", "I see to it"}};
  claiming.json = recorded_members();
  claiming.exit_codes = {{4, "you have claimed it already, or there is no such goal"}};
  claiming.see_also = {"pledge", "submit"};

  Command& releasing = noun.verb("release", "Lay down a goal that you claimed");
  NamedGoal& released = releasing.runs(release_goal);
  releasing.argument(released.goal, "GOAL", "the goal").offer(goal_candidates);
  releasing.description = "What you did for it stays.";
  releasing.examples = {{"bw goal release aed-coverage", "Somebody else sees to it"}};
  releasing.json = recorded_members();
  releasing.exit_codes = {{4, "you had not claimed it"}};
  releasing.see_also = {"submit"};
}

}  // namespace

void declare_goal(Commands& commands) {
  Command& noun = commands.add("goal", Purpose::every_day, "See how far the goals are, and see to them");
  noun.description =
      "A goal has an indicator, which is computed from what people did; a goal without one is the mean of "
      "its sub-goals. "
      "Nothing is typed in, so every figure can be explained (`bw explain`).";

  Command& listing = noun.verb("list", "List the goals with their progress");
  listing.runs(list_goals);
  listing.description = "Each goal is followed by its sub-goals. Figures are those under the checkpoint.";
  listing.examples = {{"bw goal list", "All goals, with bars"}};
  listing.json = {{"goals", std::string("for each: ") + goal_members},
                  {"size", "how many entries were folded"}};
  listing.see_also = {"state", "explain"};

  Command& showing = noun.verb("show", "Show one goal: its figure, what feeds it, who sees to it");
  NamedGoal& shown = showing.runs(show_goal);
  showing.argument(shown.goal, "GOAL", "the goal").offer(goal_candidates);
  showing.description =
      "Milestones that belong to the goal are shown with the entry at which they were reached.";
  showing.examples = {{"bw goal show aed-coverage", "One goal"}};
  showing.json = {{"id", "its id"},
                  {"title", "what it is called"},
                  {"part_of", "the goal it is a sub-goal of, or null"},
                  {"indicator", "by which it is measured, or null"},
                  {"value", "of the indicator, or null"},
                  {"why_no_value", "why its formula has none, or null"},
                  {"target", "in its unit, or null"},
                  {"unit", "the unit, or null"},
                  {"share", "how far it is, from 0 to 1, or null"},
                  {"due", "the date, or null"},
                  {"claimed_by", "who sees to it: did, index, recorded"},
                  {"pledged_by", "who pledged it: did, index, recorded"},
                  {"fed_by", "the behaviours that contribute to its indicator"},
                  {"milestones", "id, title, reached (the entry, or null), recorded"}};
  showing.see_also = {"explain"};

  declare_words(noun);

  Command& certifying = noun.verb("certificate", "Certify that a milestone was reached");
  Certifying& certified = certifying.runs(certify_goal);
  certifying.argument(certified.milestone, "MILESTONE", "the milestone").offer(milestone_candidates);
  certifying.option("--nft", certified.nft, "FILE", "write ERC-721 metadata as well");
  certifying.description =
      "A milestone is reached once and for all, at an entry of the log. The certificate names that entry, so "
      "that nobody has "
      "to take your word.";
  certifying.examples = {{"bw goal certificate first-aed --nft first-aed.json", "With metadata for a token"}};
  certifying.json = {{"world", "the world's id"},
                     {"name", "its name"},
                     {"milestone", "its id"},
                     {"title", "what it is called"},
                     {"index", "of the entry after which it was reached"},
                     {"recorded", "when"},
                     {"event", "that reached it"},
                     {"definition", "under which"}};
  certifying.exit_codes = {{4, "it is not reached yet"}};
  certifying.see_also = {"prove", "explain"};

  Command& drawing = noun.verb("chart", "Draw how a goal's figure grew");
  Drawing& drawn = drawing.runs(chart_goal);
  drawing.argument(drawn.goal, "GOAL", "a goal with an indicator").offer(goal_candidates);
  drawing.option("--svg", drawn.svg, "FILE", "write an SVG picture instead");
  drawing.description =
      "The figure over time, by when its entries were recorded, up to now or the due date; the dashed line "
      "is the target.";
  drawing.examples = {{"bw goal chart aed-coverage", "On the terminal"},
                      {"bw goal chart aed-coverage --svg aeds.svg", "For a page"}};
  drawing.json = {{"goal", "its id"},
                  {"indicator", "what is drawn"},
                  {"target", "in its unit"},
                  {"unit", "the unit"},
                  {"points", "recorded (Unix seconds), value from then on"},
                  {"svg", "the file that was written, or null"}};
  drawing.see_also = {"explain"};

  Command& pledging =
      commands.add("pledge", Purpose::every_day, "Pledge yourself to a goal, or to the world's vision");
  Pledge& pledged = pledging.runs(pledge_goal);
  pledging.argument(pledged.goal, "GOAL", "the goal (default: the vision)").offer(goal_candidates);
  pledging.description = "A pledge is your signed word, open to all. It counts for nothing but itself.";
  pledging.examples = {{"bw pledge", "To the vision"}, {"bw pledge aed-coverage", "To one goal"}};
  pledging.json = recorded_members();
  pledging.exit_codes = {{4, "you have pledged it already, or there is no such goal"}};
  pledging.see_also = {"goal", "submit"};
}

}  // namespace bw::cli
