#include "base/error.h"
#include "state/ballot.h"
#include "state/canonical.h"

namespace bw {
namespace {

Digest digest_of(const Json& json) {
  const auto digest = Digest::from_hex(json.get_ref<const std::string&>());
  require(digest.has_value(), "a commitment in a ballot is not 64 hex digits");
  return *digest;
}

PersonNumber person_of(const Json& json) {
  return json.get<PersonNumber>();
}

// A map is a list of pairs in the order of its keys: numbers as keys of an object would sort as text.
template <class Map, class Text>
Json pairs(const Map& map, const Text& text) {
  Json list = Json::array();
  for (const auto& [key, value] : map) list.push_back(text(key, value));
  return list;
}

Json::array_t pair(Json first, Json second) {
  return {std::move(first), std::move(second)};
}

}  // namespace

Json Ballot::json() const {
  const auto plain = [](const auto& key, const auto& value) { return pair(key, value); };
  Json json{{"id", id_}, {"rules", rules_.json()}};
  json["electorate"] = {{"as_of", electorate_.as_of},
                        {"weights", pairs(electorate_.weights, [](PersonNumber voter, Decimal weight) {
                           return pair(voter, weight.text());
                         })}};
  json["choices"] =
      pairs(choices_, [](PersonNumber voter, const Choice& choice) { return pair(voter, json_of(choice)); });
  if (rules_.delegation) json["delegations"] = pairs(delegations_, plain);
  if (rules_.is_secret()) {
    json["sealed"] =
        pairs(sealed_, [](PersonNumber voter, const Digest& digest) { return pair(voter, digest.hex()); });
    json["commitments"] = pairs(
        commitments_, [](const Digest& digest, PersonNumber voter) { return pair(digest.hex(), voter); });
  }
  return json;
}

Ballot Ballot::from_json(const Json& json) {
  return read_canonical("a ballot", json, [](const Json& from) {
    Electorate electorate;
    electorate.as_of = from.at("electorate").at("as_of").get<std::uint64_t>();
    for (const Json& entry : from.at("electorate").at("weights")) {
      electorate.weights.emplace(person_of(entry.at(0)), read_decimal(entry.at(1)));
    }
    Ballot ballot(from.at("id").get<std::string>(), BallotRules::from_json(from.at("rules")),
                  std::move(electorate));
    for (const Json& entry : from.at("choices")) {
      const PersonNumber voter = person_of(entry.at(0));
      require(ballot.electorate_.weights.contains(voter), "a ballot holds the choice of a stranger");
      Result<Choice> choice = ballot.affordable_choice(voter, entry.at(1));
      if (!choice) throw Error(ErrorCode::invalid, "a choice in a ballot: " + choice.reason());
      ballot.choices_.emplace(voter, *std::move(choice));
    }
    for (const Json& entry : from.value("delegations", Json::array())) {
      ballot.delegations_.emplace(person_of(entry.at(0)), person_of(entry.at(1)));
    }
    for (const Json& entry : from.value("sealed", Json::array())) {
      ballot.sealed_.emplace(person_of(entry.at(0)), digest_of(entry.at(1)));
    }
    for (const Json& entry : from.value("commitments", Json::array())) {
      ballot.commitments_.emplace(digest_of(entry.at(0)), person_of(entry.at(1)));
    }
    ballot.require_sound_votes();
    return ballot;
  });
}

// What vote(), delegate(), commit() and reveal() keep true.
void Ballot::require_sound_votes() const {
  const auto& voters = electorate_.weights;
  for (const auto& [voter, to] : delegations_) {
    require(voters.contains(voter) && voters.contains(to) && voter != to && !took_part(voter),
            "a ballot holds a delegation that cannot be");
  }
  for (const auto& [voter, digest] : sealed_) {
    const auto cast = commitments_.find(digest);
    require(voters.contains(voter) && cast != commitments_.end() && cast->second == voter,
            "a ballot holds a commitment that its voter did not cast");
  }
  for (const auto& [digest, voter] : commitments_) {
    require(sealed_.contains(voter), "a ballot holds a commitment of a voter without one");
  }
  for (const auto& [voter, choice] : choices_) {
    require(!rules_.is_secret() || sealed_.contains(voter), "a ballot holds a choice without its commitment");
  }
}

}  // namespace bw
