#pragma once
// BallotRules: how one ballot is held, as the definition in force declared it when the ballot began. They
// are fixed then and never change, so that nobody can move the goal while people vote.
//
// A *decision* (methods one_person and weighted) asks yes or no and passes by a threshold. An *election*
// (approval, quadratic, ranked) fills seats from options. Either is valid only with its quorum.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/choice.h"
#include "state/fraction.h"

namespace bw {

// How much of the electorate must take part: abstentions, delegated votes and commitments that nobody
// opened included. Both parts must be reached; a quorum of 0/1 and 0 asks for nothing.
struct Quorum {
  Fraction share;            // of the electorate's weight
  std::uint64_t people = 0;  // of the electorate
  friend bool operator==(const Quorum&, const Quorum&) = default;
};

// The share of yes among yes and no by which a decision passes. Nothing passes without any yes.
struct Threshold {
  Fraction share{1, 2};
  bool at_least = false;  // the share itself is enough; otherwise strictly more is needed
  friend bool operator==(const Threshold&, const Threshold&) = default;
};

// What happens to options that are tied where there are fewer seats than options.
//   status_quo  none of them is elected, and their seats stay as they are
//   lot         they go in the order of SHA-256(seed ‖ option id), smallest first
// The seed is 32 bytes that nobody knew while people voted: the root of the log at the close. Who writes the
// last entry before the close can try several; where that matters, choose status_quo.
enum class TieRule { status_quo, lot };
std::string_view text_of(TieRule rule);

inline constexpr std::size_t max_ballot_options = 100;
inline constexpr std::size_t max_option_id_bytes = 100;

struct BallotRules {
  VotingMethod method = VotingMethod::one_person;
  Quorum quorum;
  Threshold threshold;               // of a decision
  std::vector<std::string> options;  // of an election: ids of A-Z a-z 0-9 _ - . :, sorted, each once
  std::uint32_t seats = 1;           // of an election
  TieRule ties = TieRule::status_quo;

  bool may_change = false;  // the last vote of a voter counts; otherwise the first is final
  // Voters may give their vote to another. Not in a quadratic ballot: a budget is each voter's own, and a
  // delegate could spend what the delegator does not have.
  bool delegation = false;

  // Unix seconds of the log's clock. A vote counts from `opens` until just before `closes`.
  std::int64_t opens = 0;
  std::int64_t closes = 0;
  // Where it is given the ballot is secret: commitments are opened from `closes` until just before this.
  std::optional<std::int64_t> reveal_until;

  bool is_decision() const { return method == VotingMethod::one_person || method == VotingMethod::weighted; }
  bool is_secret() const { return reveal_until.has_value(); }
  // From when on the result is final.
  std::int64_t ends() const { return reveal_until.value_or(closes); }

  // What the method has no use for is left out.
  Json json() const;
  // Throws Error(invalid).
  static BallotRules from_json(const Json& json);

  friend bool operator==(const BallotRules&, const BallotRules&) = default;
};

// Throws Error(invalid) where the rules contradict themselves, or say what the method has no use for.
void require_sound(const BallotRules& rules);

}  // namespace bw
