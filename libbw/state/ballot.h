#pragma once
// Ballot: one vote being held: who may take part with which weight, under which rules, and what was cast so
// far. Events are applied in the order of the log; what breaks a rule changes nothing and is refused with a
// reason, and then stays in the log as ineffective. Counting is state/tally.h.
//
// *Delegation.* A voter may name a delegate for this ballot. A vote of one's own overrides it, whichever
// came first.
//
// *Secret ballots.* While voting is open voters cast commitments; afterwards they open them. What is bound:
//
//   commitment = SHA-256 of five parts, each preceded by its length as 8 big-endian bytes:
//     "bw.ballot.v1", id of the ballot, voter (did:key), salt (32 bytes), choice (strict JSON)
//
// The voter's name makes a copied commitment worthless; it is refused besides, so that nobody can be made
// to look as if they voted alike. Before the time for opening has passed no choice leaves a secret ballot
// but for its snapshot.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "crypto/hash.h"
#include "state/ballot_rules.h"
#include "state/choice.h"
#include "state/person_number.h"

namespace bw {

// Who may vote, as of an index of the log: later changes of membership or points do not reach an open
// ballot.
struct Electorate {
  // The weight of each voter: 1 under one_person; the budget of credits under quadratic; none below zero,
  // and all together below 10^12. Who weighs nothing may vote, and counts as a person.
  std::map<PersonNumber, Decimal> weights;
  std::uint64_t as_of = 0;
};

inline constexpr std::size_t ballot_salt_bytes = 32;
inline constexpr std::size_t max_ballot_id_bytes = 100;

Digest commit_to_choice(std::string_view ballot_id, std::string_view voter_did, std::string_view salt,
                        const Choice& choice);

class Ballot {
public:
  // Nothing where the act took effect, otherwise why it did not.
  using Refusal = std::optional<std::string>;

  // Throws Error(invalid) where rules or electorate are unsound.
  Ballot(std::string id, BallotRules rules, Electorate electorate);

  // `at` is the log's clock at the entry of the act, in unix seconds.
  [[nodiscard]] Refusal vote(PersonNumber voter, const Json& choice, std::int64_t at);
  [[nodiscard]] Refusal delegate(PersonNumber voter, PersonNumber to, std::int64_t at);
  [[nodiscard]] Refusal commit(PersonNumber voter, const Digest& commitment, std::int64_t at);
  // `did` is the name under which the voter committed.
  [[nodiscard]] Refusal reveal(PersonNumber voter, std::string_view did, const Json& choice,
                               std::string_view salt, std::int64_t at);

  // A voter becomes one with another: they have one vote, that of `into` where both cast one. Where weights
  // are counted theirs are added.
  void merge(PersonNumber from, PersonNumber into);

  const std::string& id() const { return id_; }
  const BallotRules& rules() const { return rules_; }
  const Electorate& electorate() const { return electorate_; }
  Decimal total_weight() const { return total_weight_; }

  // Who voted or cast a commitment.
  bool took_part(PersonNumber voter) const { return choices_.contains(voter) || sealed_.contains(voter); }
  bool is_sealed(PersonNumber voter) const { return sealed_.contains(voter); }
  bool has_revealed(PersonNumber voter) const { return choices_.contains(voter); }
  std::set<PersonNumber> direct_voters() const;
  // Of those who did not vote themselves.
  const std::map<PersonNumber, PersonNumber>& delegations() const { return delegations_; }
  // Choices cast in the open, or opened. Throws Error(refused) for a secret ballot that has not ended at
  // `now`.
  const std::map<PersonNumber, Choice>& choices(std::int64_t now) const;

  // All of it, for a snapshot of the state. `from_json` throws Error(invalid).
  Json json() const;
  static Ballot from_json(const Json& json);

private:
  Refusal objection_to_voting(PersonNumber voter, std::int64_t at) const;
  Result<Choice> affordable_choice(PersonNumber voter, const Json& json) const;
  void require_sound_votes() const;

  std::string id_;
  BallotRules rules_;
  Electorate electorate_;
  Decimal total_weight_;

  std::map<PersonNumber, Choice> choices_;
  std::map<PersonNumber, PersonNumber> delegations_;
  std::map<PersonNumber, Digest> sealed_;       // the commitment that stands
  std::map<Digest, PersonNumber> commitments_;  // all that were ever cast
};

}  // namespace bw
