#include "state/tally.h"

#include <algorithm>

#include <rapidcheck.h>

#include "base/test_errors.h"
#include "state/test_ballots.h"

using namespace bw;
using namespace bw::testing;

namespace {

using Names = std::vector<std::string>;

const Digest seed = sha256("the root of the log at the close");

Ballot decision(BallotRules rules, PersonNumber yes, PersonNumber no, PersonNumber abstain,
                PersonNumber absent) {
  Ballot ballot("b1", std::move(rules), voters(yes + no + abstain + absent));
  PersonNumber next = 1;
  cast(ballot, next, yes, "yes");
  cast(ballot, next, no, "no");
  cast(ballot, next, abstain, "abstain");
  return ballot;
}

Outcome outcome(const BallotRules& rules, PersonNumber yes, PersonNumber no, PersonNumber abstain = 0,
                PersonNumber absent = 0) {
  return tally(decision(rules, yes, no, abstain, absent), closes).outcome;
}

Ballot approval(std::uint32_t seats, TieRule ties, const std::vector<std::pair<PersonNumber, Names>>& votes) {
  BallotRules rules = election_rules(VotingMethod::approval, {"a", "b", "c", "d"}, seats);
  rules.ties = ties;
  Ballot ballot("b1", rules, voters(100));
  PersonNumber next = 1;
  for (const auto& [people, options] : votes) cast(ballot, next, people, options);
  return ballot;
}

std::vector<std::string> counts(const Tally& tally) {
  std::vector<std::string> texts;
  for (const OptionCount& option : tally.counts) texts.push_back(option.count.text());
  return texts;
}

}  // namespace

TEST_CASE("a decision passes with more than half of yes and no; abstentions count for neither") {
  const BallotRules rules = decision_rules();
  CHECK(outcome(rules, 3, 2) == Outcome::passed);
  CHECK(outcome(rules, 2, 2) == Outcome::rejected);
  CHECK(outcome(rules, 3, 2, 90) == Outcome::passed);
  CHECK(outcome(rules, 0, 0, 5) == Outcome::rejected);
}

TEST_CASE("a supermajority is strict or not, as declared") {
  BallotRules rules = decision_rules();
  rules.threshold = {Fraction(2, 3), false};
  CHECK(outcome(rules, 2, 1) == Outcome::rejected);
  CHECK(outcome(rules, 21, 10) == Outcome::passed);
  rules.threshold.at_least = true;
  CHECK(outcome(rules, 2, 1) == Outcome::passed);
  CHECK(outcome(rules, 199, 100) == Outcome::rejected);
  rules.threshold.share = Fraction(0, 1);
  CHECK(outcome(rules, 0, 0, 1) == Outcome::rejected);
}

TEST_CASE("without its quorum nothing passes, and abstentions help to reach it") {
  BallotRules rules = decision_rules();
  rules.quorum = {Fraction(1, 4), 0};
  CHECK(outcome(rules, 24, 0, 0, 76) == Outcome::no_quorum);
  CHECK(outcome(rules, 24, 0, 1, 75) == Outcome::passed);
  rules.quorum = {Fraction(), 3};
  CHECK(outcome(rules, 2, 0, 0, 8) == Outcome::no_quorum);
  CHECK(outcome(rules, 2, 0, 1, 7) == Outcome::passed);
}

TEST_CASE("weights come with the electorate, and are counted exactly") {
  Electorate electorate;
  electorate.weights = {{1, decimal("0.1")}, {2, decimal("0.2")}, {3, decimal("0.3")}, {4, decimal("10")}};
  BallotRules rules = decision_rules(VotingMethod::weighted);
  rules.threshold = {Fraction(1, 2), true};
  Ballot ballot("b1", rules, electorate);
  CHECK_FALSE(ballot.vote(1, "yes", opens));
  CHECK_FALSE(ballot.vote(2, "yes", opens));
  CHECK_FALSE(ballot.vote(3, "no", opens));
  const Tally count = tally(ballot, closes);
  CHECK(counts(count) == Names{"0.3", "0.3", "0"});
  CHECK(count.outcome == Outcome::passed);
  CHECK(count.turnout.took_part().weight == decimal("0.6"));
  CHECK(count.turnout.electorate.weight == decimal("10.6"));
}

// https://electowiki.org/wiki/Effects_of_different_voting_systems_under_similar_circumstances, where each
// voter approves of the two nearest cities.
TEST_CASE("the approval election of Tennessee's capital elects Nashville") {
  Ballot ballot("capital",
                election_rules(VotingMethod::approval, {"chattanooga", "knoxville", "memphis", "nashville"}),
                voters(100));
  PersonNumber next = 1;
  cast(ballot, next, 42, Names{"memphis", "nashville"});
  cast(ballot, next, 26, Names{"chattanooga", "nashville"});
  cast(ballot, next, 15, Names{"chattanooga", "knoxville"});
  cast(ballot, next, 17, Names{"chattanooga", "knoxville"});
  const Tally count = tally(ballot, closes);
  CHECK(counts(count) == Names{"58", "32", "42", "68"});
  CHECK(count.winners == Names{"nashville"});
  CHECK(count.ranking == std::vector<Names>{{"nashville"}, {"chattanooga"}, {"memphis"}, {"knoxville"}});
}

