#include "tools/governance/governance_tool.h"

#include "base/bytes.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t hour = 3600, day = 24 * hour;

constexpr const char* rules = R"(governance: 1
procedures:
  - id: text
    title: A text
    decides: [text]
    who: members
    method: one_person
    discussion: 1d
    voting: 2d
    may_change: true
    delegation: true
  - id: secret
    title: A secret text
    decides: [text]
    who: members
    method: one_person
    voting: 2d
    reveal: 1d
  - id: definition
    title: The definition
    decides: [definition]
    who: members
    method: one_person
    quorum: {people: 3}
    threshold: {at_least: "2/3"}
    voting: 2d
  - id: choice
    title: One of several
    decides: [text]
    who: members
    proposers: stewards
    method: ranked
    ties: lot
    voting: 1d
binding: [definition]
carry_out_within: 5d
)";

struct GovernedWorld : ToldWorld {
  GovernedWorld() : ToldWorld(basic_definition, {{"governance", rules}}) {}

  const GovernanceTool& governance() const { return fold->tool<GovernanceTool>(); }
  const Proposal& at(const Event& proposal) const { return *governance().find(proposal.id); }
  Event propose(const Actor& who, const char* procedure, Json subject = nullptr, const char* kind = "text") {
    return say(who, "proposal.opened",
               {{"kind", kind}, {"procedure", procedure}, {"subject", std::move(subject)}});
  }
  void vote(const Actor& who, const Event& proposal, Json choice) {
    say(who, "vote.cast", {{"choice", std::move(choice)}, {"proposal", proposal.id.text()}});
  }
  void commit(const Actor& who, const Event& proposal, std::string_view salt, Answer answer) {
    commit(who, proposal, commit_to_choice(proposal.id.text(), who.did().text(), salt, answer));
  }
  void commit(const Actor& who, const Event& proposal, const Digest& commitment) {
    say(who, "vote.committed", {{"commitment", commitment.hex()}, {"proposal", proposal.id.text()}});
  }
  void reveal(const Actor& who, const Event& proposal, std::string_view salt, const char* choice) {
    say(who, "vote.revealed",
        {{"choice", choice}, {"proposal", proposal.id.text()}, {"salt", to_base64url(salt)}});
  }
  void wait(std::int64_t seconds) {
    now += seconds;
    fold->pass(now);
  }
};

const std::string salt_a(32, 'a'), salt_b(32, 'b');

}  // namespace

TEST_CASE("a text is discussed, voted on, and passes by more yes than no") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "text");
  CHECK(world.at(proposal).stage == Proposal::Stage::discussion);
  world.vote(world.chen, proposal, "yes");
  CHECK(world.refusal().starts_with("voting begins at"));
  world.wait(day);
  CHECK(world.at(proposal).stage == Proposal::Stage::voting);
  world.vote(world.chen, proposal, "yes");
  world.vote(world.dora, proposal, "no");
  world.vote(world.dora, proposal, "yes");  // who may change their mind
  CHECK(world.refusal().empty());
  world.wait(2 * day);
  CHECK(world.at(proposal).stage == Proposal::Stage::passed);
  CHECK(world.at(proposal).result->counts["turnout"]["took_part"]["people"] == 2);
  world.vote(world.ada, proposal, "no");
  CHECK(world.refusal().starts_with("the vote ended at"));
}

TEST_CASE("who is not in the electorate when voting begins has no vote") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "text");
  world.wait(day);
  const Actor eve = tool_test::actor('e');
  world.say(eve, "identity.announced", {{"keys", Json::array()}});
  world.vote(eve, proposal, "yes");
  CHECK(world.refusal() == "the voter is not in the electorate of this ballot");
}

TEST_CASE("a second vote, one after the close, and one on a proposal of another world are without effect") {
  GovernedWorld world;
  const Event proposal =
      world.propose(world.ben, "definition", {{"definition", std::string(64, 'a')}}, "definition");
  CHECK(world.refusal().empty());
  world.vote(world.ada, proposal, "yes");
  CHECK(world.refusal().empty());
  world.vote(world.ada, proposal, "no");
  CHECK(world.refusal() == "the voter has voted, and here the first vote is final");
  CHECK(world.at(proposal).ballot->took_part(*world.fold->people().find(world.ada.did())));
  world.wait(3 * day);
  world.vote(world.chen, proposal, "yes");
  CHECK(world.refusal().starts_with("the vote ended at "));

  ToldWorld other(basic_definition, {{"governance", rules}});
  const Event elsewhere = other.say(other.ben, "proposal.opened",
                                    {{"kind", "text"}, {"procedure", "text"}, {"subject", nullptr}});
  world.vote(world.ada, elsewhere, "yes");
  CHECK(world.refusal() == "the log has no such proposal before it");
}

TEST_CASE("two keys of one person are one vote, also when they are joined while people vote") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "text");
  world.wait(day);
  world.vote(world.chen, proposal, "yes");
  world.vote(world.dora, proposal, "no");
  world.link(world.dora, world.chen);
  world.wait(2 * day);
  CHECK(world.at(proposal).result->counts["turnout"]["electorate"]["people"] == 3);
  CHECK(world.at(proposal).result->counts["turnout"]["took_part"]["people"] == 1);
}

