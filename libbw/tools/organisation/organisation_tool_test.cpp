#include "tools/organisation/organisation_tool.h"

#include "tools/governance/governance_tool.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

constexpr const char* rules = R"(organisation: 1
membership:
  founders: stewards
  endorsements: 1
  admitted_by: itself
  suspended_by: stewards
  expelled_by: stewards
  hearing: 7d
roles:
  - {id: teacher, title: Teacher, given_by: stewards}
bodies:
  - {id: assembly, title: Assembly, seats: 0}
  - {id: council, title: Council, seats: 2, term: 30d}
  - {id: audit, title: Audit, seats: 1, appointed_by: stewards, not_with: [council]}
powers:
  - {kinds: [proposal.opened], who: ["body:assembly"]}
skills:
  - {id: cpr, title: CPR}
)";

constexpr const char* governance = R"(governance: 1
procedures:
  - {id: council, title: Council, decides: [election], who: "body:assembly", method: approval, voting: 2d}
  - {id: own, title: Own, decides: [election], who: "body:council", proposers: "body:assembly", method: approval, voting: 2d}
  - {id: members, title: Members, decides: [admission, expulsion], who: members, method: one_person, voting: 2d}
)";

struct OrganisedWorld : ToldWorld {
  OrganisedWorld() : ToldWorld(basic_definition, {{"organisation", rules}, {"governance", governance}}) {}

  const OrganisationTool& organisation() const { return fold->tool<OrganisationTool>(); }
  PersonNumber number(const Actor& who) const { return *fold->people().find(who.did()); }
  std::string_view state(const Actor& who) const {
    const auto found = organisation().memberships().find(number(who));
    return found == organisation().memberships().end() ? "stranger" : found->second.state;
  }
  std::string tell_of(const Actor& by, const char* kind, const Actor& whom, Json more = Json::object()) {
    more["person"] = whom.did().text();
    say(by, kind, std::move(more));
    return refusal();
  }
  void join(const Actor& who) {
    say(who, "member.applied", Json::object());
    CHECK(tell_of(ada, "member.endorsed", who).empty());
  }
  Event elect(const char* procedure, std::vector<Actor> candidates, int seats) {
    std::vector<std::string> dids;
    for (const Actor& each : candidates) dids.push_back(each.did().text());
    std::sort(dids.begin(), dids.end());
    return say(ada, "proposal.opened",
               {{"kind", "election"},
                {"procedure", procedure},
                {"subject", {{"body", "council"}, {"candidates", dids}, {"seats", seats}}}});
  }
  void approve(const Actor& who, const Event& proposal, std::vector<Actor> of) {
    std::vector<std::string> dids;
    for (const Actor& each : of) dids.push_back(each.did().text());
    std::sort(dids.begin(), dids.end());
    say(who, "vote.cast", {{"choice", dids}, {"proposal", proposal.id.text()}});
    CHECK(refusal().empty());
  }
  void wait(std::int64_t seconds) {
    now += seconds;
    fold->pass(now);
  }
  bool is_in(const Actor& who, const char* group) { return fold->is_in(number(who), group); }
};

}  // namespace

TEST_CASE("who applies is endorsed and becomes a member, and may leave") {
  OrganisedWorld world;
  CHECK(world.state(world.ada) == "member");
  CHECK(world.state(world.ben) == "stranger");
  CHECK(world.tell_of(world.ada, "member.endorsed", world.ben) == "that person does not apply");
  world.say(world.ben, "member.applied", Json::object());
  CHECK(world.tell_of(world.chen, "member.endorsed", world.ben) == "only members endorse");
  CHECK(world.tell_of(world.ada, "member.endorsed", world.ben).empty());
  CHECK(world.state(world.ben) == "member");
  CHECK(world.is_in(world.ben, "members"));
  CHECK_FALSE(world.is_in(world.chen, "members"));
  world.say(world.ben, "member.left", Json::object());
  CHECK(world.state(world.ben) == "left");
  world.say(world.ben, "member.left", Json::object());
  CHECK(world.refusal() == "it is left, and cannot be left then");
}

