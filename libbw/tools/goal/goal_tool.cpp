#include "tools/goal/goal_tool.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

void collect_indicators(const Condition& condition, std::set<std::string, std::less<>>& indicators) {
  if (condition.kind == Condition::Kind::at_least) indicators.insert(condition.indicator);
  for (const Condition& part : condition.parts) collect_indicators(part, indicators);
}

// The goal of a body {"goal": id}; the reason where it has another form, or there is no such goal.
Result<std::string> goal_in(const Occurrence& entry, const Scene& scene, bool or_null) {
  const Json body = entry.body();
  BodyReader reader(body);
  const std::string goal = or_null ? reader.text_or_null("goal").value_or("") : reader.text("goal");
  if (!reader.problem().empty()) return Reason{"its body has another form"};
  if (or_null && goal.empty()) return goal;
  if (!scene.rules.definition || scene.rules.definition->goals.find(goal) == nullptr)
    return Reason{fmt::format("the definition has no goal \"{}\"", goal)};
  return goal;
}

const std::vector<GoalTool::Claimant>& list_of(
    const std::map<std::string, std::vector<GoalTool::Claimant>, std::less<>>& lists, std::string_view goal) {
  static const std::vector<GoalTool::Claimant> none;
  const auto found = lists.find(goal);
  return found == lists.end() ? none : found->second;
}

auto find_person(std::vector<GoalTool::Claimant>& list, PersonNumber person) {
  return std::find_if(list.begin(), list.end(),
                      [&](const GoalTool::Claimant& one) { return one.person == person; });
}

Json json_of(const std::map<std::string, std::vector<GoalTool::Claimant>, std::less<>>& lists) {
  Json json = Json::object();
  for (const auto& [goal, list] : lists) {
    for (const GoalTool::Claimant& one : list) json[goal].push_back({one.person, one.index, one.recorded});
  }
  return json;
}

std::map<std::string, std::vector<GoalTool::Claimant>, std::less<>> lists_from(const Json& json) {
  std::map<std::string, std::vector<GoalTool::Claimant>, std::less<>> lists;
  for (const auto& [goal, list] : json.items()) {
    for (const Json& one : list) {
      lists[goal].push_back(
          {one.at(0).get<PersonNumber>(), one.at(1).get<std::uint64_t>(), one.at(2).get<std::int64_t>()});
    }
  }
  return lists;
}

}  // namespace

bool holds(const Condition& condition, const std::function<Decimal(const std::string&)>& value) {
  const auto part_holds = [&](const Condition& part) { return holds(part, value); };
  switch (condition.kind) {
    case Condition::Kind::all:
      return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::any:
      return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::at_least:
      break;
  }
  return value(condition.indicator) >= condition.at_least;
}

void GoalTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind == "goal.pledged") {
    body.text_or_null("goal");
  } else {
    body.text("goal");
  }
}

Ruling GoalTool::judge(const Occurrence& entry, const Scene& scene) {
  const PersonNumber person = scene.people.of(entry.actor);
  const bool pledges = entry.kind == "goal.pledged";
  const auto goal = goal_in(entry, scene, pledges);
  if (!goal) return goal.reason();
  People& lists = pledges ? pledges_ : claimants_;
  const auto found = lists.find(*goal);
  const bool is_there = found != lists.end() && find_person(found->second, person) != found->second.end();
  if (entry.kind == "goal.released") {
    if (!is_there) return "this person had not claimed it";
    found->second.erase(find_person(found->second, person));
    if (found->second.empty()) lists.erase(found);
    return std::nullopt;
  }
  if (is_there) return pledges ? "this person has pledged it already" : "this person has claimed it already";
  lists[*goal].push_back({person, entry.index, entry.recorded});
  return std::nullopt;
}

