#include "world/glance.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tools/achievement/achievement_tool.h"
#include "tools/evaluation/evaluation_tool.h"
#include "tools/goal/progress.h"
#include "tools/governance/governance_tool.h"
#include "tools/incentive/incentive_tool.h"
#include "tools/task/task_tool.h"

namespace bw {
namespace {

// A duty with the moment by which it is due.
struct Duty {
  std::int64_t due = 0;
  NextStep step;
};

void add_goals(Glance& glance, const Fold& state, Timestamp now) {
  const Definition& definition = *state.rules().definition;
  const auto& goals = state.tool<GoalTool>();
  for (const Progress& progress : progress_of(definition, goals)) {
    if (progress.depth > 0) continue;
    Glance::GoalLine line{progress.goal->id, progress.share, "", false};
    if (progress.value)
      line.figure = fmt::format("{} / {} {}", progress.value->text(), progress.goal->target->text(),
                                progress.goal->unit.value_or(""));
    if (!progress.why.empty()) line.figure = "no value: " + progress.why;
    line.overdue =
        progress.goal->due && !progress.is_reached() && progress.goal->due->ends(definition.utc_offset) < now;
    glance.goals.push_back(std::move(line));
  }
  for (const Milestone& milestone : definition.milestones) {
    ++glance.milestones;
    if (goals.reached(milestone.id) != nullptr) {
      ++glance.reached;
    } else if (glance.next_milestone.empty()) {
      glance.next_milestone = milestone.id;
    }
  }
}

void add_standing(Glance& glance, const Fold& state, PersonNumber me, Timestamp now) {
  for (const Ledger::Line& line : state.ledger().lines_of(me))
    glance.points.emplace_back(line.unit, line.balance);
  const auto& achievements = state.tool<AchievementTool>();
  if (achievements.badges()) {
    for (const Badge& badge : *achievements.badges())
      if (achievements.find(badge.id, me, now.seconds) != nullptr) glance.badges.push_back(badge.id);
  }
  const auto& evaluation = state.tool<EvaluationTool>();
  if (evaluation.rules()) glance.contribution = evaluation.contribution(me);
}

void add_votes(std::vector<Duty>& duties, const Fold& state, PersonNumber me) {
  for (const Proposal& proposal : state.tool<GovernanceTool>().proposals()) {
    if (!proposal.ballot || !proposal.ballot->electorate().weights.contains(me)) continue;
    const std::string id = proposal.id.short_text();
    if (proposal.stage == Proposal::Stage::voting && !proposal.ballot->took_part(me) &&
        !proposal.ballot->delegations().contains(me)) {
      duties.push_back(
          {proposal.rules.closes,
           {"bw proposal show " + id, fmt::format("a vote on {} waits for you", proposal.kind)}});
    }
    if (proposal.stage == Proposal::Stage::revealing && proposal.ballot->is_sealed(me) &&
        !proposal.ballot->has_revealed(me)) {
      duties.push_back(
          {proposal.rules.ends(),
           {fmt::format("bw vote {} --reveal", id), "what you chose counts once you reveal it"}});
    }
  }
}

void add_tasks(std::vector<Duty>& duties, const Fold& state, PersonNumber me) {
  for (const auto& [id, task] : state.tool<TaskTool>().tasks()) {
    const std::int64_t due = task.due().value_or(0);
    if (task.claimant == me && task.state == "claimed")
      duties.push_back(
          {due, {"bw task deliver " + id.short_text(), "a task that you claimed waits for you"}});
    if (task.poster == me && task.state == "delivered")
      duties.push_back(
          {due, {"bw task show " + id.short_text(), "a task of yours was delivered: accept or dispute it"}});
  }
}

void add_reviews(std::vector<Duty>& duties, Fold& state, PersonNumber me) {
  const auto& evaluation = state.tool<EvaluationTool>();
  if (!evaluation.rules()) return;
  for (const auto& [id, result] : evaluation.results()) {
    const EvaluationCategory* category = evaluation.rules()->categories.find(result.category);
    if (category == nullptr || result.outcome || result.author == me || result.scores.contains(me)) continue;
    if (!state.is_in(me, category->reviewers)) continue;
    duties.push_back(
        {std::numeric_limits<std::int64_t>::max(),
         {fmt::format("bw evaluate review {} SCORE", id.short_text()), "a result waits for your review"}});
  }
}

}  // namespace

Glance glance_at(Fold& state, const std::optional<Did>& me, Timestamp now) {
  Glance glance;
  if (!state.rules().definition) return glance;
  add_goals(glance, state, now);
  const auto person = me ? state.people().find(*me) : std::nullopt;
  if (!person) return glance;
  add_standing(glance, state, *person, now);
  std::vector<Duty> duties;
  add_votes(duties, state, *person);
  add_tasks(duties, state, *person);
  add_reviews(duties, state, *person);
  std::stable_sort(duties.begin(), duties.end(), [](const Duty& a, const Duty& b) { return a.due < b.due; });
  for (Duty& duty : duties) glance.duties.push_back(std::move(duty.step));
  return glance;
}

}  // namespace bw
