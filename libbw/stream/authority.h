#pragma once
// Authority: who may append to a stream, as the stream itself says. It is the fold of the kinds
// `world.created`, `identity.*`, `definition.adopted` and `steward.*`, interpreted here so that
// verifying needs no other fold: an append is judged by the authority before it.
//
// What needs k of n stewards is a proposal (`steward.proposed`, which carries its proposer's approval)
// and `steward.approved` events naming it; it is in force at the index of the k-th approval, if those
// who approved are still stewards then, within 30 days.
//
// Keys are joined to persons (stream/persons.h) by `identity.linked`; roles and approvals are those of
// persons. What a key that was revoked, or is disputed, says afterwards is ineffective, whatever its kind.
//
// An event of these kinds that breaks a rule stays in the log and is *ineffective*, with a reason.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/sealed_box.h"
#include "stream/event.h"
#include "stream/persons.h"
#include "stream/steward_change.h"
#include "tlog/note.h"

namespace bw {

// Signers of commits on `main` that one genesis or one adoption can name.
inline constexpr std::size_t max_definition_signers = 400;

// Cosignatures that fit into a note of 32 signatures beside the log's own.
inline constexpr std::uint32_t max_witness_quorum = 31;

struct ForkParent {
  WorldId world;
  std::uint64_t size = 0;
  Digest root;
};

struct LogKey {
  NoteVerifier verifier;
  Did owner;
  std::uint64_t from = 0;              // index of the announcement
  std::optional<std::uint64_t> until;  // index of the retirement
};

struct OpenProposal {
  EventId id;
  StewardChange change;
  std::set<Did> approvals;  // persons
  std::int64_t recorded = 0;
};

struct AdoptedDefinition {
  Digest digest;
  std::string commit;  // on `main`, 40 hex digits
  std::uint64_t index = 0;
};

// What stewards said last about time and history, and where.
struct ClockReset {
  std::int64_t recorded = 0;  // from the next entry on, the log's clock goes on from here
  std::uint64_t index = 0;
};
struct NamedRoot {
  std::uint64_t size = 0;
  Digest root;
  std::uint64_t index = 0;
};

class Authority {
public:
  // Interprets the next entry of the log. Returns why an event of these kinds, or one of a silent key, is
  // ineffective, and nothing where it took effect or is of another kind. The signature was checked before.
  std::optional<std::string> apply(const Event& event, std::uint64_t index, std::int64_t recorded);

  static bool interprets(std::string_view kind);
  // Why this actor may not do this now (what admission asks before an event enters the log).
  std::optional<std::string> objection(const Event& event, std::int64_t recorded) const;

  bool exists() const { return world_.has_value(); }
  const WorldId& world() const { return *world_; }
  const std::string& name() const { return name_; }
  const std::optional<ForkParent>& parent() const { return parent_; }
  const std::optional<std::string>& home() const { return home_; }
  std::uint32_t threshold() const { return threshold_; }
  // Names of persons, as for the other roles.
  const std::set<Did>& stewards() const { return stewards_; }
  const std::set<Did>& sequencers() const { return sequencers_; }
  const std::set<Did>& devices() const { return devices_; }
  // The keys of everyone who announced an identity: who joined. Those that were revoked stay.
  const std::set<Did>& members() const { return members_; }
  // Who cosigns checkpoints, by vkey (C2SP tlog-cosignature, Ed25519), each key under one name; and how many
  // must. None are asked for where the quorum is 0.
  const std::set<std::string>& witnesses() const { return witnesses_; }
  std::uint32_t witness_quorum() const { return witness_quorum_; }
  const std::vector<LogKey>& log_keys() const { return log_keys_; }
  // Null where no such key was announced.
  const LogKey* find_log_key(const std::string& vkey) const;
  // To whom contents can be sealed: the box key that each actor announced last, until it is retired.
  const std::map<Did, BoxKey>& box_keys() const { return box_keys_; }
  // Those of the stewards: who can read what is sealed now.
  std::vector<BoxKey> steward_box_keys() const;
  const std::map<EventId, OpenProposal>& open_proposals() const { return open_; }
  const std::optional<AdoptedDefinition>& adopted() const { return adopted_; }
  // Every key that signed, or may sign, what this world has; also those that were revoked.
  std::set<Did> known_keys() const;
  // Signers of commits on `main` that the genesis of a fork or an adoption vouched for.
  const std::set<Did>& definition_signers() const { return definition_signers_; }

