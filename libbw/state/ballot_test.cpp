#include "state/ballot.h"

#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/test_errors.h"
#include "state/test_ballots.h"

using namespace bw;
using namespace bw::testing;

namespace {

const std::string alice = "did:key:z6MkAlice";
const std::string bob = "did:key:z6MkBob";
const std::string salt(ballot_salt_bytes, 's');

Ballot open_ballot(PersonNumber people = 3) {
  return {"b1", decision_rules(), voters(people)};
}

Ballot delegating_ballot(PersonNumber people = 4) {
  BallotRules rules = decision_rules();
  rules.delegation = true;
  return {"b1", rules, voters(people)};
}

Ballot secret_ballot(bool may_change = false) {
  BallotRules rules = decision_rules();
  rules.reveal_until = reveal_until;
  rules.may_change = may_change;
  return {"b1", rules, voters(3)};
}

Digest commitment(const std::string& did, Answer answer) {
  return commit_to_choice("b1", did, salt, answer);
}

}  // namespace

TEST_CASE("a vote counts from the opening until just before the close") {
  Ballot ballot = open_ballot();
  CHECK(ballot.vote(1, "yes", opens - 1) == "voting has not begun");
  CHECK_FALSE(ballot.vote(1, "yes", opens));
  CHECK_FALSE(ballot.vote(2, "no", closes - 1));
  CHECK(ballot.vote(3, "no", closes) == "voting has ended");
  CHECK(ballot.direct_voters() == std::set<PersonNumber>{1, 2});
}

TEST_CASE("a vote by a stranger, or for what is no option, is refused and changes nothing") {
  Ballot ballot("b1", election_rules(VotingMethod::approval, {"a", "b"}), voters(2));
  const Json before = ballot.json();
  CHECK(ballot.vote(9, Json::array({"a"}), opens) == "the voter is not in the electorate of this ballot");
  CHECK(ballot.vote(1, Json::array({"z"}), opens) == "there is no option \"z\" in this ballot");
  CHECK(ballot.vote(1, "yes", opens) == "options are not in a list");
  CHECK(ballot.json() == before);
}

TEST_CASE("a second vote is refused, or takes the place of the first where the rules say so") {
  Ballot final_votes = open_ballot();
  CHECK_FALSE(final_votes.vote(1, "yes", opens));
  CHECK(final_votes.vote(1, "no", opens) == "the voter has voted, and here the first vote is final");
  CHECK(final_votes.choices(opens).at(1) == Choice(Answer::yes));

  BallotRules rules = decision_rules();
  rules.may_change = true;
  Ballot changing("b1", rules, voters(1));
  CHECK_FALSE(changing.vote(1, "yes", opens));
  CHECK_FALSE(changing.vote(1, "no", opens + 1));
  CHECK(changing.vote(1, "yes", closes) == "voting has ended");
  CHECK(changing.choices(opens).at(1) == Choice(Answer::no));
}

TEST_CASE("votes that cost more credits than the voter has are refused") {
  const BallotRules rules = election_rules(VotingMethod::quadratic, {"a", "b"});
  Ballot ballot("b1", rules, voters(1, decimal("24.5")));
  const auto votes = [](int a, int b) {
    return Json{{{"option", "a"}, {"votes", a}}, {{"option", "b"}, {"votes", b}}};
  };
  CHECK(ballot.vote(1, votes(3, 4), opens) == "these votes cost 25 credits, and the voter has 24.5");
  CHECK_FALSE(ballot.vote(1, votes(2, 4), opens));
}

TEST_CASE("a vote of one's own stands above a delegation, whichever came first") {
  Ballot vote_last = delegating_ballot();
  CHECK_FALSE(vote_last.delegate(1, 2, opens));
  CHECK(vote_last.delegations().at(1) == 2);
  CHECK_FALSE(vote_last.vote(1, "no", opens));
  CHECK(vote_last.delegations().empty());

  Ballot vote_first = delegating_ballot();
  CHECK_FALSE(vote_first.vote(1, "no", opens));
  CHECK(vote_first.delegate(1, 2, opens));
  CHECK(vote_first.json() == vote_last.json());
}

