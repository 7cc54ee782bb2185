#include "state/tally.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "state/delegation.h"
#include "state/tally_methods.h"

namespace bw {
namespace {

void add(VotingShare& to, const VotingShare& more) {
  to.people += more.people;
  to.weight += more.weight;
}

// Fills in who took part, and gives each direct voter the weight that stands behind their choice.
std::map<PersonNumber, VotingShare> gather(const Ballot& ballot, Tally& tally) {
  const std::map<PersonNumber, Decimal>& weights = ballot.electorate().weights;
  Turnout& turnout = tally.turnout;
  turnout.electorate = {weights.size(), ballot.total_weight()};
  std::map<PersonNumber, VotingShare> behind;
  const std::set<PersonNumber> voters = ballot.direct_voters();
  for (const PersonNumber voter : voters) {
    const VotingShare own{1, weights.at(voter)};
    behind.emplace(voter, own);
    add(turnout.direct, own);
  }
  std::map<PersonNumber, VotingShare> given;
  for (const auto& [delegator, delegate] : follow_delegations(ballot.delegations(), voters)) {
    const VotingShare theirs{1, weights.at(delegator)};
    add(given[delegate], theirs);
    add(behind[delegate], theirs);
    add(turnout.delegated, theirs);
  }
  for (const auto& [delegate, share] : given) tally.delegates.push_back({delegate, share});
  return behind;
}

std::vector<WeighedChoice> weigh(const Ballot& ballot, std::int64_t now, Tally& tally) {
  const std::map<PersonNumber, Choice>& choices = ballot.choices(now);
  std::vector<WeighedChoice> weighed;
  for (const auto& [voter, share] : gather(ballot, tally)) {
    const auto choice = choices.find(voter);
    if (choice == choices.end()) {
      add(tally.turnout.unrevealed, share);
    } else {
      weighed.push_back({choice->second, share});
    }
  }
  return weighed;
}

bool reaches(const Quorum& quorum, const Turnout& turnout) {
  const VotingShare present = turnout.took_part();
  return present.people >= quorum.people &&
         quorum.share.compare_share(present.weight, turnout.electorate.weight) >= 0;
}

Outcome decide(const Tally& tally) {
  const Decimal yes = tally.counts[0].count;
  const Decimal no = tally.counts[1].count;
  const auto share = tally.rules.threshold.share.compare_share(yes, yes + no);
  const bool enough = tally.rules.threshold.at_least ? share >= 0 : share > 0;
  return enough && !yes.is_zero() ? Outcome::passed : Outcome::rejected;
}

// The lot: whoever has the seed and the ids draws the same.
void draw(SeatTie& tie, const Digest& seed) {
  std::vector<std::pair<Digest, std::string>> drawn;
  for (const std::string& option : tie.options)
    drawn.emplace_back(Sha256().add(seed.view()).add(option).finish(), option);
  std::sort(drawn.begin(), drawn.end());
  tie.options.clear();
  for (auto& [digest, option] : drawn) {
    tie.draws.push_back(digest);
    tie.options.push_back(std::move(option));
  }
  tie.seed = seed;
}

// Whole levels take their seats while they fit; the first that does not is a tie.
Outcome fill_seats(Tally& tally, const std::optional<Digest>& seed) {
  const auto supported = [&](const std::string& option) {
    const auto found = std::find_if(tally.counts.begin(), tally.counts.end(),
                                    [&](const OptionCount& count) { return count.option == option; });
    return found != tally.counts.end() && !found->count.is_zero();
  };
  std::size_t seats = tally.rules.seats;
  for (const std::vector<std::string>& level : tally.ranking) {
    std::vector<std::string> options;
    std::copy_if(level.begin(), level.end(), std::back_inserter(options), supported);
    if (options.size() > seats) {
      if (seats > 0) tally.tie = SeatTie{std::move(options), {}, {}, seats};
      break;
    }
    seats -= options.size();
    tally.winners.insert(tally.winners.end(), options.begin(), options.end());
  }
  if (tally.tie && tally.is_final && tally.rules.ties == TieRule::lot) {
    if (!seed) throw Error(ErrorCode::usage, "a tie is to be broken by lot, and no seed was given");
    draw(*tally.tie, *seed);
    tally.winners.insert(tally.winners.end(), tally.tie->options.begin(),
                         tally.tie->options.begin() + static_cast<std::ptrdiff_t>(tally.tie->seats));
  }
  if (!tally.winners.empty()) return Outcome::passed;
  return tally.tie ? Outcome::tied : Outcome::rejected;
}

}  // namespace

std::string_view text_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::rejected:
      return "rejected";
    case Outcome::no_quorum:
      return "no_quorum";
    case Outcome::tied:
      break;
  }
  return "tied";
}

Tally tally(const Ballot& ballot, std::int64_t now, const std::optional<Digest>& seed) {
  Tally result;
  result.ballot_id = ballot.id();
  result.rules = ballot.rules();
  result.is_final = now >= result.rules.ends();
  count_choices(weigh(ballot, now, result), result);
  result.quorum_reached = reaches(result.rules.quorum, result.turnout);
  if (!result.quorum_reached) {
    result.outcome = Outcome::no_quorum;
  } else {
    result.outcome = result.rules.is_decision() ? decide(result) : fill_seats(result, seed);
  }
  return result;
}

}  // namespace bw