// https://observablehq.com/@pcarleton/quadratic-voting: three who want T above all, seven who want anyone
// else.
TEST_CASE("a quadratic election lets seven indifferent voters outvote three determined ones") {
  Ballot ballot("b1", election_rules(VotingMethod::quadratic, {"A", "B", "C", "D", "T"}, 4),
                voters(10, Decimal(100)));
  PersonNumber next = 1;
  cast(ballot, next, 3, Json{{{"option", "T"}, {"votes", 10}}});
  Json spread = Json::array();
  for (const char* option : {"A", "B", "C", "D"}) spread.push_back({{"option", option}, {"votes", 5}});
  cast(ballot, next, 7, spread);
  const Tally count = tally(ballot, closes);
  CHECK(counts(count) == Names{"35", "35", "35", "35", "30"});
  CHECK(count.winners == Names{"A", "B", "C", "D"});
}

TEST_CASE("a tie for the last seat leaves it as it is under status_quo") {
  const Tally one = tally(approval(1, TieRule::status_quo, {{2, {"a"}}, {2, {"b"}}, {1, {"c"}}}), closes);
  CHECK(one.outcome == Outcome::tied);
  CHECK(one.winners.empty());
  REQUIRE(one.tie);
  CHECK(one.tie->options == Names{"a", "b"});
  CHECK(one.tie->seats == 1);
  CHECK_FALSE(one.tie->seed);

  const Tally two = tally(approval(2, TieRule::status_quo, {{3, {"d"}}, {2, {"a"}}, {2, {"b"}}}), closes);
  CHECK(two.outcome == Outcome::passed);
  CHECK(two.winners == Names{"d"});
}

TEST_CASE("a tie that does not touch the last seat is none") {
  const Tally count = tally(approval(2, TieRule::status_quo, {{2, {"a", "b"}}, {1, {"c", "d"}}}), closes);
  CHECK(count.winners == Names{"a", "b"});
  CHECK_FALSE(count.tie);
}

TEST_CASE("a lot is drawn in the order of the digests of seed and option") {
  const Ballot ballot = approval(2, TieRule::lot, {{3, {"d"}}, {2, {"a"}}, {2, {"b"}}, {2, {"c"}}});
  const Tally count = tally(ballot, closes, seed);
  std::vector<std::pair<Digest, std::string>> drawn;
  for (const char* option : {"a", "b", "c"})
    drawn.emplace_back(sha256(std::string(seed.view()) + option), option);
  std::sort(drawn.begin(), drawn.end());
  REQUIRE(count.tie);
  CHECK(count.winners == Names{"d", drawn[0].second});
  CHECK(count.tie->options == Names{drawn[0].second, drawn[1].second, drawn[2].second});
  CHECK(count.tie->draws == std::vector<Digest>{drawn[0].first, drawn[1].first, drawn[2].first});
  CHECK(count.tie->seats == 1);
  CHECK(error_from([&] { tally(ballot, closes); }).code() == ErrorCode::usage);
}

TEST_CASE("a Schulze tie is broken by the same lot, whichever seeds choose between B and D alone") {
  const Profile profile{{3, "ABCD"}, {2, "DABC"}, {2, "DBCA"}, {2, "CBDA"}};
  const Ballot one_seat = ranked_ballot(4, profile, 1, TieRule::lot);
  std::set<std::string> elected;
  for (int i = 0; i < 20; ++i)
    elected.insert(tally(one_seat, closes, sha256(std::to_string(i))).winners.at(0));
  CHECK(elected == std::set<std::string>{"B", "D"});
  CHECK(tally(ranked_ballot(4, profile, 2), closes).winners == Names{"B", "D"});
  CHECK(tally(ranked_ballot(4, profile, 3, TieRule::lot), closes, seed).winners.size() == 3);
}

TEST_CASE("an option that nobody supports gets no seat") {
  const Tally count = tally(approval(3, TieRule::status_quo, {{1, {"a"}}, {4, {}}}), closes);
  CHECK(count.winners == Names{"a"});
  CHECK_FALSE(count.tie);
  CHECK(tally(approval(1, TieRule::lot, {{4, {}}}), closes).outcome == Outcome::rejected);
  CHECK(tally(ranked_ballot(3, {{2, ""}}), closes).outcome == Outcome::rejected);
}