TEST_CASE("a delegation that cannot be is refused with a reason") {
  Ballot ballot = delegating_ballot();
  CHECK(ballot.delegate(1, 1, opens) == "nobody is their own delegate");
  CHECK(ballot.delegate(1, 9, opens) == "the delegate is not in the electorate of this ballot");
  CHECK(ballot.delegate(9, 1, opens) == "the voter is not in the electorate of this ballot");
  CHECK(ballot.delegate(1, 2, closes) == "voting has ended");
  CHECK_FALSE(ballot.delegate(1, 2, opens));
  CHECK(ballot.delegate(1, 3, opens) == "the voter has a delegate, and here the first one is final");
  CHECK(open_ballot().delegate(1, 2, opens) == "votes in this ballot cannot be delegated");
}

TEST_CASE("a secret choice is committed to while voting is open, and opened afterwards") {
  Ballot ballot = secret_ballot();
  CHECK(ballot.vote(1, "yes", opens) == "this ballot is secret: cast a commitment to the choice");
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::yes), opens));
  CHECK(ballot.reveal(1, alice, "yes", salt, closes - 1) ==
        "voting has not ended: a choice revealed now would sway others");
  CHECK_FALSE(ballot.reveal(1, alice, "yes", salt, closes));
  CHECK(ballot.reveal(1, alice, "yes", salt, closes) == "the voter has revealed the choice already");
  CHECK(ballot.commit(2, commitment(bob, Answer::no), closes) == "voting has ended");
  CHECK(ballot.reveal(2, bob, "no", salt, closes) == "the voter has cast no commitment in this ballot");
  CHECK(ballot.choices(reveal_until).at(1) == Choice(Answer::yes));
}

TEST_CASE("a reveal that does not open the commitment is refused") {
  Ballot ballot = secret_ballot();
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::yes), opens));
  const char* const not_it = "choice and salt do not open the commitment that the voter cast";
  CHECK(ballot.reveal(1, alice, "no", salt, closes) == not_it);
  CHECK(ballot.reveal(1, bob, "yes", salt, closes) == not_it);
  CHECK(ballot.reveal(1, alice, "yes", std::string(ballot_salt_bytes, 't'), closes) == not_it);
  CHECK(ballot.reveal(1, alice, "yes", "short", closes) == "a salt is not 32 bytes");
  CHECK(ballot.reveal(1, alice, "maybe", salt, closes) == "an answer is yes, no or abstain");
  CHECK(ballot.reveal(1, alice, "yes", salt, reveal_until) == "the time for revealing choices is over");
  CHECK(ballot.choices(reveal_until).empty());
}

TEST_CASE("a commitment that another voter cast is refused as a copy, even after they changed it") {
  Ballot ballot = secret_ballot(true);
  const char* const copied = "another voter has cast this commitment: make one with another salt";
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::yes), opens));
  CHECK(ballot.commit(2, commitment(alice, Answer::yes), opens) == copied);
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::no), opens));
  CHECK(ballot.commit(2, commitment(alice, Answer::yes), opens) == copied);
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::yes), opens));
  CHECK_FALSE(ballot.reveal(1, alice, "yes", salt, closes));
  CHECK_FALSE(ballot.took_part(2));
}

TEST_CASE("a commitment is the digest of its framed parts") {
  std::string framed;
  for (const std::string& part :
       {std::string("bw.ballot.v1"), std::string("b1"), alice, salt, std::string(R"("yes")")}) {
    framed += big_endian_64(part.size()) + part;
  }
  CHECK(commitment(alice, Answer::yes) == sha256(framed));
  CHECK(commitment(alice, Answer::yes) != commitment(bob, Answer::yes));
  CHECK(commit_to_choice("b2", alice, salt, Answer::yes) != commitment(alice, Answer::yes));
}

