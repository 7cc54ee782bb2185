#include "state/tally_methods.h"

#include <algorithm>
#include <limits>
#include <map>

namespace bw {
namespace {

void support(OptionCount& option, Decimal count, const VotingShare& share) {
  option.count += count;
  option.supporters.people += share.people;
  option.supporters.weight += share.weight;
}

std::size_t index_of(const std::vector<std::string>& options, const std::string& option) {
  return static_cast<std::size_t>(std::lower_bound(options.begin(), options.end(), option) - options.begin());
}

void count_answers(const std::vector<WeighedChoice>& choices, Tally& tally) {
  for (const Answer answer : {Answer::yes, Answer::no, Answer::abstain}) {
    tally.counts.push_back({std::string(text_of(answer)), {}, {}});
  }
  for (const WeighedChoice& each : choices) {
    support(tally.counts[static_cast<std::size_t>(std::get<Answer>(each.choice))], each.share.weight,
            each.share);
  }
}

void count_approvals(const std::vector<WeighedChoice>& choices, Tally& tally) {
  for (const WeighedChoice& each : choices) {
    for (const std::string& option : std::get<Approvals>(each.choice).options) {
      support(tally.counts[index_of(tally.rules.options, option)], each.share.weight, each.share);
    }
  }
}

void count_quadratic(const std::vector<WeighedChoice>& choices, Tally& tally) {
  for (const WeighedChoice& each : choices) {
    for (const auto& [option, votes] : std::get<QuadraticVotes>(each.choice).votes) {
      support(tally.counts[index_of(tally.rules.options, option)], Decimal(votes), each.share);
    }
  }
}

// The tier in which each option stands; the unranked share one below all others.
std::vector<std::size_t> places(const std::vector<std::string>& options, const RankedTiers& ranking) {
  std::vector<std::size_t> place(options.size(), std::numeric_limits<std::size_t>::max());
  for (std::size_t tier = 0; tier < ranking.tiers.size(); ++tier) {
    for (const std::string& option : ranking.tiers[tier]) place[index_of(options, option)] = tier;
  }
  return place;
}

// Counts rankings, and fills in the pairwise matrix. Equal rankings are put together first: people agree
// far more often than they could differ, and each ranking costs a step for every pair of options.
void count_rankings(const std::vector<WeighedChoice>& choices, Tally& tally) {
  const std::vector<std::string>& options = tally.rules.options;
  std::map<std::vector<std::size_t>, VotingShare> rankings;
  for (const WeighedChoice& each : choices) {
    VotingShare& share = rankings[places(options, std::get<RankedTiers>(each.choice))];
    share.people += each.share.people;
    share.weight += each.share.weight;
  }
  tally.pairwise.assign(options.size(), std::vector<Decimal>(options.size()));
  for (const auto& [place, share] : rankings) {
    for (std::size_t a = 0; a < options.size(); ++a) {
      if (place[a] == std::numeric_limits<std::size_t>::max()) continue;
      support(tally.counts[a], share.weight, share);
      for (std::size_t b = 0; b < options.size(); ++b) {
        if (place[a] < place[b]) tally.pairwise[a][b] += share.weight;
      }
    }
  }
}

void rank_by_paths(Tally& tally) {
  tally.paths = strongest_paths(tally.pairwise);
  for (const std::vector<std::size_t>& level : schulze_levels(tally.paths)) {
    std::vector<std::string>& names = tally.ranking.emplace_back();
    for (const std::size_t option : level) names.push_back(tally.rules.options[option]);
  }
}

void rank_by_count(Tally& tally) {
  std::map<Decimal, std::vector<std::string>, std::greater<>> levels;
  for (const OptionCount& option : tally.counts) levels[option.count].push_back(option.option);
  for (auto& [count, options] : levels) tally.ranking.push_back(std::move(options));
}

}  // namespace

void count_choices(const std::vector<WeighedChoice>& choices, Tally& tally) {
  if (tally.rules.is_decision()) {
    count_answers(choices, tally);
    return;
  }
  for (const std::string& option : tally.rules.options) tally.counts.push_back({option, {}, {}});
  if (tally.rules.method == VotingMethod::ranked) {
    count_rankings(choices, tally);
    rank_by_paths(tally);
    return;
  }
  if (tally.rules.method == VotingMethod::approval) {
    count_approvals(choices, tally);
  } else {
    count_quadratic(choices, tally);
  }
  rank_by_count(tally);
}

}  // namespace bw
