#include "state/ballot_rules.h"

#include "base/test_errors.h"
#include "state/test_ballots.h"

using namespace bw;
using namespace bw::testing;

TEST_CASE("rules have one JSON form, which leaves out what the method has no use for") {
  CHECK(decision_rules().json().dump() ==
        R"({"closes":2000,"delegation":false,"may_change":false,"method":"one_person","opens":1000,)"
        R"("quorum":{"people":0,"share":"0/1"},"threshold":{"at_least":false,"share":"1/2"}})");
  BallotRules election = election_rules(VotingMethod::ranked, {"a", "b"}, 2);
  election.quorum = {Fraction(1, 4), 3};
  election.ties = TieRule::lot;
  election.reveal_until = reveal_until;
  CHECK(
      election.json().dump() ==
      R"({"closes":2000,"delegation":false,"may_change":false,"method":"ranked","opens":1000,)"
      R"("options":["a","b"],"quorum":{"people":3,"share":"1/4"},"reveal_until":3000,"seats":2,"ties":"lot"})");
  for (const BallotRules& rules : {decision_rules(), election}) {
    CHECK(BallotRules::from_json(rules.json()) == rules);
  }
}

TEST_CASE("rules in another form are refused") {
  const Json good = election_rules(VotingMethod::approval, {"a", "b"}).json();
  const auto refuses = [&](const char* member, const Json& value) {
    Json json = good;
    json[member] = value;
    return error_from([&] { BallotRules::from_json(json); }).code() == ErrorCode::invalid;
  };
  CHECK(refuses("method", "majority"));
  CHECK(refuses("method", 3));
  CHECK(refuses("ties", "coin"));
  CHECK(refuses("seats", -1));
  CHECK(refuses("seats", 1.0));
  CHECK(refuses("seats", 4294967297));
  CHECK(refuses("options", {"b", "a"}));
  CHECK(refuses("quorum", {{"people", 0}, {"share", "2/4"}}));
  CHECK(refuses("colour", "blue"));
  CHECK(refuses("threshold", {{"at_least", false}, {"share", "1/2"}}));
  CHECK(error_from([] { BallotRules::from_json(Json::array()); }).code() == ErrorCode::invalid);
}

TEST_CASE("rules that contradict themselves are refused with the contradiction") {
  const auto objection = [](BallotRules rules, auto change) {
    change(rules);
    return error_of([&] { require_sound(rules); });
  };
  const BallotRules decision = decision_rules();
  const BallotRules election = election_rules(VotingMethod::ranked, {"a", "b"});
  CHECK(objection(decision, [](auto&) {}).empty());
  CHECK(objection(election, [](auto&) {}).empty());
  CHECK(contains(objection(decision, [](auto& r) { r.closes = r.opens; }),
                 "voting does not open before it closes"));
  CHECK(contains(objection(decision, [](auto& r) { r.reveal_until = r.closes; }),
                 "does not end after the close"));
  CHECK(contains(objection(decision, [](auto& r) { r.options = {"a"}; }),
                 "neither options nor seats nor ties"));
  CHECK(contains(objection(election, [](auto& r) { r.options.clear(); }), "from 1 to 100 options"));
  CHECK(contains(objection(election, [](auto& r) { r.options = {"a", "b c"}; }), "the id of an option"));
  CHECK(contains(objection(election, [](auto& r) { r.options = {"a", "a"}; }), "sorted, each once"));
  CHECK(contains(objection(election, [](auto& r) { r.seats = 3; }), "from 1 seat to one for each option"));
  CHECK(contains(objection(election, [](auto& r) { r.threshold.at_least = true; }),
                 "an election has no threshold"));
  CHECK(contains(objection(election,
                           [](auto& r) {
                             r.method = VotingMethod::quadratic;
                             r.delegation = true;
                           }),
                 "cannot be delegated"));
}
