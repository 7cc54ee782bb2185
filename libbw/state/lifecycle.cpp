#include "state/lifecycle.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"

namespace bw {
namespace {

// Sorted lists of pairs, which are short.
template <class Value>
void put(std::vector<std::pair<std::uint8_t, Value>>& list, std::uint8_t name, Value value) {
  const std::pair entry{name, value};
  const auto place = std::lower_bound(list.begin(), list.end(), entry);
  if (place == list.end() || *place != entry) list.insert(place, entry);
}

void rename_person(std::vector<std::pair<std::uint8_t, PersonNumber>>& list, PersonNumber from,
                   PersonNumber into) {
  for (auto& [name, person] : list) {
    if (person == from) person = into;
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

std::uint8_t place_in(const std::vector<std::string>& names, std::string_view name, const char* sort,
                      const std::string& thing) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(ErrorCode::usage, fmt::format("a {} has no {} \"{}\"", thing, sort, name));
  return static_cast<std::uint8_t>(found - names.begin());
}

// What has passed is due at once, and not before.
std::int64_t deadline_from(std::int64_t moment, LogPlace now) {
  return std::max(std::min(moment, Timestamp::last), now.recorded);
}

std::string joined(const std::vector<std::string_view>& names, std::string_view between) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += between;
    text += name;
  }
  return text;
}

}  // namespace

// What an act would do.
struct Lifecycle::Examined {
  Ruling refused;
  const Transition* transition = nullptr;
  std::vector<std::string> awaits = {};
};

std::uint8_t Lifecycle::role_number(std::string_view role) const {
  return place_in(machine_.plan().roles, role, "role", machine_.plan().thing);
}

std::uint8_t Lifecycle::deadline_number(std::string_view deadline) const {
  return place_in(machine_.deadlines(), deadline, "deadline", machine_.plan().thing);
}

LifecycleItem& Lifecycle::known(const EventId& id) {
  const auto found = items_.find(id);
  if (found == items_.end())
    throw Error(ErrorCode::usage, fmt::format("there is no {} {}", machine_.plan().thing, id.short_text()));
  return found->second;
}

void Lifecycle::open(const EventId& id, const std::vector<std::pair<std::string, PersonNumber>>& parties,
                     const std::vector<std::pair<std::string, std::int64_t>>& deadlines, LogPlace now) {
  LifecycleItem item{
      id,  place_in(machine_.plan().states, machine_.plan().initial, "state", machine_.plan().thing),
      now, {},
      {},  {}};
  for (const auto& [role, person] : parties) put(item.parties, role_number(role), person);
  std::map<std::uint8_t, std::int64_t> moments;
  for (const auto& [name, moment] : deadlines) moments[deadline_number(name)] = deadline_from(moment, now);
  item.deadlines.assign(moments.begin(), moments.end());
  const auto [place, fresh] = items_.emplace(id, std::move(item));
  if (!fresh) throw Error(ErrorCode::usage, "there is such a thing already: " + id.short_text());
  queue(place->second);
}

bool Lifecycle::has_role(const LifecycleItem& item, std::string_view role, PersonNumber person,
                         const ActQuestions& questions) const {
  const auto& roles = machine_.plan().roles;
  const auto kept = std::find(roles.begin(), roles.end(), role);
  if (kept == roles.end()) return questions.holds && questions.holds(role, person);
  const std::pair entry{static_cast<std::uint8_t>(kept - roles.begin()), person};
  return std::binary_search(item.parties.begin(), item.parties.end(), entry);
}

std::vector<std::string> Lifecycle::missing_words(const LifecycleItem& item, const Transition& transition,
                                                  const std::vector<PersonNumber>& consented,
                                                  const ActQuestions& questions) const {
  std::vector<std::string> missing;
  if (transition.needs == Needs::anyone) return missing;
  for (const std::string& role : transition.by) {
    const bool one_spoke = std::any_of(consented.begin(), consented.end(), [&](PersonNumber person) {
      return has_role(item, role, person, questions);
    });
    const std::vector<PersonNumber> all = parties(item, role);
    const bool all_spoke =
        transition.needs == Needs::each_role || std::all_of(all.begin(), all.end(), [&](PersonNumber person) {
          return std::find(consented.begin(), consented.end(), person) != consented.end();
        });
    if (!one_spoke || !all_spoke) missing.push_back(role);
  }
  return missing;
}