TEST_CASE("a delegate votes for who named them, unless they vote themselves") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "text");
  world.wait(day);
  for (const Actor* who : {&world.chen, &world.dora})
    world.say(*who, "vote.delegated", {{"proposal", proposal.id.text()}, {"to", world.ben.did().text()}});
  world.vote(world.ben, proposal, "no");
  world.vote(world.dora, proposal, "yes");
  world.wait(2 * day);
  const Json& counts = world.at(proposal).result->counts["counts"];
  CHECK(counts[0]["option"] == "yes");
  CHECK(counts[0]["count"] == "1");
  CHECK(counts[1]["count"] == "2");
}

TEST_CASE("a secret ballot counts what is revealed, and a copied commitment is refused") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "secret");
  world.commit(world.ben, proposal, salt_a, Answer::yes);
  world.commit(world.chen, proposal,
               commit_to_choice(proposal.id.text(), world.ben.did().text(), salt_a, Answer::yes));
  CHECK(world.refusal() == "another voter has cast this commitment: make one with another salt");
  world.commit(world.chen, proposal, salt_b, Answer::no);
  world.reveal(world.ben, proposal, salt_a, "yes");
  CHECK(world.refusal() == "voting has not ended: a choice revealed now would sway others");
  world.wait(2 * day);
  CHECK(world.at(proposal).stage == Proposal::Stage::revealing);
  world.reveal(world.chen, proposal, salt_b, "yes");
  CHECK(world.refusal() == "choice and salt do not open the commitment that the voter cast");
  world.reveal(world.ben, proposal, salt_a, "yes");
  world.wait(day);
  CHECK(world.at(proposal).stage == Proposal::Stage::passed);
  CHECK(world.at(proposal).result->counts["turnout"]["unrevealed"]["people"] == 1);
}

TEST_CASE("a definition that needs a vote comes into force when one has passed") {
  GovernedWorld world;
  const Digest before = world.fold->rules().digest;
  const std::string changed = std::string(basic_definition) + "summary: Changed.\n";
  world.adopt(changed, {{"governance", rules}});
  CHECK(world.refusal() == "here a definition needs a vote, and no proposal for this one has passed");
  CHECK(world.fold->rules().digest == before);

  const Digest wanted = definition_digest({{"betterworld.yaml", changed}, {"tools/governance.yaml", rules}});
  const Event proposal = world.propose(world.ben, "definition", {{"definition", wanted.hex()}}, "definition");
  for (const Actor* who : {&world.ben, &world.chen, &world.dora}) world.vote(*who, proposal, "yes");
  world.wait(2 * day);
  CHECK(world.at(proposal).stage == Proposal::Stage::passed);

  SUBCASE("in time") {
    world.adopt(changed, {{"governance", rules}});
    CHECK(world.fold->rules().digest == wanted);
    world.adopt(basic_definition, {{"governance", rules}});
    CHECK(world.fold->rules().digest == wanted);  // back needs a vote too
  }
  SUBCASE("not after its time") {
    world.wait(6 * day);
    world.adopt(changed, {{"governance", rules}});
    CHECK(world.refusal().starts_with("the proposal for this definition had to be carried out until"));
    CHECK(world.fold->rules().digest == before);
  }
}

TEST_CASE("a vote without its quorum fails whatever the counts say") {
  GovernedWorld world;
  const Event proposal =
      world.propose(world.ben, "definition", {{"definition", std::string(64, 'a')}}, "definition");
  world.vote(world.ben, proposal, "yes");
  world.vote(world.chen, proposal, "yes");
  world.wait(2 * day);
  CHECK(world.at(proposal).stage == Proposal::Stage::failed);
  CHECK(world.at(proposal).result->outcome == Outcome::no_quorum);
}

TEST_CASE("options that are tied are drawn by lot from the root of the log at the close") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ada, "choice", {{"options", {"a", "b"}}});
  CHECK(world.refusal().empty());
  world.vote(world.ada, proposal, Json::parse(R"([["a"]])"));
  world.vote(world.ben, proposal, Json::parse(R"([["b"]])"));
  std::vector<Digest> leaves;
  for (const std::string& line : world.lines) leaves.push_back(leaf_hash(line));
  world.wait(day);
  const Proposal& decided = world.at(proposal);
  CHECK(decided.stage == Proposal::Stage::passed);
  CHECK(decided.result->counts["tie"]["seed"] == root_of(leaves).hex());
  CHECK(decided.result->winners.size() == 1);
}

