#include "state/people.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace bw {

PersonNumber People::add_person(const Did& name) {
  names_.push_back(name);
  return static_cast<PersonNumber>(names_.size() - 1);
}

People::Key& People::key(std::string_view text) {
  if (const auto found = keys_.find(text); found != keys_.end()) return found->second;
  const auto did = Did::parse(text);
  if (!did) throw Error(ErrorCode::invalid, fmt::format("\"{}\": {}", printable(text), did.reason()));
  return keys_.emplace(std::string(text), Key{*did, add_person(*did)}).first->second;
}

PersonNumber People::of(std::string_view text) {
  return key(text).person;
}

PersonNumber People::of(const Did& did) {
  return key(did.text()).person;
}

std::optional<PersonNumber> People::find(const Did& did) const {
  const auto found = keys_.find(did.text());
  return found == keys_.end() ? std::nullopt : std::optional(found->second.person);
}

bool People::may_speak(std::string_view text) {
  return key(text).may_speak;
}

void People::follow(const Persons& persons, const std::function<void(PersonNumber, PersonNumber)>& merge) {
  // Whoever is recorded may have been joined under a name that no entry used so far.
  for (const auto& [name, person] : persons.recorded()) {
    for (const PersonKey& known : person.keys) key(known.did.text());
  }
  std::map<PersonNumber, PersonNumber> joined;
  for (auto& [text, one] : keys_) {
    one.may_speak = persons.may_speak(one.did);
    const PersonNumber now = keys_.find(persons.name_of(one.did).text())->second.person;
    if (now != one.person) joined.emplace(one.person, now);
  }
  // A person that joins is a single key, so nobody's number changes twice.
  for (const auto& [from, into] : joined) {
    for (auto& [text, one] : keys_) {
      if (one.person == from) one.person = into;
    }
    merge(from, into);
  }
}

Json People::json() const {
  Json names = Json::array();
  for (const Did& name : names_) names.push_back(name.text());
  return names;
}

People People::from_json(const Json& json, const Persons& persons) {
  People people;
  for (const Json& name : json) {
    const auto did = name.is_string() ? Did::parse(name.get<std::string>()) : Reason{"not a text"};
    if (!did) throw Error(ErrorCode::invalid, "a person of the state: " + did.reason());
    people.keys_.emplace(did->text(), Key{*did, people.add_person(*did)});
  }
  // Those who joined others had numbers of their own, which nobody has any more.
  people.follow(persons, [](PersonNumber, PersonNumber) {});
  return people;
}

}  // namespace bw