TEST_CASE("nobody is expelled who was not suspended and heard first") {
  OrganisedWorld world;
  world.join(world.ben);
  CHECK(world.tell_of(world.ada, "member.expelled", world.ben) == "only the vote can do that");
  CHECK(world.tell_of(world.ben, "member.suspended", world.ada) == "only the suspender can do that");
  CHECK(world.tell_of(world.ada, "member.suspended", world.ben).empty());
  CHECK(world.tell_of(world.ada, "member.expelled", world.ben).starts_with("the hearing goes on until"));
  world.wait(7 * day);
  CHECK(world.tell_of(world.ada, "member.expelled", world.ben).empty());
  CHECK(world.state(world.ben) == "expelled");
  world.say(world.ben, "member.applied", Json::object());
  CHECK(world.refusal() == "it is expelled, and cannot be applied then");
}

TEST_CASE("a vote admits and expels") {
  OrganisedWorld world;
  const auto decide = [&](const char* kind) {
    const Event proposal = world.say(
        world.ada, "proposal.opened",
        {{"kind", kind}, {"procedure", "members"}, {"subject", {{"person", world.chen.did().text()}}}});
    CHECK(world.refusal().empty());
    world.say(world.ada, "vote.cast", {{"choice", "yes"}, {"proposal", proposal.id.text()}});
    world.wait(2 * day);
    CHECK(world.fold->tool<GovernanceTool>().find(proposal.id)->result->not_carried_out.empty());
  };
  decide("admission");
  CHECK(world.state(world.chen) == "member");
  decide("expulsion");
  CHECK(world.state(world.chen) == "expelled");
}

TEST_CASE("an election gives seats for a term, and a body does not elect itself") {
  OrganisedWorld world;
  world.join(world.ben);
  world.join(world.chen);
  world.elect("own", {world.ben, world.chen}, 2);
  CHECK(world.refusal() == "a body does not elect itself");
  world.elect("council", {world.ben, world.dora}, 1);
  CHECK(world.refusal().ends_with("only members take seats"));
  const Event election = world.elect("council", {world.ada, world.ben, world.chen}, 2);
  CHECK(world.refusal().empty());
  world.approve(world.ada, election, {world.ben, world.chen});
  world.approve(world.ben, election, {world.ben});
  world.approve(world.chen, election, {world.chen});
  world.wait(2 * day);
  CHECK(world.organisation().seats("council").size() == 2);
  CHECK(world.is_in(world.ben, "body:council"));
  CHECK(world.is_in(world.ada, "body:assembly"));
  CHECK_FALSE(world.is_in(world.ada, "body:council"));
  CHECK(world.tell_of(world.ada, "body.seated", world.ben, {{"body", "audit"}}) ==
        "nobody sits in audit and council at once");
  world.wait(30 * day);
  CHECK(world.organisation().seats("council").empty());
  CHECK(world.tell_of(world.ada, "body.seated", world.ben, {{"body", "audit"}}).empty());
}

TEST_CASE("seats are given by whom the rules name, and nobody takes her own") {
  OrganisedWorld world;
  world.join(world.ben);
  CHECK(world.tell_of(world.ada, "body.seated", world.ben, {{"body", "council"}}) ==
        "seats of that body are given by election");
  CHECK(world.tell_of(world.ben, "body.seated", world.ada, {{"body", "audit"}}) ==
        "seats of that body are given and taken by stewards");
  CHECK(world.tell_of(world.ada, "body.seated", world.ada, {{"body", "audit"}}) == "nobody seats herself");
  CHECK(world.tell_of(world.ada, "body.seated", world.ben, {{"body", "audit"}}).empty());
  CHECK(world.tell_of(world.ada, "body.seated", world.ben, {{"body", "audit"}}) ==
        "that person has a seat there already");
  CHECK(world.tell_of(world.ben, "body.vacated", world.ben, {{"body", "audit"}}).empty());
}

TEST_CASE("roles and skills are given and confirmed by others") {
  OrganisedWorld world;
  world.join(world.ben);
  CHECK(world.tell_of(world.ben, "role.given", world.ben, {{"role", "teacher"}}) ==
        "this role is given and taken by stewards");
  CHECK(world.tell_of(world.ada, "role.given", world.ben, {{"role", "teacher"}}).empty());
  CHECK(world.is_in(world.ben, "role:teacher"));
  CHECK(world.tell_of(world.ada, "role.taken", world.ben, {{"role", "teacher"}}).empty());
  CHECK_FALSE(world.is_in(world.ben, "role:teacher"));
  CHECK(world.tell_of(world.ada, "skill.confirmed", world.ben, {{"skill", "cpr"}}) ==
        "that person does not claim the skill");
  world.say(world.ben, "skill.claimed", {{"skill", "cpr"}});
  CHECK(world.tell_of(world.ben, "skill.confirmed", world.ben, {{"skill", "cpr"}}) ==
        "nobody confirms her own skill");
  CHECK(world.tell_of(world.ada, "skill.confirmed", world.ben, {{"skill", "cpr"}}).empty());
  CHECK(world.organisation().memberships().at(world.number(world.ben)).skills.at("cpr").size() == 1);
}

