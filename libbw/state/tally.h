#pragma once
// Tally: the count of a ballot, with everything that someone needs to check it by hand: counts, turnout,
// the quorum that was needed, pairwise preferences and strongest paths, ties and how they were broken. It
// is a function of the ballot, the log's clock and the seed alone, and all of it is exact.
//
// Seats are filled from the top of the ranking, level by level. Where a level holds more options than there
// are seats left the rule for ties decides, and nobody below gets a seat.
//
// A delegate's choice counts with the weight of everyone whose chain of delegations ends there. In an
// election an option that nobody supports (approved of, put votes on, ranked) gets no seat, even where
// seats stay empty.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/ballot.h"
#include "state/schulze.h"

namespace bw {

struct VotingShare {
  std::uint64_t people = 0;
  Decimal weight;
};

struct Turnout {
  VotingShare electorate;
  VotingShare direct;     // voted, or cast a commitment
  VotingShare delegated;  // through a delegate who did
  // Of both: behind a commitment that was not opened. They took part, and their choice counts nowhere.
  VotingShare unrevealed;

  VotingShare took_part() const {
    return {direct.people + delegated.people, direct.weight + delegated.weight};
  }
};

// What a delegate votes for others, besides what is their own.
struct DelegatedVotes {
  PersonNumber delegate = 0;
  VotingShare share;
};

// A decision has yes, no and abstain; an election its options.
struct OptionCount {
  std::string option;
  Decimal count;           // weight; under quadratic, votes
  VotingShare supporters;  // who gave this answer, approve of it, put votes on it or rank it
};

// More options with equal right to the last seats than seats.
struct SeatTie {
  std::vector<std::string> options;  // by lot: in the order drawn; otherwise sorted
  std::vector<Digest> draws;         // by lot: SHA-256(seed ‖ option id) of each; otherwise none
  std::optional<Digest> seed;        // by lot
  std::size_t seats = 0;             // that were left for them
};

enum class Outcome {
  passed,     // a decision; or an election in which someone was elected
  rejected,   // a decision; or an election in which no option had support
  no_quorum,  // whatever the counts say
  tied,       // an election in which a tie left all seats empty
};
std::string_view text_of(Outcome outcome);

struct Tally {
  std::string ballot_id;
  BallotRules rules;      // by which it was counted
  bool is_final = false;  // otherwise: as if the ballot ended now
  Outcome outcome = Outcome::rejected;
  Turnout turnout;
  bool quorum_reached = false;
  std::vector<OptionCount> counts;
  std::vector<DelegatedVotes> delegates;

  // Of an election.
  std::vector<std::vector<std::string>> ranking;  // from best to worst; options of one level are tied
  std::vector<std::string> winners;               // at most as many as seats
  std::optional<SeatTie> tie;

  // Under ranked: the weight that prefers the row's option to the column's, and the strongest paths; in the
  // order of the rules' options.
  PairwiseMatrix pairwise;
  PairwiseMatrix paths;

  Json json() const;
};

// The count at `now`, by the log's clock. Before the end an open ballot gives what it would be if it ended
// now, with ties left open; a secret one throws Error(refused). `seed` is needed where a tie of a ballot
// that has ended is to be broken by lot: Error(usage) where it is missing then.
Tally tally(const Ballot& ballot, std::int64_t now, const std::optional<Digest>& seed = std::nullopt);

}  // namespace bw
