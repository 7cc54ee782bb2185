// Persons as JSON, for the cache of what was verified.

#include "base/error.h"
#include "stream/persons.h"

namespace bw {
namespace {

template <class Parsed>
auto intact(const Parsed& parsed) {
  if (!parsed) throw Error(ErrorCode::invalid, "the persons of a saved authority are damaged");
  return *parsed;
}

Did did_from(const Json& json) {
  return intact(Did::parse(json.get<std::string>()));
}

Json moment_json(const Moment& moment) {
  return {{"event", moment.event.text()}, {"index", moment.index}, {"recorded", moment.recorded}};
}

Moment moment_from(const Json& json) {
  return {intact(EventId::parse(json.at("event").get<std::string>())), json.at("index"), json.at("recorded")};
}

Json person_json(const Person& person) {
  Json json = {{"keys", Json::array()}};
  for (const PersonKey& key : person.keys) {
    Json item = {{"did", key.did.text()}};
    if (key.revoked) {
      item["revoked"] = moment_json(key.revoked->moment);
      item["final"] = key.revoked->final;
    }
    json["keys"].push_back(std::move(item));
  }
  if (person.recovery) json["recovery"] = person.recovery->text();
  if (person.disputed) json["disputed"] = moment_json(*person.disputed);
  return json;
}

Person person_from(const Json& json) {
  Person person;
  for (const Json& item : json.at("keys")) {
    PersonKey key{did_from(item.at("did"))};
    if (item.contains("revoked")) key.revoked = {moment_from(item.at("revoked")), item.at("final")};
    person.keys.push_back(key);
  }
  if (person.keys.empty()) throw Error(ErrorCode::invalid, "a saved authority is damaged");
  if (json.contains("recovery")) person.recovery = did_from(json.at("recovery"));
  if (json.contains("disputed")) person.disputed = moment_from(json.at("disputed"));
  return person;
}

using Words = std::map<std::pair<Did, Did>, Persons::Word>;

Json words_json(const std::map<Did, Words>& open) {
  Json list = Json::array();
  for (const auto& [actor, words] : open) {
    for (const auto& [about, word] : words) {
      list.push_back({actor.text(), about.first.text(), about.second.text(), word.recorded, word.ends});
    }
  }
  return list;
}

std::map<Did, Words> words_from(const Json& list) {
  std::map<Did, Words> open;
  for (const Json& item : list) {
    open[did_from(item.at(0))][{did_from(item.at(1)), did_from(item.at(2))}] = {item.at(3), item.at(4)};
  }
  return open;
}

}  // namespace

Json Persons::json() const {
  Json json = {{"endorsements", words_json(endorsements_)},
               {"links", words_json(links_)},
               {"persons", Json::array()},
               {"silences", Json::array()}};
  for (const auto& [name, person] : persons_) json["persons"].push_back(person_json(person));
  for (const auto& [key, silences] : silences_) {
    for (const Silence& silence : silences) {
      json["silences"].push_back(
          {key.text(), silence.after, silence.until ? Json(*silence.until) : Json(nullptr)});
    }
  }
  return json;
}

Persons Persons::from_json(const Json& json) {
  Persons persons;
  for (const Json& item : json.at("persons")) {
    const Person person = person_from(item);
    for (const PersonKey& key : person.keys) persons.names_.emplace(key.did, person.name());
    persons.persons_.emplace(person.name(), person);
  }
  for (const Json& item : json.at("silences")) {
    const Json& until = item.at(2);
    persons.silences_[did_from(item.at(0))].push_back(
        {item.at(1), until.is_null() ? std::nullopt : std::optional<std::uint64_t>(until)});
  }
  persons.links_ = words_from(json.at("links"));
  persons.endorsements_ = words_from(json.at("endorsements"));
  return persons;
}

}  // namespace bw
