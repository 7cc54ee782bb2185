// Authority's rules about persons and their keys: who joins whom, which key ends another, and what stewards
// and the recovery key settle. Nothing is decided by who was faster: whatever ends a key can be disputed by
// it, and then the stewards arbitrate. Where there are too few other stewards to do so, the elder of two
// keys decides, and above it the recovery key.

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "stream/authority.h"
#include "stream/body_reader.h"
#include "stream/patience.h"

namespace bw {
namespace {

constexpr std::size_t needed_endorsers = 2;

bool is_signed_by(const Did& key, std::string_view statement, const std::string& proof) {
  const auto bytes = from_base64url(proof);
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return false;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return verify_ed25519(key.public_key(), statement, signature);
}

std::optional<Revocation> revocation_of(const Person& person, const Did& key) {
  for (const PersonKey& one : person.keys) {
    if (one.did == key) return one.revoked;
  }
  return std::nullopt;
}

}  // namespace

std::string replacement_statement(const Did& actor, const WorldId& world, const Did& recovery) {
  return fmt::format("bw.replace.v1\n{}\n{}\n{}\n", actor.text(), world.text(), recovery.text());
}

std::string recovery_statement(const Did& person, const Did& actor, const WorldId& world) {
  return fmt::format("bw.recover.v1\n{}\n{}\n{}\n", person.text(), actor.text(), world.text());
}

bool Authority::is_steward(const Did& key) const {
  return stewards_.contains(persons_.name_of(key)) && persons_.may_speak(key);
}

bool Authority::may_append(const Did& key) const {
  const Did person = persons_.name_of(key);
  return (stewards_.contains(person) || sequencers_.contains(person)) && persons_.may_speak(key);
}

bool Authority::could_append(const Did& key, Timestamp moment) const {
  const auto left = left_.find(key);
  return may_append(key) || (left != left_.end() && moment.seconds <= left->second);
}

std::set<Did> Authority::appenders() const {
  std::set<Did> keys;
  for (const auto* persons : {&stewards_, &sequencers_}) {
    for (const Did& person : *persons) {
      for (const PersonKey& key : persons_.of(person).keys) {
        if (persons_.may_speak(key.did)) keys.insert(key.did);
      }
    }
  }
  return keys;
}

std::set<Did> Authority::known_keys() const {
  std::set<Did> keys = definition_signers_;
  for (const auto* persons : {&members_, &stewards_, &sequencers_}) {
    for (const Did& person : *persons) {
      for (const PersonKey& key : persons_.of(person).keys) keys.insert(key.did);
    }
  }
  return keys;
}

std::size_t Authority::able_stewards(const std::optional<Did>& except) const {
  return static_cast<std::size_t>(std::count_if(stewards_.begin(), stewards_.end(), [&](const Did& person) {
    return person != except && persons_.is_able(person);
  }));
}

bool Authority::has_role(const Did& person) const {
  return stewards_.contains(person) || sequencers_.contains(person) || devices_.contains(person);
}

bool Authority::is_member(const Did& person) const {
  const Person known = persons_.of(person);
  return std::any_of(known.keys.begin(), known.keys.end(),
                     [&](const PersonKey& key) { return members_.contains(key.did); });
}

bool Authority::can_join(const Did& key) const {
  return persons_.is_single(key) && !has_role(key);
}

void Authority::join(const Did& newcomer, const Did& person) {
  const bool member = is_member(newcomer) || is_member(person);
  persons_.join(newcomer, person);
  if (!member) return;
  for (const PersonKey& key : persons_.of(person).keys) members_.insert(key.did);
}

// By stewards: the old recovery key may be lost, or stolen, with the old keys.
void Authority::replace_keys(const Did& person, const Did& key, const Moment& moment) {
  const std::optional<Did> recovery = persons_.of(key).recovery;
  const bool member = is_member(person);
  persons_.recover(person, key, moment);
  persons_.set_recovery(person, recovery);
  if (member) members_.insert(key);
}

std::optional<std::string> Authority::silence_of(const Event& event) const {
  if (persons_.may_speak(event.actor) || event.kind == "identity.disputed") return std::nullopt;
  if (persons_.is_disputed(event.actor)) return "its actor's keys are disputed, until the stewards settle it";
  return "its actor's key was revoked";
}

Result<Authority::Effect> Authority::link(const Event& event, std::uint64_t index,
                                          std::int64_t recorded) const {
  const Json body = event.body();
  BodyReader reader(body);
  const Did key = reader.did("key");
  const bool ends = reader.flag("ends");
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const Did actor = event.actor;
  if (persons_.are_one(actor, key)) return Reason{"both keys are one person's already"};
  if (!persons_.may_speak(key)) return Reason{"the key that is named was revoked or is disputed"};
  if (!can_join(actor) && !can_join(key)) {
    return Reason{"neither key is free to join: a key that joins has no role and no other key"};
  }
  const auto other = persons_.link_word(key, actor, recorded);
  if (!other) {
    if (persons_.open_links(actor, recorded) >= max_open_words) return Reason{"too many links wait"};
    return Effect{[=](Authority& authority) { authority.persons_.name(actor, key, {recorded, ends}); }};
  }
  if (ends && other->ends) return Reason{"both keys would end, and none take their place"};
  // Where both could join the other, who is no member does; else who speaks now.
  const bool actor_joins = can_join(actor) && (!can_join(key) || !is_member(actor) || is_member(key));
  const Did newcomer = actor_joins ? actor : key;
  const Did person = persons_.name_of(actor_joins ? key : actor);
  if (persons_.of(person).keys.size() >= max_person_keys) return Reason{"a person has at most 64 keys"};
  const std::optional<Did> ended = ends          ? std::optional(actor)
                                   : other->ends ? std::optional(key)
                                                 : std::nullopt;
  return Effect{[=, moment = Moment{event.id, index, recorded}](Authority& authority) {
    authority.join(newcomer, person);
    if (ended) authority.persons_.revoke(*ended, {moment, false});
  }};
}

Result<Authority::Effect> Authority::revoke(const Event& event, std::uint64_t index,
                                            std::int64_t recorded) const {
  const Json body = event.body();
  BodyReader reader(body);
  const Did key = reader.did("key");
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const Person person = persons_.of(event.actor);
  if (!persons_.are_one(event.actor, key)) return Reason{"a key is revoked by a key of the same person"};
  if (revocation_of(person, key)) return Reason{"this key was revoked before"};
  const std::size_t others = able_stewards(person.name());
  const bool own = key == event.actor;
  if (!own && others < threshold_ && !persons_.is_elder(event.actor, key)) {
    return Reason{"too few other stewards could settle a dispute, so that an elder key is not revoked"};
  }
  const bool last = std::none_of(person.keys.begin(), person.keys.end(),
                                 [&](const PersonKey& other) { return other.did != key && !other.revoked; });
  if (last && stewards_.contains(person.name()) && others < threshold_ && !person.recovery) {
    return Reason{
        "nobody could decide in this world any more: it is the last key of a steward, and no "
        "recovery key was announced"};
  }
  return Effect{[key, moment = Moment{event.id, index, recorded}](Authority& authority) {
    authority.persons_.revoke(key, {moment, false});
  }};
}

Result<Authority::Effect> Authority::dispute(const Event& event, std::uint64_t index,
                                             std::int64_t recorded) const {
  const Json body = event.body();
  BodyReader reader(body);
  const EventId id{reader.digest("revocation")};
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const Person person = persons_.of(event.actor);
  const auto revocation = revocation_of(person, event.actor);
  if (!revocation || revocation->moment.event != id) return Reason{"it did not revoke the actor's key"};
  if (revocation->final) return Reason{"the stewards, or the recovery key, settled this"};
  if (!is_in_time(revocation->moment.recorded, recorded)) return Reason{"it was revoked over 30 days ago"};
  if (person.disputed) return Reason{"this person's keys are disputed already"};
  if (able_stewards(person.name()) < threshold_) {
    return Reason{"too few other stewards could settle a dispute"};
  }
  return Effect{[name = person.name(), moment = Moment{event.id, index, recorded}](Authority& authority) {
    authority.persons_.dispute(name, moment);
  }};
}

Result<Authority::Effect> Authority::recover(const Event& event, std::uint64_t index,
                                             std::int64_t recorded) const {
  const Json body = event.body();
  BodyReader reader(body);
  const Did named = reader.did("person");
  const std::string proof = reader.text("proof");
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const Person person = persons_.of(named);
  if (persons_.are_one(named, event.actor)) return Reason{"the actor is a key of this person already"};
  if (!can_join(event.actor)) return Reason{"the new key has a role, or other keys, of its own"};
  if (person.keys.size() >= max_person_keys) return Reason{"a person has at most 64 keys"};
  if (!person.recovery) return Reason{"no recovery key of this person was announced"};
  if (!is_signed_by(*person.recovery, recovery_statement(named, event.actor, world()), proof)) {
    return Reason{"the proof is not by the recovery key that was announced"};
  }
  return Effect{[name = person.name(), actor = event.actor,
                 moment = Moment{event.id, index, recorded}](Authority& authority) {
    const bool member = authority.is_member(name);
    authority.persons_.recover(name, actor, moment);
    if (member) authority.members_.insert(actor);
  }};
}

Result<Authority::Effect> Authority::endorse(const Event& event, std::int64_t recorded) const {
  const Json body = event.body();
  BodyReader reader(body);
  const Did key = reader.did("key");
  const Did person = persons_.name_of(reader.did("person"));
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const Did endorser = persons_.name_of(event.actor);
  if (!is_member(endorser) && !stewards_.contains(endorser)) {
    return Reason{"only a member endorses a new key of somebody"};
  }
  if (endorser == person || endorser == key) return Reason{"nobody endorses a key of his own"};
  if (persons_.are_one(key, person)) return Reason{"it is a key of this person already"};
  if (!can_join(key)) return Reason{"the new key has a role, or other keys, of its own"};
  if (persons_.open_endorsements(endorser, recorded) >= max_open_words) {
    return Reason{"too many endorsements of this member wait"};
  }
  return Effect{[=](Authority& authority) { authority.persons_.endorse(endorser, key, person, recorded); }};
}

Result<std::optional<Did>> Authority::announced_recovery(const Json& keys, const Did& actor) const {
  std::optional<Did> announced;
  std::optional<std::string> consent;
  for (const Json& item : keys) {
    if (item.at("use") != "recovery") continue;
    if (announced) return Reason{"a person has one recovery key"};
    announced = *Did::parse(item.at("key").get<std::string>());
    if (item.contains("consent")) consent = item.at("consent").get<std::string>();
  }
  if (!announced) return std::optional<Did>();
  const std::optional<Did> current = persons_.of(actor).recovery;
  if (!current || current == announced) {
    if (consent) return Reason{"there is no other recovery key that could consent"};
    return announced;
  }
  // Else a thief of an actor key would first of all take the way back from its owner.
  if (!consent || !is_signed_by(*current, replacement_statement(actor, world(), *announced), *consent)) {
    return Reason{"a recovery key is replaced with the consent of the one that was announced before"};
  }
  return announced;
}

std::optional<std::string> Authority::recovery_objection(const StewardChange& change,
                                                         std::int64_t recorded) const {
  const Did person = persons_.name_of(*change.person);
  if (persons_.are_one(*change.did, person)) return "it is a key of this person already";
  if (!can_join(*change.did)) return "the new key has a role, or other keys, of its own";
  if (persons_.of(person).keys.size() >= max_person_keys) return "a person has at most 64 keys";
  std::set<Did> endorsers = persons_.endorsers(*change.did, person, recorded);
  std::erase_if(endorsers, [&](const Did& endorser) { return !persons_.is_able(endorser); });
  if (endorsers.size() >= needed_endorsers) return std::nullopt;
  return fmt::format("{} of {} members who must know the new key have endorsed it", endorsers.size(),
                     needed_endorsers);
}

std::optional<std::string> Authority::settlement_objection(const StewardChange& change) const {
  const Person person = persons_.of(*change.person);
  if (!person.disputed) return "the keys of this person are not disputed";
  for (const Did& key : change.keys) {
    const auto revocation = revocation_of(person, key);
    if (!persons_.are_one(key, person.name())) return "a key that shall live is not this person's";
    if (revocation && revocation->final) return "a key that shall live was revoked for good";
  }
  return std::nullopt;
}

}  // namespace bw
