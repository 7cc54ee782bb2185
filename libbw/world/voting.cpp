#include "world/voting.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "world/kept_choice.h"
#include "world/tool_event.h"

namespace bw {
namespace {

const Proposal& require_proposal(const Fold& fold, const EventId& id) {
  if (const Proposal* proposal = fold.tool<GovernanceTool>().find(id)) return *proposal;
  throw Error(ErrorCode::invalid, fmt::format("event {} is no proposal of this world", id.short_text()),
              "bw proposal list shows them");
}

std::string require_option(const BallotRules& rules, std::string_view word) {
  if (std::binary_search(rules.options.begin(), rules.options.end(), word)) return std::string(word);
  throw Error(ErrorCode::usage, fmt::format("\"{}\" is none of the options", printable(word)),
              fmt::format("there are: {}", fmt::join(rules.options, ", ")));
}

std::vector<std::string> sorted_options(const BallotRules& rules, const std::vector<std::string>& words) {
  std::vector<std::string> options;
  for (const std::string& word : words) options.push_back(require_option(rules, word));
  std::sort(options.begin(), options.end());
  if (std::adjacent_find(options.begin(), options.end()) != options.end())
    throw Error(ErrorCode::usage, "an option is named twice", "name each once");
  return options;
}

QuadraticVotes quadratic_votes(const BallotRules& rules, const std::vector<std::string>& words) {
  QuadraticVotes choice;
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.rfind('='), word.size());
    const std::string_view digits = std::string_view(word).substr(std::min(equals + 1, word.size()));
    std::int64_t votes = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), votes);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size())
      throw Error(ErrorCode::usage, fmt::format("\"{}\" puts no votes on an option", printable(word)),
                  "write option=votes, such as garden=3");
    choice.votes.emplace_back(require_option(rules, std::string_view(word).substr(0, equals)), votes);
  }
  std::sort(choice.votes.begin(), choice.votes.end());
  return choice;
}

RankedTiers ranked_tiers(const BallotRules& rules, const std::vector<std::string>& words) {
  RankedTiers choice;
  for (const std::string& word : words) {
    std::vector<std::string> tier;
    for (const std::string_view option : split(word, ',')) tier.emplace_back(option);
    choice.tiers.push_back(sorted_options(rules, tier));
  }
  return choice;
}

Choice choice_said(const BallotRules& rules, const std::vector<std::string>& words) {
  switch (rules.method) {
    case VotingMethod::approval:
      return Approvals{sorted_options(rules, words)};
    case VotingMethod::quadratic:
      return quadratic_votes(rules, words);
    case VotingMethod::ranked:
      return ranked_tiers(rules, words);
    case VotingMethod::one_person:
    case VotingMethod::weighted:
      break;
  }
  for (const Answer answer : {Answer::yes, Answer::no, Answer::abstain})
    if (words.size() == 1 && words[0] == text_of(answer)) return answer;
  throw Error(ErrorCode::usage, "this ballot asks for one answer", "write yes, no or abstain");
}

std::optional<KeptChoice> kept_in(const Environment& environment, const World& world,
                                  const EventId& proposal) {
  return find_kept_choice(environment, world, "vote.committed", "proposal", proposal);
}

}  // namespace

Choice choice_in_words(const BallotRules& rules, const std::vector<std::string>& words) {
  Choice choice = choice_said(rules, words);
  if (const auto read = read_choice(rules.method, rules.options, json_of(choice)); !read)
    throw Error(ErrorCode::usage, "that is no choice of this ballot: " + read.reason());
  return choice;
}

std::string words_of(const Choice& choice) {
  if (const auto* answer = std::get_if<Answer>(&choice)) return std::string(text_of(*answer));
  std::vector<std::string> words;
  if (const auto* approvals = std::get_if<Approvals>(&choice)) words = approvals->options;
  if (const auto* votes = std::get_if<QuadraticVotes>(&choice)) {
    for (const auto& [option, count] : votes->votes) words.push_back(fmt::format("{}={}", option, count));
  }
  if (const auto* ranked = std::get_if<RankedTiers>(&choice)) {
    for (const auto& tier : ranked->tiers) words.push_back(fmt::format("{}", fmt::join(tier, ",")));
  }
  return fmt::format("{}", fmt::join(words, " "));
}

Event record_vote(const Environment& environment, const World& world, const Signer& signer, const EventId& id,
                  const std::vector<std::string>& words) {
  const auto state = expected_state(environment, world);
  const Proposal& proposal = require_proposal(*state, id);
  const Choice choice = choice_in_words(proposal.rules, words);
  if (!proposal.rules.is_secret()) {
    return record_tool_event(environment, world, signer, "vote.cast",
                             {{"choice", json_of(choice)}, {"proposal", id.text()}});
  }
  const std::string salt = environment.random(ballot_salt_bytes);
  const Digest commitment = commit_to_choice(id.text(), signer.did().text(), salt, choice);
  return record_tool_event(environment, world, signer, "vote.committed",
                           {{"commitment", commitment.hex()}, {"proposal", id.text()}},
                           {keep_choice({json_of(choice), to_base64url(salt)}, environment.random)});
}

Event record_revealed_vote(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id) {
  const auto kept = kept_in(environment, world, id);
  if (!kept) {
    throw Error(ErrorCode::invalid, "this journal has no commitment in that ballot",
                "a choice is revealed from the machine on which it was made");
  }
  return record_tool_event(environment, world, signer, "vote.revealed",
                           {{"choice", kept->choice}, {"proposal", id.text()}, {"salt", kept->salt}});
}

bool can_reveal_vote(const Environment& environment, const World& world, const EventId& proposal) {
  return kept_in(environment, world, proposal).has_value();
}

}  // namespace bw
