#include "stream/persons.h"

#include <algorithm>

#include "base/error.h"
#include "stream/patience.h"

namespace bw {
namespace {

const PersonKey* key_in(const Person& person, const Did& did) {
  const auto key = std::find_if(person.keys.begin(), person.keys.end(),
                                [&](const PersonKey& candidate) { return candidate.did == did; });
  return key == person.keys.end() ? nullptr : &*key;
}

// A person of one key.
Person alone(const Did& key) {
  Person person;
  person.keys.push_back({key});
  return person;
}

// Words that wait, each about a pair of keys.
using Words = std::map<std::pair<Did, Did>, Persons::Word>;

std::optional<Persons::Word> open_word(const Words& words, const std::pair<Did, Did>& about,
                                       std::int64_t now) {
  const auto word = words.find(about);
  if (word == words.end() || !is_in_time(word->second.recorded, now)) return std::nullopt;
  return word->second;
}

std::size_t open_among(const Words& words, std::int64_t now) {
  return static_cast<std::size_t>(std::count_if(
      words.begin(), words.end(), [&](const auto& word) { return is_in_time(word.second.recorded, now); }));
}

// Those whose time is over make room.
void say(Words& words, const std::pair<Did, Did>& about, const Persons::Word& word) {
  std::erase_if(words, [&](const auto& other) { return !is_in_time(other.second.recorded, word.recorded); });
  words[about] = word;
}

}  // namespace

const Person* Persons::find(const Did& key) const {
  const auto name = names_.find(key);
  return name == names_.end() ? nullptr : &persons_.at(name->second);
}

Person& Persons::record(const Did& key) {
  const auto [name, made] = names_.emplace(key, key);
  if (made) persons_.emplace(key, alone(key));
  return persons_.at(name->second);
}

Person Persons::of(const Did& key) const {
  const Person* known = find(key);
  return known != nullptr ? *known : alone(key);
}

Did Persons::name_of(const Did& key) const {
  const auto name = names_.find(key);
  return name == names_.end() ? key : name->second;
}

bool Persons::may_speak(const Did& key) const {
  const auto silences = silences_.find(key);
  return silences == silences_.end() || silences->second.back().until.has_value();
}

bool Persons::could_speak(const Did& key, std::uint64_t index) const {
  const auto silences = silences_.find(key);
  return silences == silences_.end() ||
         std::none_of(silences->second.begin(), silences->second.end(), [&](const Silence& silence) {
           return index > silence.after && (!silence.until || index <= *silence.until);
         });
}

bool Persons::is_disputed(const Did& key) const {
  const Person* person = find(key);
  return person != nullptr && person->disputed.has_value();
}

bool Persons::is_able(const Did& key) const {
  const Person* person = find(key);
  return person == nullptr || std::any_of(person->keys.begin(), person->keys.end(),
                                          [&](const PersonKey& one) { return may_speak(one.did); });
}

bool Persons::is_single(const Did& key) const {
  const Person* person = find(key);
  return person == nullptr || (person->keys.size() == 1 && may_speak(key));
}

bool Persons::is_elder(const Did& elder, const Did& key) const {
  const Person* person = find(key);
  return person != nullptr && key_in(*person, elder) < key_in(*person, key);
}

void Persons::silence(const Did& key, std::uint64_t after) {
  if (may_speak(key)) silences_[key].push_back({after});
}

void Persons::let_speak(const Did& key, std::uint64_t until) {
  if (!may_speak(key)) silences_.at(key).back().until = until;
}

void Persons::join(const Did& newcomer, const Did& person) {
  Person& theirs = record(person);
  if (const Person* own = find(newcomer)) {
    if (!theirs.recovery) theirs.recovery = own->recovery;
    persons_.erase(newcomer);
  }
  for (const PersonKey& key : theirs.keys) {
    unsay(newcomer, key.did);
    unsay(key.did, newcomer);
  }
  theirs.keys.push_back({newcomer});
  names_.insert_or_assign(newcomer, theirs.name());
}

void Persons::unsay(const Did& actor, const Did& key) {
  const auto words = links_.find(actor);
  if (words == links_.end()) return;
  words->second.erase({key, key});
  if (words->second.empty()) links_.erase(words);
}

void Persons::revoke(const Did& key, const Revocation& revocation) {
  for (PersonKey& one : record(key).keys) {
    if (one.did == key) one.revoked = revocation;
  }
  silence(key, revocation.moment.index);
}

void Persons::dispute(const Did& person, const Moment& moment) {
  Person& disputed = record(person);
  disputed.disputed = moment;
  for (const PersonKey& key : disputed.keys) silence(key.did, moment.index);
}

void Persons::settle(const Did& person, const std::vector<Did>& living, const Moment& moment) {
  Person& settled = record(person);
  settled.disputed.reset();
  for (PersonKey& key : settled.keys) {
    if (std::find(living.begin(), living.end(), key.did) != living.end()) {
      key.revoked.reset();
      let_speak(key.did, moment.index);
    } else if (!key.revoked || !key.revoked->final) {
      revoke(key.did, {moment, true});
    }
  }
}

void Persons::recover(const Did& person, const Did& key, const Moment& moment) {
  settle(person, {}, moment);
  join(key, person);
}

void Persons::set_recovery(const Did& person, const std::optional<Did>& recovery) {
  record(person).recovery = recovery;
}

std::optional<Persons::Word> Persons::link_word(const Did& actor, const Did& key, std::int64_t now) const {
  const auto words = links_.find(actor);
  return words == links_.end() ? std::nullopt : open_word(words->second, {key, key}, now);
}

std::size_t Persons::open_links(const Did& actor, std::int64_t now) const {
  const auto words = links_.find(actor);
  return words == links_.end() ? 0 : open_among(words->second, now);
}

void Persons::name(const Did& actor, const Did& key, const Word& word) {
  say(links_[actor], {key, key}, word);
}

std::set<Did> Persons::endorsers(const Did& key, const Did& person, std::int64_t now) const {
  std::set<Did> found;
  for (const auto& [endorser, words] : endorsements_) {
    if (open_word(words, {key, person}, now)) found.insert(name_of(endorser));
  }
  return found;
}

std::size_t Persons::open_endorsements(const Did& endorser, std::int64_t now) const {
  const auto words = endorsements_.find(endorser);
  return words == endorsements_.end() ? 0 : open_among(words->second, now);
}

void Persons::endorse(const Did& endorser, const Did& key, const Did& person, std::int64_t now) {
  say(endorsements_[endorser], {key, person}, {now, false});
}

void Persons::reset_clock(std::int64_t now) {
  const auto set_back = [&](std::int64_t& recorded) { recorded = std::min(recorded, now); };
  for (auto& [name, person] : persons_) {
    for (PersonKey& key : person.keys) {
      if (key.revoked) set_back(key.revoked->moment.recorded);
    }
    if (person.disputed) set_back(person.disputed->recorded);
  }
  for (auto* open : {&links_, &endorsements_}) {
    for (auto& [actor, words] : *open) {
      for (auto& [about, word] : words) set_back(word.recorded);
    }
  }
}

}  // namespace bw