TEST_CASE("no choice leaves a secret ballot before the time for revealing is over") {
  Ballot ballot = secret_ballot();
  CHECK_FALSE(ballot.commit(1, commitment(alice, Answer::yes), opens));
  CHECK_FALSE(ballot.reveal(1, alice, "yes", salt, closes));
  for (const std::int64_t early : {opens, closes, reveal_until - 1}) {
    CHECK(error_from([&] { (void)ballot.choices(early); }).code() == ErrorCode::refused);
    CHECK(error_from([&] { tally(ballot, early); }).code() == ErrorCode::refused);
  }
  CHECK(tally(ballot, reveal_until).outcome == Outcome::passed);
}

TEST_CASE("an unsound electorate or id is refused") {
  const auto refused = [](std::string id, Electorate electorate) {
    return error_of([&] { Ballot(std::move(id), decision_rules(), std::move(electorate)); });
  };
  CHECK(contains(refused("b1", voters(2, Decimal(2))), "another weight than 1"));
  CHECK(contains(refused("b1", voters(2, Decimal(-1))), "below zero"));
  CHECK(contains(refused("", voters(2)), "the id of a ballot"));
  CHECK(contains(refused("\xff", voters(2)), "the id of a ballot"));
  CHECK(contains(error_of([] {
                   Ballot("b1", decision_rules(VotingMethod::weighted), voters(2, Decimal(500'000'000'000)));
                 }),
                 "reach 10^12"));
}

TEST_CASE("a ballot is the same after its JSON was read") {
  Ballot delegating = delegating_ballot();
  CHECK_FALSE(delegating.vote(1, "abstain", opens));
  CHECK_FALSE(delegating.delegate(2, 3, opens));
  Ballot secret = secret_ballot(true);
  CHECK_FALSE(secret.commit(2, commitment(bob, Answer::no), opens));
  CHECK_FALSE(secret.commit(1, commitment(alice, Answer::yes), opens));
  CHECK_FALSE(secret.commit(1, commitment(alice, Answer::no), opens));
  CHECK_FALSE(secret.reveal(1, alice, "no", salt, closes));
  Ballot election("b1", election_rules(VotingMethod::ranked, {"A", "B", "C"}), voters(2));
  CHECK_FALSE(election.vote(2, ranking("C(AB)"), opens));
  for (const Ballot& ballot : {delegating, secret, election}) {
    const std::string text = strict_json::text(ballot.json());
    CHECK(strict_json::text(Ballot::from_json(*strict_json::parse(text)).json()) == text);
  }
}

TEST_CASE("a JSON that no ballot wrote is refused as invalid") {
  Ballot ballot = delegating_ballot();
  CHECK_FALSE(ballot.vote(1, "yes", opens));
  CHECK_FALSE(ballot.delegate(2, 3, opens));
  const auto refuses = [](Json json, const char* pointer, const Json& value) {
    json[Json::json_pointer(pointer)] = value;
    return error_from([&] { Ballot::from_json(json); }).code() == ErrorCode::invalid;
  };
  const Json good = ballot.json();
  CHECK(refuses(good, "/choices/0/0", 9));
  CHECK(refuses(good, "/choices/0/1", "maybe"));
  CHECK(refuses(good, "/choices/0", Json::array({1})));
  CHECK(refuses(good, "/delegations/0", Json::array({1, 2})));
  CHECK(refuses(good, "/delegations/0", Json::array({2, 2})));
  CHECK(refuses(good, "/electorate/weights/0/1", "1.0"));
  CHECK(refuses(good, "/electorate/weights/0/0", 3));
  CHECK(refuses(good, "/electorate/as_of", -1));
  CHECK(refuses(good, "/electorate/as_of", 42.0));
  CHECK(refuses(good, "/sealed", Json::array()));
  CHECK(refuses(good, "/id", 7));
  CHECK(error_from([] { Ballot::from_json("ballot"); }).code() == ErrorCode::invalid);

  Ballot secret = secret_ballot();
  CHECK_FALSE(secret.commit(1, commitment(alice, Answer::yes), opens));
  CHECK(refuses(secret.json(), "/sealed/0/0", 2));
  CHECK(refuses(secret.json(), "/commitments/0/0", "abc"));
  CHECK(refuses(secret.json(), "/choices", Json::array({{2, "yes"}})));
}