TEST_CASE("a delegate counts with the weight of all whose chains end there, and that is told") {
  BallotRules rules = decision_rules(VotingMethod::weighted);
  rules.delegation = true;
  Ballot ballot("b1", rules, voters(7, Decimal(2)));
  CHECK_FALSE(ballot.vote(1, "yes", opens));
  CHECK_FALSE(ballot.vote(2, "no", opens));
  CHECK_FALSE(ballot.delegate(3, 4, opens));
  CHECK_FALSE(ballot.delegate(4, 1, opens));
  CHECK_FALSE(ballot.delegate(5, 6, opens));
  CHECK_FALSE(ballot.delegate(6, 5, opens));
  const Tally count = tally(ballot, closes);
  CHECK(counts(count) == Names{"6", "2", "0"});
  CHECK(count.turnout.direct.people == 2);
  CHECK(count.turnout.delegated.people == 2);
  CHECK(count.turnout.took_part().weight == Decimal(8));
  REQUIRE(count.delegates.size() == 1);
  CHECK(count.delegates[0].delegate == 1);
  CHECK(count.delegates[0].share.people == 2);
  CHECK(count.delegates[0].share.weight == Decimal(4));
}

TEST_CASE("commitments that nobody opened count for the quorum, and are told apart") {
  BallotRules rules = decision_rules();
  rules.reveal_until = reveal_until;
  rules.quorum = {Fraction(1, 1), 0};
  rules.delegation = true;
  Ballot ballot("b1", rules, voters(3));
  const std::string salt(ballot_salt_bytes, 's');
  CHECK_FALSE(ballot.commit(1, commit_to_choice("b1", "did:key:a", salt, Answer::yes), opens));
  CHECK_FALSE(ballot.commit(2, commit_to_choice("b1", "did:key:b", salt, Answer::no), opens));
  CHECK_FALSE(ballot.delegate(3, 2, opens));
  CHECK_FALSE(ballot.reveal(1, "did:key:a", "yes", salt, closes));
  const Tally count = tally(ballot, reveal_until);
  CHECK(count.quorum_reached);
  CHECK(count.turnout.direct.people == 2);
  CHECK(count.turnout.unrevealed.people == 2);
  CHECK(counts(count) == Names{"1", "0", "0"});
  CHECK(count.outcome == Outcome::passed);
}

TEST_CASE("an open ballot shows how it stands, with ties left open until it has ended") {
  const Ballot ballot = approval(1, TieRule::lot, {{1, {"a"}}, {1, {"b"}}});
  const Tally interim = tally(ballot, closes - 1, seed);
  CHECK_FALSE(interim.is_final);
  CHECK(interim.outcome == Outcome::tied);
  CHECK(interim.winners.empty());
  CHECK(tally(ballot, closes, seed).is_final);
}

TEST_CASE("a tally tells everything by which it can be checked") {
  BallotRules rules = decision_rules();
  rules.quorum = {Fraction(1, 2), 2};
  CHECK(
      strict_json::text(tally(decision(rules, 2, 1, 0, 1), closes).json()) ==
      R"({"ballot":"b1","counts":[{"count":"2","option":"yes","supporters":{"people":2,"weight":"2"}},)"
      R"({"count":"1","option":"no","supporters":{"people":1,"weight":"1"}},)"
      R"({"count":"0","option":"abstain","supporters":{"people":0,"weight":"0"}}],"final":true,"outcome":"passed",)"
      R"("quorum_reached":true,"rules":{"closes":2000,"delegation":false,"may_change":false,"method":"one_person",)"
      R"("opens":1000,"quorum":{"people":2,"share":"1/2"},"threshold":{"at_least":false,"share":"1/2"}},)"
      R"("turnout":{"delegated":{"people":0,"weight":"0"},"direct":{"people":3,"weight":"3"},)"
      R"("electorate":{"people":4,"weight":"4"},"took_part":{"people":3,"weight":"3"},)"
      R"("unrevealed":{"people":0,"weight":"0"}}})");
  const Json election = tally(ranked_ballot(2, {{1, "A"}, {1, "B"}}, 1, TieRule::lot), closes, seed).json();
  for (const char* member : {"pairwise", "paths", "ranking", "tie", "winners"})
    CHECK(election.contains(member));
  CHECK(election["tie"]["seed"] == seed.hex());
}

