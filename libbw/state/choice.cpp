#include "state/choice.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace bw {
namespace {

using Options = std::vector<std::string>;

constexpr std::array methods{VotingMethod::one_person, VotingMethod::weighted, VotingMethod::quadratic,
                             VotingMethod::approval, VotingMethod::ranked};
constexpr std::array answers{Answer::yes, Answer::no, Answer::abstain};

// Why this is not the id of one of the options.
std::string objection(const Options& options, const Json& id) {
  if (!id.is_string()) return "an option is not named by its id";
  const auto& text = id.get_ref<const std::string&>();
  if (std::binary_search(options.begin(), options.end(), text)) return "";
  return "there is no option \"" + text + "\" in this ballot";
}

// A sorted list of options, none twice.
Result<Options> read_options(const Options& options, const Json& json) {
  if (!json.is_array()) return Reason{"options are not in a list"};
  Options found;
  for (const Json& id : json) {
    if (std::string reason = objection(options, id); !reason.empty()) return Reason{std::move(reason)};
    found.push_back(id.get<std::string>());
    if (found.size() > 1 && found[found.size() - 2] >= found.back()) {
      return Reason{"options are not sorted, each once"};
    }
  }
  return found;
}

Result<Choice> read_answer(const Json& json) {
  for (const Answer answer : answers) {
    if (json == text_of(answer)) return Choice{answer};
  }
  return Reason{"an answer is yes, no or abstain"};
}

Result<Choice> read_approvals(const Options& options, const Json& json) {
  Result<Options> approved = read_options(options, json);
  if (!approved) return Reason{approved.reason()};
  return Choice{Approvals{*std::move(approved)}};
}

Result<Choice> read_quadratic(const Options& options, const Json& json) {
  if (!json.is_array()) return Reason{"votes are not in a list"};
  QuadraticVotes choice;
  for (const Json& entry : json) {
    if (!entry.is_object() || entry.size() != 2 || !entry.contains("option") || !entry.contains("votes")) {
      return Reason{"votes on an option have the members option and votes"};
    }
    const Json& id = entry["option"];
    const Json& votes = entry["votes"];
    if (std::string reason = objection(options, id); !reason.empty()) return Reason{std::move(reason)};
    if (!votes.is_number_integer() || votes < 1 || votes > QuadraticVotes::max_votes) {
      return Reason{"votes on an option are not a whole number from 1 to a million"};
    }
    if (!choice.votes.empty() && choice.votes.back().first >= id.get_ref<const std::string&>()) {
      return Reason{"options are not sorted, each once"};
    }
    choice.votes.emplace_back(id.get<std::string>(), votes.get<std::int64_t>());
  }
  return Choice{std::move(choice)};
}

Result<Choice> read_tiers(const Options& options, const Json& json) {
  if (!json.is_array()) return Reason{"a ranking is not a list of tiers"};
  RankedTiers choice;
  std::set<std::string> ranked;
  for (const Json& entry : json) {
    Result<Options> tier = read_options(options, entry);
    if (!tier) return Reason{tier.reason()};
    if (tier->empty()) return Reason{"a tier of a ranking is empty"};
    for (const std::string& option : *tier) {
      if (!ranked.insert(option).second) return Reason{"the option \"" + option + "\" is ranked twice"};
    }
    choice.tiers.push_back(*std::move(tier));
  }
  return Choice{std::move(choice)};
}

Json json_of(const QuadraticVotes& choice) {
  Json list = Json::array();
  for (const auto& [option, votes] : choice.votes) list.push_back({{"option", option}, {"votes", votes}});
  return list;
}

}  // namespace

std::string_view text_of(VotingMethod method) {
  switch (method) {
    case VotingMethod::one_person:
      return "one_person";
    case VotingMethod::weighted:
      return "weighted";
    case VotingMethod::quadratic:
      return "quadratic";
    case VotingMethod::approval:
      return "approval";
    case VotingMethod::ranked:
      break;
  }
  return "ranked";
}

Result<VotingMethod> parse_voting_method(std::string_view text) {
  const auto* const found = std::find_if(methods.begin(), methods.end(),
                                         [&](VotingMethod method) { return text_of(method) == text; });
  if (found == methods.end()) {
    return Reason{"a voting method is one_person, weighted, quadratic, approval or ranked"};
  }
  return *found;
}

std::string_view text_of(Answer answer) {
  switch (answer) {
    case Answer::yes:
      return "yes";
    case Answer::no:
      return "no";
    case Answer::abstain:
      break;
  }
  return "abstain";
}

std::int64_t QuadraticVotes::cost() const {
  std::int64_t credits = 0;
  for (const auto& [option, count] : votes) credits += count * count;
  return credits;
}

Json json_of(const Choice& choice) {
  if (const auto* answer = std::get_if<Answer>(&choice)) return text_of(*answer);
  if (const auto* approvals = std::get_if<Approvals>(&choice)) return approvals->options;
  if (const auto* votes = std::get_if<QuadraticVotes>(&choice)) return json_of(*votes);
  return std::get<RankedTiers>(choice).tiers;
}

Result<Choice> read_choice(VotingMethod method, const Options& options, const Json& json) {
  switch (method) {
    case VotingMethod::one_person:
    case VotingMethod::weighted:
      return read_answer(json);
    case VotingMethod::quadratic:
      return read_quadratic(options, json);
    case VotingMethod::approval:
      return read_approvals(options, json);
    case VotingMethod::ranked:
      break;
  }
  return read_tiers(options, json);
}

}  // namespace bw
