#include "tools/goal/goal_tool.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "state/measure.h"
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

bool holds(const Condition& condition, const std::function<Computed(const std::string&)>& value) {
  const auto part_holds = [&](const Condition& part) { return holds(part, value); };
  switch (condition.kind) {
    case Condition::Kind::all:
      return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::any:
      return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::at_least:
      break;
  }
  const Computed now = value(condition.indicator);
  return now.has_value() && *now.value() >= condition.at_least;
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
  for (const Contribution& share : claim.behaviour->contributes) {
    const Indicator* indicator = nullptr;
    if (scene.rules.definition) indicator = scene.rules.definition->indicators.find(share.indicator);
    const Aggregate aggregate = indicator != nullptr ? indicator->aggregate : Aggregate::sum;
    AggregateValue& value = indicators_.try_emplace(share.indicator, aggregate).first->second;
    // The factor may be negative, and so may what is read then.
    const bool counts = !claim.quantity.is_negative();
    const Decimal quantity = counts ? claim.quantity : Decimal() - claim.quantity;
    const Reading reading{quantity * share.factor, claim.at, claim.claim};
    const Decimal change = counts ? value.add(reading) : value.take_out(reading);
    if (computed_.has(share.indicator)) continue;  // a formula has taken its place
    if (scene.listener != nullptr && !change.is_zero())
      scene.post("indicator:" + share.indicator, change, claim.claim, claim.rules);
    if (watched_.contains(share.indicator) || computed_.heeds(share.indicator)) {
      touched_.indicators.insert(share.indicator);
      touched_.cause = claim.claim;
    }
  }
}

bool GoalTool::can_carry(const Behaviour& behaviour, Decimal total) const {
  return std::all_of(behaviour.contributes.begin(), behaviour.contributes.end(),
                     [&](const Contribution& share) { return is_within_measure(total, share.factor); });
}

void GoalTool::hear(const Occurrence& /*entry*/, const Scene& scene) {
  if (touched_.indicators.empty()) return;
  const Touched touched = std::exchange(touched_, {});
  const auto read = [this](const std::string& indicator) { return reading(indicator); };
  tell_computed(computed_.compute(touched.indicators, read), touched.cause, scene);
  if (!watched_.empty()) reach_milestones(touched.cause, scene);
}

// What has no value now is told as zero.
void GoalTool::tell_computed(const std::vector<std::string>& ids, const EventId& cause, const Scene& scene) {
  for (const std::string& id : ids) {
    const auto told = told_.find(id);
    const Decimal before = told == told_.end() ? read_value(id) : told->second;
    const Decimal now = value(id);
    if (now != before) scene.post("indicator:" + id, now - before, cause, scene.rules.from);
    if (computed_.has(id)) {
      told_.insert_or_assign(id, now);
    } else if (told != told_.end()) {
      told_.erase(told);
    }
  }
}

void GoalTool::reach_milestones(const EventId& cause, const Scene& scene) {
  const auto current = [this](const std::string& indicator) { return computed(indicator); };
  bool any = false;
  for (const Milestone& milestone : scene.rules.definition->milestones) {
    if (reached_.contains(milestone.id) || !holds(milestone.when, current)) continue;
    reached_.emplace(milestone.id, Reached{scene.index, scene.recorded, cause, scene.rules.digest});
    any = true;
  }
  if (any) watch_milestones(scene.rules);
}

void GoalTool::watch_milestones(const Rules& rules) {
  watched_.clear();
  if (!rules.definition) return;
  for (const Milestone& milestone : rules.definition->milestones) {
    if (!reached_.contains(milestone.id)) collect_indicators(milestone.when, watched_);
  }
}

void GoalTool::read_rules(const Rules& rules) {
  definition_ = rules.definition;
  computed_.declare(rules.definition);
  computed_.compute_all([this](const std::string& indicator) { return reading(indicator); });
  watch_milestones(rules);
}

// The formulas of the new definition are computed already.
void GoalTool::adopt(const Rules& rules, const Scene& scene) {
  std::vector<std::string> ids = computed_.ids();
  for (const auto& [id, figure] : told_)
    if (!computed_.has(id)) ids.push_back(id);
  tell_computed(ids, rules.adoption, scene);
  // A definition can ask for less than is there already.
  if (rules.definition) reach_milestones(rules.adoption, scene);
}

void GoalTool::merge(PersonNumber from, PersonNumber into) {
  for (People* lists : {&claimants_, &pledges_}) {
    for (auto& [goal, list] : *lists) {
      // Whichever word came first is the person's; the list is in the order of the log.
      bool is_there = false;
      std::erase_if(list, [&](Claimant& one) {
        if (one.person == from) one.person = into;
        return one.person == into && std::exchange(is_there, true);
      });
    }
  }
}

// Without a reading a level is unknown; a sum or a number is zero.
Computed GoalTool::reading(const std::string& indicator) const {
  const auto found = indicators_.find(indicator);
  if (found != indicators_.end() && found->second.is_known()) return found->second.value();
  const Indicator* declared = definition_ ? definition_->indicators.find(indicator) : nullptr;
  Aggregate aggregate = declared != nullptr ? declared->aggregate : Aggregate::sum;
  if (found != indicators_.end()) aggregate = found->second.aggregate();
  const bool is_level = aggregate == Aggregate::max || aggregate == Aggregate::latest;
  return is_level ? Computed::nothing("there is no reading") : Computed(Decimal());
}

Decimal GoalTool::read_value(std::string_view indicator) const {
  const auto found = indicators_.find(indicator);
  return found == indicators_.end() ? Decimal() : found->second.value();
}

Computed GoalTool::computed(std::string_view indicator) const {
  const Computed* value = computed_.find(indicator);
  return value == nullptr ? Computed(read_value(indicator)) : *value;
}

Decimal GoalTool::value(std::string_view indicator) const {
  return computed(indicator).value().value_or(Decimal());
}

bool GoalTool::is_known(std::string_view indicator) const {
  if (const Computed* value = computed_.find(indicator)) return value->has_value();
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
  Json computed = Json::object();
  for (const std::string& id : computed_.ids()) {
    const Computed& one = *computed_.find(id);
    computed[id] = one.has_value() ? Json{{"value", one.value()->text()}} : Json{{"why", one.reason()}};
  }
  return {{"claimants", json_of(claimants_)},
          {"computed", std::move(computed)},
          {"indicators", std::move(indicators)},
          {"pledges", json_of(pledges_)},
          {"reached", std::move(reached)}};
}

void GoalTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const auto& [id, value] : json.at("indicators").items())
    indicators_.emplace(id, AggregateValue::from_json(value));
  // The values themselves are computed again.
  for (const auto& [id, one] : json.at("computed").items())
    told_.emplace(id, *Decimal::parse(one.value("value", "0")));
  for (const auto& [id, one] : json.at("reached").items()) {
    reached_.emplace(id, Reached{one.at("index").get<std::uint64_t>(), one.at("recorded").get<std::int64_t>(),
                                 EventId::parse(one.at("claim").get<std::string>()).value(),
                                 Digest::from_hex(one.at("definition").get<std::string>()).value()});
  }
  claimants_ = lists_from(json.at("claimants"));
  pledges_ = lists_from(json.at("pledges"));
}

}  // namespace bw