  const Persons& persons() const { return persons_; }
  const std::optional<ClockReset>& clock_reset() const { return clock_reset_; }
  const std::optional<NamedRoot>& named_root() const { return named_root_; }

  // Whether this key speaks for a steward, and may append. No for a silent key.
  bool is_steward(const Did& key) const;
  bool may_append(const Did& key) const;
  // Whether the key is a steward's, also where it is silent now.
  bool is_steward_person(const Did& key) const { return stewards_.contains(persons_.name_of(key)); }
  // The same of a key that spoke at `moment`: which lost that later (by `recorded`) could still do it then.
  bool could_append(const Did& key, Timestamp moment) const;
  // Stewards who can act: persons with a key that may speak, without `except`.
  std::size_t able_stewards(const std::optional<Did>& except = {}) const;

  // All of it, for the cache of what was verified; `from_json` throws Error(invalid) or a Json::exception
  // where it is not what `json` gave.
  Json json() const;
  static Authority from_json(const Json& json);

private:
  // What an event does once it is found to be in order; judging it changes nothing.
  using Effect = std::function<void(Authority&)>;
  Result<Effect> judge(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> create(const Event& event) const;
  Result<Effect> announce(const Event& event, std::uint64_t index) const;
  Result<Effect> retire(const Event& event, std::uint64_t index) const;
  Result<Effect> adopt(const Event& event, std::uint64_t index) const;
  Result<Effect> propose(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> approve(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  std::optional<std::string> change_objection(const StewardChange& change, std::int64_t recorded) const;
  bool names_witness(const std::string& vkey) const;
  // Whether so many of those who approved are stewards now as must decide together.
  bool decided_by(const std::set<Did>& approvals) const;
  void enact(const StewardChange& change, const Moment& moment);
  void reset_clock(const StewardChange& change, const Moment& moment);
  void add_log_key(LogKey key);
  std::set<Did> appenders() const;  // keys

  // The rules of persons (authority_persons.cpp).
  std::optional<std::string> silence_of(const Event& event) const;
  Result<Effect> link(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> revoke(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> dispute(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> recover(const Event& event, std::uint64_t index, std::int64_t recorded) const;
  Result<Effect> endorse(const Event& event, std::int64_t recorded) const;
  // The recovery key among those that are announced, where it becomes the actor's.
  Result<std::optional<Did>> announced_recovery(const Json& keys, const Did& actor) const;
  std::optional<std::string> recovery_objection(const StewardChange& change, std::int64_t recorded) const;
  std::optional<std::string> settlement_objection(const StewardChange& change) const;
  bool can_join(const Did& key) const;
  bool has_role(const Did& person) const;
  bool is_member(const Did& person) const;
  void join(const Did& newcomer, const Did& person);
  void replace_keys(const Did& person, const Did& key, const Moment& moment);

  std::optional<WorldId> world_;
  std::string name_;
  std::optional<ForkParent> parent_;
  std::optional<std::string> home_;
  std::uint32_t threshold_ = 1;
  std::set<Did> stewards_, sequencers_, devices_, members_, definition_signers_;
  Persons persons_;
  std::optional<ClockReset> clock_reset_;
  std::optional<NamedRoot> named_root_;
  std::map<Did, std::int64_t> left_;  // keys that could append once → when that ended last
  std::set<std::string> witnesses_;
  std::uint32_t witness_quorum_ = 0;
  std::vector<LogKey> log_keys_;
  std::map<std::string, std::size_t> log_key_positions_;  // vkey → position in log_keys_
  std::map<Did, BoxKey> box_keys_;
  std::map<EventId, OpenProposal> open_;
  std::optional<AdoptedDefinition> adopted_;
};

// What a machine signs with its log key to prove that it holds it: names use, actor and world, so that
// nobody can announce another's key.
std::string possession_statement(std::string_view use, const Did& actor, const WorldId& world,
                                 std::string_view key);

// What an earlier recovery key signs where another shall take its place, and what it signs to let `actor`
// take the place of all keys of a person.
std::string replacement_statement(const Did& actor, const WorldId& world, const Did& recovery);
std::string recovery_statement(const Did& person, const Did& actor, const WorldId& world);

// The origin of a world's checkpoints and the name of its log keys.
std::string log_origin(const WorldId& world);

}  // namespace bw