TEST_CASE("a proposal is refused with a reason where the rules do not have it") {
  GovernedWorld world;
  const auto refusal = [&](const Actor& who, const char* procedure, const Json& subject, const char* kind) {
    world.propose(who, procedure, subject, kind);
    return world.refusal();
  };
  CHECK(refusal(world.ben, "nothing", nullptr, "text") == "the rules have no such procedure");
  CHECK(refusal(world.ben, "text", nullptr, "spend") ==
        "the procedure \"text\" does not decide on \"spend\"");
  CHECK(refusal(world.ben, "choice", {{"options", {"a", "b"}}}, "text") == "only stewards may propose that");
  CHECK(refusal(world.ada, "choice", {{"options", {"b", "a"}}}, "text") ==
        "its subject: \"options\" are not at least two, sorted, each once");
  CHECK(refusal(world.ben, "definition", {{"definition", "x"}}, "definition") ==
        "its subject: \"definition\" is not 64 hexadecimal digits");
  CHECK(refusal(world.ben, "text", {{"a", 1}}, "text") ==
        "a text has no subject; its words stand beside the event");
  world.say(world.ben, "vote.cast", {{"choice", "yes"}, {"proposal", std::string(64, 'b')}});
  CHECK(world.refusal() == "the log has no such proposal before it");
}

TEST_CASE("a proposal is withdrawn by its proposer while it is discussed") {
  GovernedWorld world;
  const Event proposal = world.propose(world.ben, "text");
  world.say(world.chen, "proposal.withdrawn", {{"proposal", proposal.id.text()}});
  CHECK(world.refusal() == "only who opened a proposal withdraws it");
  world.say(world.ben, "proposal.withdrawn", {{"proposal", proposal.id.text()}});
  CHECK(world.at(proposal).stage == Proposal::Stage::withdrawn);
  world.wait(10 * day);
  CHECK(world.at(proposal).stage == Proposal::Stage::withdrawn);
}

TEST_CASE("proposals go on by the rules under which they were opened when governance is removed") {
  GovernedWorld world;
  const Event text = world.propose(world.ben, "text");
  const Digest without = definition_digest({{"betterworld.yaml", basic_definition}});
  const Event change = world.propose(world.ben, "definition", {{"definition", without.hex()}}, "definition");
  for (const Actor* who : {&world.ben, &world.chen, &world.dora}) world.vote(*who, change, "yes");
  world.wait(2 * day);
  world.adopt(basic_definition);
  CHECK_FALSE(world.governance().rules());
  world.vote(world.ben, text, "yes");
  CHECK(world.refusal().empty());
  world.wait(day);
  CHECK(world.at(text).stage == Proposal::Stage::passed);
}

TEST_CASE("folding on from a written state of governance gives the same state") {
  GovernedWorld world;
  const Event text = world.propose(world.ben, "text");
  const Event secret = world.propose(world.chen, "secret");
  world.commit(world.ben, secret, salt_a, Answer::yes);
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.now += 2 * day;
  world.vote(world.dora, text, "yes");
  world.reveal(world.ben, secret, salt_a, "yes");
  world.now += 2 * day;
  world.claim(world.ada, "help", "1");
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
  CHECK(resumed->tool<GovernanceTool>().find(secret.id)->stage == Proposal::Stage::passed);
}

TEST_CASE("rules of governance that cannot work are refused with their place") {
  const auto problems = [](const std::string& text) {
    std::vector<std::string> found;
    for (const Problem& each : load_definition(memory_source({{"betterworld.yaml", basic_definition},
                                                              {"tools/governance.yaml", text}}))
                                   .problems)
      found.push_back(fmt::format("{}:{}:{} {}", each.file, each.line, each.column, each.code));
    return found;
  };
  const std::string head = "governance: 1\nprocedures:\n";
  // The one problem of a procedure with these fields, and whether it stands at that word of them.
  const auto problem_at = [&](const std::string& fields, const std::string& word) {
    const std::string line = "  - {id: a, title: A, " + fields + "}";
    const auto found = problems(head + line + "\n");
    REQUIRE(found.size() == 1);
    const std::string place = fmt::format("tools/governance.yaml:3:{} ", line.find(word) + 1);
    return found[0].starts_with(place) ? found[0].substr(place.size()) : found[0];
  };
  CHECK(problems(rules).empty());
  CHECK(problem_at("decides: [text], who: members, method: weighted, voting: 1d", "weighted") == "weights");
  CHECK(problem_at("decides: [election], who: members, method: one_person, voting: 1d", "one_person") ==
        "method");
  CHECK(problem_at("decides: [text], who: everyone, method: one_person, voting: 1d", "everyone") ==
        "unknown-group");
  CHECK(problem_at("decides: [text], who: 'body:council', method: one_person, voting: 1d", "'body") ==
        "unknown-body");
  CHECK(problem_at("decides: [text], who: members, method: one_person, voting: 0d", "0d") == "no-time");
  CHECK(problem_at("decides: [text], who: members, method: one_person, voting: 1d, quorum: {share: '2/4'}",
                   "'2/4") == "share");
  CHECK(problems(head +
                 "  - {id: a, title: A, decides: [text], who: members, method: one_person, voting: 1d}\n" +
                 "binding: [definition]\n") ==
        std::vector<std::string>{"tools/governance.yaml:4:11 no-procedure"});
}

}  // namespace bw