void GoalTool::count(const Counted& claim, const Scene& scene) {
  bool watched = false;
  for (const Contribution& share : claim.behaviour->contributes) {
    const Indicator* indicator = nullptr;
    if (scene.rules.definition) indicator = scene.rules.definition->indicators.find(share.indicator);
    const Aggregate aggregate = indicator != nullptr ? indicator->aggregate : Aggregate::sum;
    IndicatorValue& value = indicators_.try_emplace(share.indicator, aggregate).first->second;
    const Decimal change = value.add({claim.quantity * share.factor, claim.at, claim.claim});
    if (scene.listener != nullptr && !change.is_zero())
      scene.post("indicator:" + share.indicator, change, claim.claim, claim.rules);
    watched = watched || watched_.contains(share.indicator);
  }
  if (watched) reach_milestones(claim.claim, scene);
}

void GoalTool::reach_milestones(const EventId& cause, const Scene& scene) {
  const auto current = [this](const std::string& indicator) { return value(indicator); };
  watched_.clear();
  for (const Milestone& milestone : scene.rules.definition->milestones) {
    if (reached_.contains(milestone.id)) continue;
    if (holds(milestone.when, current)) {
      reached_.emplace(milestone.id, Reached{scene.index, scene.recorded, cause, scene.rules.digest});
    } else {
      collect_indicators(milestone.when, watched_);
    }
  }
}

void GoalTool::adopt(const Rules& rules, const Scene& scene) {
  watched_.clear();
  if (!rules.definition) return;
  for (const Milestone& milestone : rules.definition->milestones) {
    if (!reached_.contains(milestone.id)) collect_indicators(milestone.when, watched_);
  }
  // A definition can ask for less than is there already.
  reach_milestones(rules.adoption, scene);
}

void GoalTool::merge(PersonNumber from, PersonNumber into) {
  for (People* lists : {&claimants_, &pledges_}) {
    for (auto& [goal, list] : *lists) {
      const auto joined = find_person(list, from);
      if (joined == list.end()) continue;
      if (find_person(list, into) == list.end()) {
        joined->person = into;
      } else {
        list.erase(joined);
      }
    }
  }
}

Decimal GoalTool::value(std::string_view indicator) const {
  const auto found = indicators_.find(indicator);
  return found == indicators_.end() ? Decimal() : found->second.value();
}

bool GoalTool::is_known(std::string_view indicator) const {
  const auto found = indicators_.find(indicator);
  return found != indicators_.end() && found->second.is_known();
}

const GoalTool::Reached* GoalTool::reached(std::string_view milestone) const {
  const auto found = reached_.find(milestone);
  return found == reached_.end() ? nullptr : &found->second;
}

const std::vector<GoalTool::Claimant>& GoalTool::claimants(std::string_view goal) const {
  return list_of(claimants_, goal);
}

const std::vector<GoalTool::Claimant>& GoalTool::pledges(std::string_view goal) const {
  return list_of(pledges_, goal);
}

Json GoalTool::json() const {
  Json indicators = Json::object();
  for (const auto& [id, value] : indicators_) indicators[id] = value.json();
  Json reached = Json::object();
  for (const auto& [id, one] : reached_) {
    reached[id] = {{"claim", one.claim.text()},
                   {"definition", one.definition.hex()},
                   {"index", one.index},
                   {"recorded", one.recorded}};
  }
  return {{"claimants", json_of(claimants_)},
          {"indicators", std::move(indicators)},
          {"pledges", json_of(pledges_)},
          {"reached", std::move(reached)},
          {"watched", watched_}};
}

void GoalTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const auto& [id, value] : json.at("indicators").items())
    indicators_.emplace(id, IndicatorValue::from_json(value));
  for (const auto& [id, one] : json.at("reached").items()) {
    reached_.emplace(id, Reached{one.at("index").get<std::uint64_t>(), one.at("recorded").get<std::int64_t>(),
                                 EventId::parse(one.at("claim").get<std::string>()).value(),
                                 Digest::from_hex(one.at("definition").get<std::string>()).value()});
  }
  claimants_ = lists_from(json.at("claimants"));
  pledges_ = lists_from(json.at("pledges"));
  for (const Json& id : json.at("watched")) watched_.insert(id.get<std::string>());
}

}  // namespace bw
