#pragma once
// Choice: what one voter says in a ballot, and the methods by which choices are counted. Each method has
// one JSON form for a choice, and a choice has one text in it:
//
//   one_person, weighted   "yes", "no" or "abstain"
//   approval               the options approved of, sorted: ["a","c"]
//   quadratic              votes on options, sorted by option: [{"option":"a","votes":3}], each vote from 1
//   ranked                 tiers from best to worst, each sorted: [["b"],["a","c"]]
//
// Options of one tier are tied; one that stands in none is below all that do.
// An empty list is an abstention: it takes part, and supports nothing.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"

namespace bw {

enum class VotingMethod { one_person, weighted, quadratic, approval, ranked };
std::string_view text_of(VotingMethod method);
Result<VotingMethod> parse_voting_method(std::string_view text);

enum class Answer { yes, no, abstain };
std::string_view text_of(Answer answer);

struct Approvals {
  std::vector<std::string> options;
  friend bool operator==(const Approvals&, const Approvals&) = default;
};

struct QuadraticVotes {
  static constexpr std::int64_t max_votes = 1'000'000;  // on one option

  std::vector<std::pair<std::string, std::int64_t>> votes;
  // In credits: n votes on an option cost n².
  std::int64_t cost() const;
  friend bool operator==(const QuadraticVotes&, const QuadraticVotes&) = default;
};

struct RankedTiers {
  std::vector<std::vector<std::string>> tiers;
  friend bool operator==(const RankedTiers&, const RankedTiers&) = default;
};

using Choice = std::variant<Answer, Approvals, QuadraticVotes, RankedTiers>;

// The canonical form.
Json json_of(const Choice& choice);

// Accepts only the canonical form of the method, and only options among `options` (sorted); says why it
// refuses another.
Result<Choice> read_choice(VotingMethod method, const std::vector<std::string>& options, const Json& json);

}  // namespace bw