Lifecycle::Examined Lifecycle::examine(const EventId& id, std::string_view name, PersonNumber person,
                                       const ActQuestions& questions) const {
  const std::string& thing = machine_.plan().thing;
  const LifecycleItem* item = find(id);
  if (item == nullptr) return {fmt::format("there is no such {}", thing)};
  const Transition* transition = machine_.find(name, state(*item));
  if (transition == nullptr) {
    const auto origins = machine_.origins(name);
    if (origins.empty()) return {fmt::format("\"{}\" is nothing that is done to a {}", name, thing)};
    return {fmt::format("the {} is {} since entry {}, and \"{}\" is for one that is {}", thing, state(*item),
                        item->since.index, name, joined(origins, " or "))};
  }
  const bool may_act =
      transition->by.empty() ||
      std::any_of(transition->by.begin(), transition->by.end(),
                  [&](const std::string& role) { return has_role(*item, role, person, questions); });
  if (!may_act) return {fmt::format("\"{}\" is for {} of this {}", name, whose_word(*transition), thing)};
  if (!transition->guard.empty() && questions.guard) {
    if (Ruling reason = questions.guard(transition->guard, *item, person)) return {reason};
  }
  if (transition->needs == Needs::anyone) return {std::nullopt, transition};

  std::vector<PersonNumber> consented;
  for (const auto& [act, who] : item->consents) {
    if (&machine_.plan().transitions[act] == transition) consented.push_back(who);
  }
  const bool again = std::find(consented.begin(), consented.end(), person) != consented.end();
  consented.push_back(person);
  std::vector<std::string> awaits = missing_words(*item, *transition, consented, questions);
  if (again && !awaits.empty()) {
    return {fmt::format("this person has consented already, and \"{}\" needs also the {}", name,
                        joined({awaits.begin(), awaits.end()}, " and the "))};
  }
  return {std::nullopt, transition, std::move(awaits)};
}

Ruling Lifecycle::objection(const EventId& id, std::string_view transition, PersonNumber person,
                            const ActQuestions& questions) const {
  return examine(id, transition, person, questions).refused;
}

ActOutcome Lifecycle::act(const EventId& id, std::string_view transition, PersonNumber person, LogPlace now,
                          const ActQuestions& questions) {
  const Examined examined = examine(id, transition, person, questions);
  if (examined.refused) return {examined.refused};
  LifecycleItem& item = known(id);
  const Transition& way = *examined.transition;
  const auto number = static_cast<std::uint8_t>(&way - machine_.plan().transitions.data());
  if (!examined.awaits.empty()) {
    put(item.consents, number, person);
    return {std::nullopt, false, examined.awaits};
  }
  drop_role(item, way.drops);
  if (!way.takes.empty()) put(item.parties, role_number(way.takes), person);
  if (way.from == way.to) {
    std::erase_if(item.consents, [&](const auto& consent) { return consent.first == number; });
  } else {
    enter(item, way.to, now);
  }
  return {std::nullopt, true};
}

void Lifecycle::drop_role(LifecycleItem& item, std::string_view role) const {
  if (role.empty()) return;
  const std::uint8_t dropped = role_number(role);
  std::erase_if(item.parties, [&](const auto& party) { return party.first == dropped; });
}

void Lifecycle::enter(LifecycleItem& item, std::string_view state, LogPlace since) {
  unqueue(item);
  item.state = place_in(machine_.plan().states, state, "state", machine_.plan().thing);
  item.since = since;
  item.consents.clear();
  queue(item);
}