namespace {

// What voters do in a ballot of any method, as a list that can be put into another order.
struct Act {
  PersonNumber voter;
  std::optional<PersonNumber> delegate;
  Json choice;
};

Json any_choice(VotingMethod method, const Names& options) {
  if (method == VotingMethod::one_person || method == VotingMethod::weighted) {
    return *rc::gen::element(std::string("yes"), std::string("no"), std::string("abstain"));
  }
  if (method == VotingMethod::ranked) {
    std::map<int, Names> tiers;
    for (const std::string& option : options) {
      const int tier = *rc::gen::inRange(0, 5);
      if (tier > 0) tiers[tier].push_back(option);
    }
    Json json = Json::array();
    for (const auto& [place, tier] : tiers) json.push_back(tier);
    return json;
  }
  Json json = Json::array();
  for (const std::string& option : options) {
    const int votes = *rc::gen::inRange(0, 4);
    if (votes == 0) continue;
    if (method == VotingMethod::approval) {
      json.push_back(option);
    } else {
      json.push_back({{"option", option}, {"votes", votes}});
    }
  }
  return json;
}

BallotRules any_rules() {
  const auto method =
      *rc::gen::element(VotingMethod::one_person, VotingMethod::weighted, VotingMethod::quadratic,
                        VotingMethod::approval, VotingMethod::ranked);
  BallotRules rules = decision_rules(method);
  rules.delegation = method != VotingMethod::quadratic;
  if (!rules.is_decision()) {
    rules.options = {"a", "b", "c", "d"};
    rules.seats = *rc::gen::inRange<std::uint32_t>(1, 5);
    rules.ties = TieRule::lot;
  }
  return rules;
}

constexpr PersonNumber any_people = 8;

Electorate any_electorate(VotingMethod method) {
  Electorate electorate = voters(any_people);
  if (method != VotingMethod::one_person) {
    for (auto& [voter, weight] : electorate.weights) weight = Decimal(*rc::gen::inRange(0, 30));
  }
  return electorate;
}

std::vector<Act> any_acts(const BallotRules& rules) {
  std::vector<Act> acts;
  for (PersonNumber voter = 1; voter <= any_people; ++voter) {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        break;
      case 1:
        acts.push_back({voter, *rc::gen::inRange<PersonNumber>(1, any_people + 1), nullptr});
        break;
      default:
        acts.push_back({voter, std::nullopt, any_choice(rules.method, rules.options)});
    }
  }
  return acts;
}

Ballot hold(const BallotRules& rules, const Electorate& electorate, const std::vector<Act>& acts) {
  Ballot ballot("b1", rules, electorate);
  for (const Act& act : acts) {
    // Some cost more than the voter has, or go from voters to themselves: then they are refused in any
    // order.
    (void)(act.delegate ? ballot.delegate(act.voter, *act.delegate, opens)
                        : ballot.vote(act.voter, act.choice, opens));
  }
  return ballot;
}

}  // namespace

TEST_CASE("the order of votes, and a way through JSON, change no count") {
  CHECK(rc::check("order", [] {
    const BallotRules rules = any_rules();
    const Electorate electorate = any_electorate(rules.method);
    std::vector<Act> acts = any_acts(rules);
    const Ballot ballot = hold(rules, electorate, acts);
    for (std::size_t i = acts.size(); i > 1; --i)
      std::swap(acts[i - 1], acts[*rc::gen::inRange<std::size_t>(0, i)]);
    const Json count = tally(ballot, closes, seed).json();
    RC_ASSERT(hold(rules, electorate, acts).json() == ballot.json());
    RC_ASSERT(tally(Ballot::from_json(ballot.json()), closes, seed).json() == count);
    RC_ASSERT(tally(hold(rules, electorate, acts), closes, seed).json() == count);
  }));
}

TEST_CASE("delegation neither makes weight nor loses it") {
  CHECK(rc::check("conservation", [] {
    BallotRules rules = decision_rules(VotingMethod::weighted);
    rules.delegation = true;
    const Electorate electorate = any_electorate(rules.method);
    const Ballot ballot = hold(rules, electorate, any_acts(rules));
    const Tally count = tally(ballot, closes);
    Decimal counted;
    for (const OptionCount& answer : count.counts) counted += answer.count;
    RC_ASSERT(counted == count.turnout.took_part().weight);
    Decimal delegated;
    for (const DelegatedVotes& each : count.delegates) delegated += each.share.weight;
    RC_ASSERT(delegated == count.turnout.delegated.weight);
    RC_ASSERT(counted <= count.turnout.electorate.weight);
  }));
}

TEST_CASE("there are never more winners than seats, each supported, and no seat is empty without a reason") {
  CHECK(rc::check("seats", [] {
    const BallotRules rules = any_rules();
    RC_PRE(!rules.is_decision());
    const Ballot ballot = hold(rules, any_electorate(rules.method), any_acts(rules));
    const Tally count = tally(ballot, closes, seed);
    const auto supported = static_cast<std::size_t>(
        std::count_if(count.counts.begin(), count.counts.end(),
                      [](const OptionCount& option) { return !option.count.is_zero(); }));
    RC_ASSERT(count.winners.size() == std::min<std::size_t>(rules.seats, supported));
  }));
}