TEST_CASE("kinds of events that are a power have no effect of anyone else") {
  OrganisedWorld world;
  const Json proposal = {
      {"kind", "admission"}, {"procedure", "members"}, {"subject", {{"person", world.chen.did().text()}}}};
  world.say(world.ben, "proposal.opened", proposal);
  CHECK(world.refusal() == "here only body:assembly may say \"proposal.opened\"");
  world.join(world.ben);
  world.say(world.ben, "proposal.opened", proposal);
  CHECK(world.refusal().empty());
}

TEST_CASE("a contract is in force when both have signed, and ends by itself") {
  OrganisedWorld world;
  const Event offer = world.say(
      world.ada, "contract.offered",
      {{"terms", std::string(64, 'a')}, {"until", world.now + 10 * day}, {"with", world.ben.did().text()}});
  const auto say_of = [&](const Actor& who, const char* kind) {
    world.say(who, kind, {{"contract", offer.id.text()}});
    return world.refusal();
  };
  CHECK(say_of(world.ada, "contract.signed") == "only the partner can do that");
  CHECK(say_of(world.ben, "contract.signed").empty());
  CHECK(world.organisation().contracts().at(offer.id).state == "in force");
  world.wait(10 * day);
  CHECK(world.organisation().contracts().at(offer.id).state == "ended");
  CHECK(say_of(world.ben, "contract.ended") == "it is ended, and cannot be ended then");
}

TEST_CASE("joined keys are one member with all that both had") {
  OrganisedWorld world;
  world.join(world.ben);
  world.join(world.chen);
  CHECK(world.tell_of(world.ada, "role.given", world.chen, {{"role", "teacher"}}).empty());
  world.link(world.ben, world.chen);
  CHECK(world.is_in(world.ben, "role:teacher"));
  CHECK(world.organisation().memberships().size() == 2);
}

TEST_CASE("folding on from a written state of an organisation gives the same state") {
  OrganisedWorld world;
  world.join(world.ben);
  world.join(world.chen);
  world.tell_of(world.ada, "role.given", world.ben, {{"role", "teacher"}});
  world.tell_of(world.ada, "body.seated", world.ben, {{"body", "audit"}});
  const Event election = world.elect("council", {world.ada, world.chen}, 2);
  world.approve(world.ada, election, {world.ada, world.chen});
  world.say(world.ada, "contract.offered",
            {{"terms", std::string(64, 'a')}, {"until", nullptr}, {"with", world.ben.did().text()}});
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.now += 40 * day;
  world.claim(world.ada, "help", "1");
  world.tell_of(world.ada, "role.taken", world.ben, {{"role", "teacher"}});
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
}

TEST_CASE("rules of an organisation that cannot work are refused") {
  const auto codes = [](const std::string& text) {
    std::vector<std::string> found;
    for (const Problem& each : load_definition(memory_source({{"betterworld.yaml", basic_definition},
                                                              {"tools/organisation.yaml", text}}))
                                   .problems)
      found.push_back(each.code);
    return found;
  };
  const std::string head = "organisation: 1\nmembership: {admitted_by: stewards}\n";
  CHECK(codes(rules).empty());
  CHECK(codes(head + "bodies: [{id: a, title: A, seats: 1, appointed_by: 'body:a'}]\n") ==
        std::vector<std::string>{"own-seats"});
  CHECK(codes(head + "bodies: [{id: a, title: A, seats: 1, not_with: [a]}]\n") ==
        std::vector<std::string>{"not-with-itself"});
  CHECK(codes(head + "bodies: [{id: a, title: A, seats: 1}, {id: a, title: B, seats: 1}]\n") ==
        std::vector<std::string>{"duplicate-id"});
  CHECK(codes(head + "powers: [{kinds: [vote.cast], who: [stewards]}]\n") ==
        std::vector<std::string>{"free-kind"});
  CHECK(codes("organisation: 1\nmembership: {admitted_by: 'role:x'}\n") ==
        std::vector<std::string>{"unknown-role"});
}

}  // namespace bw