void Lifecycle::pass(LogPlace now, const Moved& moved) {
  while (!due_.empty() && due_.begin()->first <= now.recorded) {
    const auto [due, id] = *due_.begin();
    LifecycleItem& item = known(id);
    const TimeOut& time_out = *next_time_out(item)->time_out;
    drop_role(item, time_out.drops);
    enter(item, time_out.to, {now.index, due});
    if (moved) moved(item, time_out);
  }
}

void Lifecycle::queue(const LifecycleItem& item) {
  if (const auto next = next_time_out(item)) due_.emplace(next->due, item.id);
}

void Lifecycle::unqueue(const LifecycleItem& item) {
  if (const auto next = next_time_out(item)) due_.erase({next->due, item.id});
}

void Lifecycle::set_deadline(const EventId& id, std::string_view deadline, std::int64_t moment,
                             LogPlace now) {
  LifecycleItem& item = known(id);
  const std::uint8_t number = deadline_number(deadline);
  unqueue(item);
  std::erase_if(item.deadlines, [&](const auto& one) { return one.first == number; });
  put(item.deadlines, number, deadline_from(moment, now));
  queue(item);
}

void Lifecycle::add_party(const EventId& id, std::string_view role, PersonNumber person) {
  put(known(id).parties, role_number(role), person);
}

void Lifecycle::remove_party(const EventId& id, std::string_view role, PersonNumber person) {
  const std::pair party{role_number(role), person};
  std::erase(known(id).parties, party);
}

void Lifecycle::forget(const EventId& id) {
  unqueue(known(id));
  items_.erase(id);
}

const LifecycleItem* Lifecycle::find(const EventId& id) const {
  const auto found = items_.find(id);
  return found == items_.end() ? nullptr : &found->second;
}

std::vector<const LifecycleItem*> Lifecycle::items() const {
  std::vector<const LifecycleItem*> all;
  all.reserve(items_.size());
  for (const auto& [id, item] : items_) all.push_back(&item);
  std::sort(all.begin(), all.end(),
            [](const LifecycleItem* a, const LifecycleItem* b) { return a->id < b->id; });
  return all;
}

std::vector<PersonNumber> Lifecycle::parties(const LifecycleItem& item, std::string_view role) const {
  const auto& roles = machine_.plan().roles;
  std::vector<PersonNumber> persons;
  for (const auto& [number, person] : item.parties) {
    if (roles[number] == role) persons.push_back(person);
  }
  return persons;
}

std::optional<std::int64_t> Lifecycle::deadline(const LifecycleItem& item, std::string_view name) const {
  for (const auto& [number, moment] : item.deadlines) {
    if (machine_.deadlines()[number] == name) return moment;
  }
  return std::nullopt;
}

std::vector<PossibleAct> Lifecycle::possible_acts(const LifecycleItem& item) const {
  std::vector<PossibleAct> acts;
  const auto& transitions = machine_.plan().transitions;
  for (std::size_t number = 0; number < transitions.size(); ++number) {
    if (transitions[number].from != state(item)) continue;
    PossibleAct act{&transitions[number], {}};
    for (const auto& [consented_to, person] : item.consents) {
      if (consented_to == number) act.consented.push_back(person);
    }
    acts.push_back(std::move(act));
  }
  return acts;
}

std::optional<DueTimeOut> Lifecycle::next_time_out(const LifecycleItem& item) const {
  std::optional<DueTimeOut> next;
  for (const TimeOut& one : machine_.plan().time_outs) {
    if (one.from != state(item)) continue;
    const auto base = one.deadline.empty() ? item.since.recorded : deadline(item, one.deadline);
    if (!base) continue;
    // A deadline that passed in another state is due as soon as the thing comes here.
    const std::int64_t due = std::max(*base + one.after, item.since.recorded);
    if (!next || due < next->due) next = {&one, due};
  }
  return next;
}

void Lifecycle::merge(PersonNumber from, PersonNumber into) {
  if (from == into) return;
  for (auto& [id, item] : items_) {
    rename_person(item.parties, from, into);
    rename_person(item.consents, from, into);
  }
}

}  // namespace bw
