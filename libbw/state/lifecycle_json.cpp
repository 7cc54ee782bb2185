#include <algorithm>

#include "base/error.h"
#include "state/canonical.h"
#include "state/lifecycle.h"

namespace bw {
namespace {

void require(bool holds, const char* otherwise) {
  if (!holds) throw Error(ErrorCode::invalid, otherwise);
}

std::uint8_t known_name(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  require(found != names.end(), "a lifecycle has a state, role or deadline that its machine has not");
  return static_cast<std::uint8_t>(found - names.begin());
}

// A moment of the log, or a deadline, of which sums stay far from the end of 64 bits.
std::int64_t moment_of(const Json& json) {
  const auto moment = json.get<std::int64_t>();
  require(moment >= 0 && moment <= strict_json::max_integer, "a moment of a lifecycle is out of range");
  return moment;
}

}  // namespace

Json Lifecycle::json() const {
  Json list = Json::array();
  for (const LifecycleItem* item : items()) list.push_back(item_json(*item));
  return list;
}

// Lists that are empty are left out: most are.
Json Lifecycle::item_json(const LifecycleItem& item) const {
  const StateMachinePlan& plan = machine_.plan();
  Json json{{"id", item.id.text()},
            {"index", item.since.index},
            {"since", item.since.recorded},
            {"state", state(item)}};
  for (const auto& [role, person] : item.parties) json["parties"][plan.roles[role]].push_back(person);
  for (const auto& [act, person] : item.consents)
    json["consents"][plan.transitions[act].name].push_back(person);
  for (const auto& [name, moment] : item.deadlines) json["deadlines"][machine_.deadlines()[name]] = moment;
  return json;
}

LifecycleItem Lifecycle::item_from(const Json& json) const {
  const StateMachinePlan& plan = machine_.plan();
  const auto id = EventId::parse(json.at("id").get<std::string>());
  require(id.has_value(), "a thing of a lifecycle has no id");
  LifecycleItem item{*id,
                     known_name(plan.states, json.at("state").get<std::string>()),
                     {json.at("index").get<std::uint64_t>(), moment_of(json.at("since"))},
                     {},
                     {},
                     {}};
  const Json parties = json.value("parties", Json::object());
  const Json consents = json.value("consents", Json::object());
  const Json deadlines = json.value("deadlines", Json::object());
  for (const auto& [role, persons] : parties.items()) {
    for (const Json& person : persons)
      item.parties.emplace_back(known_name(plan.roles, role), person.get<PersonNumber>());
  }
  for (const auto& [name, persons] : consents.items()) {
    const Transition* act = machine_.find(name, state(item));
    require(act != nullptr && act->needs != Needs::anyone, "a lifecycle has a consent to nothing");
    for (const Json& person : persons)
      item.consents.emplace_back(static_cast<std::uint8_t>(act - plan.transitions.data()),
                                 person.get<PersonNumber>());
  }
  for (const auto& [name, moment] : deadlines.items())
    item.deadlines.emplace_back(known_name(machine_.deadlines(), name), moment_of(moment));
  // In objects names stand in the order of their text, here in that of their places.
  for (auto* persons : {&item.parties, &item.consents}) {
    std::stable_sort(persons->begin(), persons->end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    require(std::adjacent_find(persons->begin(), persons->end(), std::greater_equal<>()) == persons->end(),
            "the persons of a lifecycle are not in order");
  }
  std::sort(item.deadlines.begin(), item.deadlines.end());
  return item;
}

Lifecycle Lifecycle::from_json(StateMachine machine, const Json& json) {
  return read_canonical("a lifecycle", json, [&](const Json& from) {
    require(from.is_array(), "a lifecycle is not a list");
    Lifecycle lifecycle(std::move(machine));
    for (const Json& entry : from) {
      LifecycleItem item = lifecycle.item_from(entry);
      const auto [place, fresh] = lifecycle.items_.emplace(item.id, std::move(item));
      require(fresh, "a lifecycle has one thing twice");
      lifecycle.queue(place->second);
    }
    return lifecycle;
  });
}

}  // namespace bw
