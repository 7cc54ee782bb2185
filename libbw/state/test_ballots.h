#pragma once
// Ballots for tests: short ways to hold one.

#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "state/tally.h"

namespace bw::testing {

inline constexpr std::int64_t opens = 1000;
inline constexpr std::int64_t closes = 2000;
inline constexpr std::int64_t reveal_until = 3000;

inline Decimal decimal(std::string_view text) {
  return *Decimal::parse(text);
}

inline BallotRules decision_rules(VotingMethod method = VotingMethod::one_person) {
  BallotRules rules;
  rules.method = method;
  rules.opens = opens;
  rules.closes = closes;
  return rules;
}

inline BallotRules election_rules(VotingMethod method, std::vector<std::string> options,
                                  std::uint32_t seats = 1) {
  BallotRules rules = decision_rules(method);
  rules.options = std::move(options);
  rules.seats = seats;
  return rules;
}

// Voters 1 to n, each with this weight.
inline Electorate voters(PersonNumber count, Decimal weight = Decimal(1)) {
  Electorate electorate;
  electorate.as_of = 42;
  for (PersonNumber voter = 1; voter <= count; ++voter) electorate.weights.emplace(voter, weight);
  return electorate;
}

// Options are capital letters, from the left to the right worse; those in parentheses are tied: "B(AC)D".
inline Json ranking(std::string_view text) {
  Json tiers = Json::array();
  bool in_tier = false;
  for (const char c : text) {
    if (c == '(') tiers.push_back(Json::array());
    if (c == '(' || c == ')') {
      in_tier = c == '(';
    } else if (in_tier) {
      tiers.back().push_back(std::string(1, c));
    } else {
      tiers.push_back(Json::array({std::string(1, c)}));
    }
  }
  return tiers;
}

// Casts this choice for so many voters more, from `next` on; each must be accepted.
inline void cast(Ballot& ballot, PersonNumber& next, PersonNumber people, const Json& choice) {
  for (PersonNumber end = next + people; next < end; ++next) {
    const Ballot::Refusal refusal = ballot.vote(next, choice, opens);
    REQUIRE_MESSAGE(!refusal, refusal.value_or(""));
  }
}

using Profile = std::vector<std::pair<PersonNumber, const char*>>;

// A ranked ballot over the options A, B, … with these votes.
inline Ballot ranked_ballot(std::size_t options, const Profile& profile, std::uint32_t seats = 1,
                            TieRule ties = TieRule::status_quo) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < options; ++i) ids.emplace_back(1, static_cast<char>('A' + i));
  PersonNumber people = 0;
  for (const auto& [count, text] : profile) people += count;
  BallotRules rules = election_rules(VotingMethod::ranked, ids, seats);
  rules.ties = ties;
  Ballot ballot("ranked", std::move(rules), voters(people));
  PersonNumber next = 1;
  for (const auto& [count, text] : profile) cast(ballot, next, count, ranking(text));
  return ballot;
}

}  // namespace bw::testing
