#include <rapidcheck.h>

#include "stream/test_authority.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor phone = actor('p');
const Actor tablet = actor('t');
const Actor thief = actor('x');

// A world in which somebody's keys are linked, revoked and disputed.
struct Story : History {
  explicit Story(History from) : History(std::move(from)) {}

  std::string link(const Actor& one, const Actor& other) {
    return take(one, "identity.linked", {{"key", other.did().text()}});
  }
  void join(const Actor& one, const Actor& newcomer) {
    REQUIRE(link(one, newcomer).empty());
    REQUIRE(link(newcomer, one).empty());
  }
  std::string revoke(const Actor& by, const Actor& key) {
    revocation = make_event(by, world, "identity.revoked", {{"key", key.did().text()}});
    return take(*revocation);
  }
  std::string dispute(const Actor& by) {
    return take(by, "identity.disputed", {{"revocation", revocation->id.text()}});
  }
  std::string log(const Actor& by) { return take(by, "behaviour.logged", logged_body()); }
  bool may_speak(const Actor& key) const { return authority.persons().may_speak(key.did()); }

  std::optional<Event> revocation;
};

StewardChange settlement(const Actor& person, const std::vector<Actor>& living) {
  StewardChange change{.act = Act::settle_person, .did = {}, .witness = {}, .number = 0, .home = {}};
  change.person = person.did();
  for (const Actor& key : living) change.keys.push_back(key.did());
  return change;
}

StewardChange recovery_by_stewards(const Actor& person, const Actor& key) {
  StewardChange change{.act = Act::recover_actor, .did = key.did(), .witness = {}, .number = 0, .home = {}};
  change.person = person.did();
  return change;
}

const SecretKey paper(std::string(32, 'R'));

Json announced_recovery(const Actor& by, const SecretKey& recovery, const SecretKey* consenting = nullptr) {
  const std::string key = recovery.did().text();
  Json item = {{"key", key},
               {"proof", text_of(recovery.sign(possession_statement("recovery", by.did(), world, key)))},
               {"use", "recovery"}};
  if (consenting != nullptr) {
    item["consent"] = text_of(consenting->sign(replacement_statement(by.did(), world, recovery.did())));
  }
  return {{"keys", {item}}};
}

Json recovered(const Actor& person, const Actor& key, const SecretKey& recovery) {
  return {{"person", person.did().text()},
          {"proof", text_of(recovery.sign(recovery_statement(person.did(), key.did(), world)))}};
}

}  // namespace

// ── linking ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a phone that both sides name acts as its steward, from the second word on") {
  Story story(started());
  CHECK(story.link(ada, phone).empty());
  CHECK_FALSE(story.authority.is_steward(phone.did()));
  CHECK(story.link(phone, ada).empty());
  CHECK(story.authority.is_steward(phone.did()));
  CHECK(story.authority.may_append(phone.did()));
  CHECK(story.authority.persons().name_of(phone.did()) == ada.did());
  CHECK(story.authority.stewards() == std::set<Did>{ada.did()});
  CHECK(story.authority.members().contains(phone.did()));
  CHECK(story.propose(phone, change_of(Act::add_steward, ben)).empty());
  CHECK(story.authority.is_steward(ben.did()));
  CHECK(contains(story.propose(ada, change_of(Act::add_steward, phone)), "a steward already"));
}

TEST_CASE("either side may speak first, and one side alone joins nobody") {
  Story story(started());
  CHECK(story.link(phone, ada).empty());
  CHECK(story.link(phone, ada).empty());
  CHECK_FALSE(story.authority.is_steward(phone.did()));
  CHECK(story.link(ada, phone).empty());
  CHECK(story.authority.is_steward(phone.did()));
  CHECK(contains(story.link(ada, phone), "one person's already"));
  CHECK(contains(story.link(ada, ada), "one person's already"));
}

TEST_CASE("the word of one side waits for thirty days") {
  Story story(started());
  REQUIRE(story.link(phone, ada).empty());
  story.now += 30 * day + 1;
  CHECK(story.link(ada, phone).empty());
  CHECK_FALSE(story.authority.is_steward(phone.did()));
  story.now += 30 * day;
  CHECK(story.link(phone, ada).empty());
  CHECK(story.authority.is_steward(phone.did()));
}

TEST_CASE("two keys of a person are one vote") {
  Story story(two_of_three());
  story.join(ada, phone);
  REQUIRE(story.propose(ada, change_of(Act::add_steward, dan)).empty());
  CHECK(contains(story.approve(phone), "approved it before"));
  CHECK_FALSE(story.authority.is_steward(dan.did()));
  CHECK(story.approve(ben).empty());
  CHECK(story.authority.is_steward(dan.did()));
}

TEST_CASE("a link neither makes two stewards one nor gives away what a key has") {
  Story story(two_of_three());
  CHECK(contains(story.link(ada, ben), "neither key is free"));
  story.join(dan, phone);
  story.join(actor('e'), tablet);
  CHECK(contains(story.link(phone, tablet), "neither key is free"));
  // A key with others of its own joins nobody, but a single one may join it.
  CHECK(contains(story.link(ada, phone), "neither key is free"));
  REQUIRE(story.propose(ada, change_of(Act::add_sequencer, actor('q'))).empty());
  REQUIRE(story.approve(ben).empty());
  CHECK(contains(story.link(ada, actor('q')), "neither key is free"));
  CHECK(story.link(actor('q'), actor('r')).empty());
}

TEST_CASE("of two plain members the one who speaks last joins, and a stranger joins a member") {
  Story story(started());
  for (const Actor& who : {ben, cleo})
    REQUIRE(story.take(who, "identity.announced", {{"keys", Json::array()}}).empty());
  story.join(ben, cleo);
  CHECK(story.authority.persons().name_of(cleo.did()) == ben.did());
  REQUIRE(story.link(phone, dan).empty());
  REQUIRE(story.take(dan, "identity.announced", {{"keys", Json::array()}}).empty());
  REQUIRE(story.link(dan, phone).empty());
  CHECK(story.authority.persons().name_of(phone.did()) == dan.did());
}

TEST_CASE("a flood of links by one key ends, and a person has at most 64 keys") {
  Story story(started());
  for (char letter = 'A'; letter < 'A' + 16; ++letter) REQUIRE(story.link(thief, actor(letter)).empty());
  CHECK(contains(story.link(thief, ada), "too many links"));
  story.now += 31 * day;
  CHECK(story.link(thief, ada).empty());
  for (int i = 1; i < 64; ++i) story.join(ada, actor(static_cast<char>(128 + i)));
  CHECK(story.link(ada, phone).empty());
  CHECK(contains(story.link(phone, ada), "at most 64 keys"));
}

TEST_CASE("a role is given to a person and taken from her, by whatever key she is named") {
  Story story(two_of_three());
  story.join(cleo, phone);
  REQUIRE(story.propose(ada, change_of(Act::remove_steward, phone)).empty());
  REQUIRE(story.approve(ben).empty());
  CHECK_FALSE(story.authority.is_steward(cleo.did()));
  CHECK_FALSE(story.authority.is_steward(phone.did()));
  CHECK(story.authority.could_append(phone.did(), {story.now}));
  CHECK_FALSE(story.authority.could_append(phone.did(), {story.now + 1}));
}

TEST_CASE("a log key of an earlier key is retired by the person") {
  Story story(started());
  const NoteSigner key = NoteSigner::generate(log_origin(world), counting_random());
  REQUIRE(story.take(ada, "identity.announced", announced_log_key(key, ada, world)).empty());
  const Json retired = {{"keys", {key.verifier().vkey()}}};
  CHECK(contains(story.take(phone, "identity.retired", retired), "by the person"));
  story.join(ada, phone);
  CHECK(story.take(phone, "identity.retired", retired).empty());
  CHECK(story.authority.find_log_key(key.verifier().vkey())->until);
}

// ── revoking ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("what a revoked key says later changes nothing, and what it said before stands") {
  Story story(two_of_three());
  story.join(ada, phone);
  REQUIRE(story.propose(phone, change_of(Act::add_steward, dan)).empty());
  const Event before = *story.last;
  const std::uint64_t at = story.index;
  REQUIRE(story.revoke(ada, phone).empty());
  CHECK(contains(story.log(phone), "revoked"));
  CHECK(contains(story.propose(phone, change_of(Act::set_threshold, 1)), "revoked"));
  CHECK(contains(story.take(phone, "identity.announced", {{"keys", Json::array()}}), "revoked"));
  CHECK(contains(story.link(phone, tablet), "revoked"));
  CHECK(contains(story.link(tablet, phone), "revoked"));
  CHECK_FALSE(story.authority.may_append(phone.did()));
  CHECK(story.authority.could_append(phone.did(), {story.now}));
  CHECK(story.authority.persons().could_speak(phone.did(), at));
  CHECK_FALSE(story.authority.persons().could_speak(phone.did(), at + 1));
  CHECK(story.log(ada).empty());
  story.last = before;
  CHECK(story.approve(ben).empty());
  CHECK(story.authority.is_steward(dan.did()));
}

TEST_CASE("a key is revoked by its person alone, and once") {
  Story story(two_of_three());
  story.join(ada, phone);
  CHECK(contains(story.revoke(ben, phone), "by a key of the same person"));
  CHECK(contains(story.revoke(thief, ada), "by a key of the same person"));
  CHECK(story.revoke(phone, phone).empty());
  CHECK(contains(story.revoke(ada, phone), "revoked before"));
  CHECK_FALSE(story.take(ada, "identity.revoked", {{"key", 5}}).empty());
  CHECK_FALSE(story.take(ada, "identity.revoked", Json::object()).empty());
}

TEST_CASE("a key that was rotated leaves its standing to the next") {
  Story story(started());
  story.join(ada, phone);
  CHECK(story.revoke(phone, ada).size() > 0);  // nobody could settle it, and the elder decides
  CHECK(story.revoke(ada, ada).empty());
  CHECK(story.authority.is_steward(phone.did()));
  CHECK_FALSE(story.authority.is_steward(ada.did()));
  CHECK(story.authority.stewards() == std::set<Did>{ada.did()});
  CHECK(story.propose(phone, change_of(Act::add_steward, ben)).empty());
  // From now on Ben could settle a dispute.
  story.join(phone, tablet);
  CHECK(story.revoke(tablet, phone).empty());
}

TEST_CASE("a key that names its successor ends when that one answers, whoever speaks first") {
  const auto successor = [](const Actor& of) { return Json{{"ends", true}, {"key", of.did().text()}}; };
  for (const bool elder_first : {true, false}) {
    Story story(started());
    if (elder_first) {
      REQUIRE(story.take(ada, "identity.linked", successor(phone)).empty());
      CHECK(story.authority.is_steward(ada.did()));
      REQUIRE(story.link(phone, ada).empty());
    } else {
      REQUIRE(story.link(phone, ada).empty());
      REQUIRE(story.take(ada, "identity.linked", successor(phone)).empty());
    }
    CHECK(story.authority.is_steward(phone.did()));
    CHECK(contains(story.log(ada), "revoked"));
    CHECK(contains(story.revoke(phone, ada), "revoked before"));
  }
  Story story(started());
  REQUIRE(story.take(ada, "identity.linked", successor(phone)).empty());
  CHECK(contains(story.take(phone, "identity.linked", successor(ada)), "both keys would end"));
  CHECK_FALSE(story.take(phone, "identity.linked", {{"ends", false}, {"key", ada.did().text()}}).empty());
}

TEST_CASE("a thief who rotates a stolen key away from its owner is disputed like any other") {
  Story story(two_of_three());
  REQUIRE(story.take(cleo, "identity.linked", {{"ends", true}, {"key", thief.did().text()}}).empty());
  story.revocation = make_event(thief, world, "identity.linked", {{"key", cleo.did().text()}});
  REQUIRE(story.take(*story.revocation).empty());
  CHECK(story.authority.is_steward(thief.did()));
  CHECK(story.dispute(cleo).empty());
  CHECK_FALSE(story.authority.is_steward(thief.did()));
}

TEST_CASE("the last key of a steward without whom nobody could decide is not revoked") {
  Story story(started());
  CHECK(contains(story.revoke(ada, ada), "nobody could decide"));
  REQUIRE(story.take(ada, "identity.announced", announced_recovery(ada, paper)).empty());
  CHECK(story.revoke(ada, ada).empty());
  CHECK(story.authority.able_stewards() == 0);
  CHECK(story.take(phone, "identity.recovered", recovered(ada, phone, paper)).empty());
  CHECK(story.authority.is_steward(phone.did()));

  Story three(two_of_three());
  CHECK(three.revoke(cleo, cleo).empty());
  CHECK(contains(three.revoke(ben, ben), "nobody could decide"));
  CHECK(contains(three.propose(ada, change_of(Act::set_threshold, 3)), "threshold"));
  CHECK(contains(three.propose(ada, change_of(Act::remove_steward, ben)), "fewer stewards"));
  CHECK(three.propose(ada, change_of(Act::remove_steward, cleo)).empty());
}

// ── thief against owner ────────────────────────────────────────────────────────────────────────────

TEST_CASE("a thief who links a key of his own and revokes the owner's is stopped by her dispute") {
  Story story(two_of_three());
  story.join(cleo, thief);  // with Cleo's stolen key
  REQUIRE(story.revoke(thief, cleo).empty());
  CHECK(story.authority.is_steward(thief.did()));
  CHECK(story.dispute(cleo).empty());
  CHECK_FALSE(story.authority.is_steward(thief.did()));
  CHECK_FALSE(story.authority.may_append(cleo.did()));
  CHECK(contains(story.log(thief), "disputed"));
  CHECK(contains(story.log(cleo), "disputed"));
  REQUIRE(story.propose(ada, settlement(cleo, {cleo})).empty());
  REQUIRE(story.approve(ben).empty());
  CHECK(story.authority.is_steward(cleo.did()));
  CHECK(contains(story.log(thief), "revoked"));
  CHECK(contains(story.dispute(thief), "did not revoke"));
  CHECK(story.log(cleo).empty());
}

TEST_CASE("a thief who is revoked may dispute it once, and the stewards leave it at that") {
  Story story(two_of_three());
  story.join(cleo, phone);
  REQUIRE(story.revoke(cleo, phone).empty());  // it was stolen
  CHECK(story.dispute(phone).empty());
  CHECK_FALSE(story.may_speak(cleo));
  CHECK(contains(story.dispute(phone), "disputed already"));
  REQUIRE(story.propose(ada, settlement(phone, {cleo})).empty());
  REQUIRE(story.approve(ben).empty());
  CHECK(story.may_speak(cleo));
  CHECK(contains(story.dispute(phone), "did not revoke"));
}

TEST_CASE("a dispute silences every key of the person, also one that a thief linked beforehand") {
  Story story(two_of_three());
  story.join(cleo, thief);
  story.join(thief, tablet);
  REQUIRE(story.revoke(cleo, cleo).empty());  // by the thief, with the owner's own key
  REQUIRE(story.dispute(cleo).empty());
  CHECK_FALSE(story.may_speak(thief));
  CHECK_FALSE(story.may_speak(tablet));
  CHECK(story.authority.able_stewards() == 2);
}

TEST_CASE("a vote that a disputed key cast does not count before the stewards have settled it") {
  Story story(two_of_three());
  story.join(cleo, thief);
  REQUIRE(story.propose(thief, change_of(Act::add_steward, dan)).empty());
  const Event proposal = *story.last;
  REQUIRE(story.revoke(thief, cleo).empty());
  REQUIRE(story.dispute(cleo).empty());
  CHECK(story.approve(ada).empty());
  CHECK_FALSE(story.authority.is_steward(dan.did()));
  REQUIRE(story.propose(ada, settlement(cleo, {cleo})).empty());
  REQUIRE(story.approve(ben).empty());
  CHECK_FALSE(story.authority.is_steward(dan.did()));
  story.last = proposal;
  CHECK(story.approve(ben).empty());
  CHECK(story.authority.is_steward(dan.did()));
}

TEST_CASE("a revocation is disputed by whom it silenced, naming it, within thirty days") {
  Story story(two_of_three());
  story.join(cleo, phone);
  CHECK(contains(story.take(phone, "identity.disputed", {{"revocation", sha256("x").hex()}}),
                 "did not revoke"));
  REQUIRE(story.revoke(cleo, phone).empty());
  CHECK(contains(story.dispute(cleo), "did not revoke"));
  CHECK(contains(story.take(phone, "identity.disputed", {{"revocation", sha256("x").hex()}}),
                 "did not revoke"));
  CHECK_FALSE(story.take(phone, "identity.disputed", Json::object()).empty());
  story.now += 30 * day + 1;
  CHECK(contains(story.dispute(phone), "30 days"));
  story.now -= 1;
  CHECK(story.dispute(phone).empty());
}

TEST_CASE("where nobody could arbitrate, the elder key of a sole steward decides, whoever is faster") {
  Story story(started());
  story.join(ada, phone);
  story.join(phone, tablet);
  CHECK(contains(story.revoke(phone, ada), "too few other stewards"));
  CHECK(contains(story.revoke(tablet, phone), "too few other stewards"));
  CHECK(story.revoke(phone, tablet).empty());
  CHECK(story.revoke(ada, phone).empty());
  CHECK(contains(story.dispute(phone), "too few other stewards"));
  CHECK(story.authority.is_steward(ada.did()));
}

TEST_CASE("only a dispute is settled, by k stewards, with keys that are the person's") {
  Story story(two_of_three());
  story.join(cleo, phone);
  story.join(cleo, tablet);
  CHECK(contains(story.propose(ada, settlement(cleo, {cleo})), "not disputed"));
  REQUIRE(story.revoke(cleo, phone).empty());
  REQUIRE(story.dispute(phone).empty());
  CHECK(contains(story.propose(ada, settlement(cleo, {ben})), "not this person's"));
  StewardChange none = settlement(cleo, {});
  CHECK_FALSE(story.propose(ada, none).empty());
  CHECK_FALSE(story.propose(ada, settlement(cleo, {cleo, cleo})).empty());
  CHECK(contains(story.propose(cleo, settlement(cleo, {cleo})), "disputed"));
  REQUIRE(story.propose(ada, settlement(cleo, {cleo, phone})).empty());
  CHECK_FALSE(story.may_speak(cleo));
  REQUIRE(story.approve(ben).empty());
  CHECK(story.may_speak(cleo));
  CHECK(story.may_speak(phone));
  CHECK_FALSE(story.may_speak(tablet));
  // For good: neither disputed, nor brought back by another settlement.
  REQUIRE(story.revoke(cleo, phone).empty());
  REQUIRE(story.dispute(phone).empty());
  CHECK(contains(story.propose(ada, settlement(cleo, {tablet})), "for good"));
}

// ── recovery ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("the recovery key puts a new key in the place of all earlier ones, and standing follows") {
  Story story(two_of_three());
  REQUIRE(story.take(cleo, "identity.announced", announced_recovery(cleo, paper)).empty());
  story.join(cleo, phone);
  CHECK(story.take(tablet, "identity.recovered", recovered(phone, tablet, paper)).empty());
  CHECK(story.authority.is_steward(tablet.did()));
  CHECK(story.authority.members().contains(tablet.did()));
  CHECK(contains(story.log(cleo), "revoked"));
  CHECK(contains(story.log(phone), "revoked"));
  // Above it there is nobody to appeal to.
  const Json dispute = {{"revocation", sha256("any").hex()}};
  CHECK_FALSE(story.take(cleo, "identity.disputed", dispute).empty());
  CHECK(story.authority.persons().of(tablet.did()).recovery == paper.did());
}

TEST_CASE("the recovery key ends a dispute, also that of a thief who was faster") {
  Story story(two_of_three());
  REQUIRE(story.take(cleo, "identity.announced", announced_recovery(cleo, paper)).empty());
  story.join(cleo, thief);
  REQUIRE(story.revoke(thief, cleo).empty());
  REQUIRE(story.dispute(cleo).empty());
  CHECK(story.take(phone, "identity.recovered", recovered(cleo, phone, paper)).empty());
  CHECK(story.authority.is_steward(phone.did()));
  CHECK_FALSE(story.may_speak(thief));
  CHECK_FALSE(story.authority.persons().is_disputed(phone.did()));
}

TEST_CASE("nothing but the announced recovery key recovers, for that person, key and world") {
  Story story(two_of_three());
  const auto refusal = [&](const Json& body) { return story.take(phone, "identity.recovered", body); };
  CHECK(contains(refusal(recovered(cleo, phone, paper)), "no recovery key"));
  REQUIRE(story.take(cleo, "identity.announced", announced_recovery(cleo, paper)).empty());
  CHECK(
      contains(refusal(recovered(cleo, phone, SecretKey(std::string(32, 'S')))), "not by the recovery key"));
  CHECK(contains(refusal(recovered(cleo, thief, paper)), "not by the recovery key"));
  Json other = recovered(cleo, phone, paper);
  other["person"] = ben.did().text();
  CHECK_FALSE(refusal(other).empty());
  other = recovered(cleo, phone, paper);
  other["proof"] =
      text_of(paper.sign(recovery_statement(cleo.did(), phone.did(), make_genesis(ben).world_id())));
  CHECK(contains(refusal(other), "not by the recovery key"));
  CHECK(contains(story.take(ben, "identity.recovered", recovered(cleo, ben, paper)), "has a role"));
  CHECK(contains(story.take(cleo, "identity.recovered", recovered(cleo, cleo, paper)), "already"));
}

TEST_CASE("a thief of an actor key cannot put another recovery key in the place of the owner's") {
  Story story(started());
  const SecretKey next(std::string(32, 'N'));
  REQUIRE(story.take(ada, "identity.announced", announced_recovery(ada, paper)).empty());
  const auto refusal = [&](const Json& body) { return story.take(ada, "identity.announced", body); };
  CHECK(contains(refusal(announced_recovery(ada, next)), "consent"));
  CHECK(contains(refusal(announced_recovery(ada, next, &next)), "consent"));
  story.join(ada, thief);
  CHECK(contains(story.take(thief, "identity.announced", announced_recovery(thief, next)), "consent"));
  CHECK(refusal(announced_recovery(ada, paper)).empty());
  CHECK_FALSE(refusal(announced_recovery(ada, paper, &paper)).empty());
  Json two = announced_recovery(ada, paper);
  two["keys"].push_back(two["keys"][0]);
  CHECK(contains(refusal(two), "one recovery key"));
  CHECK(refusal(announced_recovery(ada, next, &paper)).empty());
  CHECK(story.authority.persons().of(ada.did()).recovery == next.did());
  CHECK_FALSE(story.take(phone, "identity.recovered", recovered(ada, phone, paper)).empty());
}

TEST_CASE("two members who know the new key and k stewards recover one who has nothing left") {
  Story story(two_of_three());
  for (const Actor& who : {dan, actor('e')})
    REQUIRE(story.take(who, "identity.announced", {{"keys", Json::array()}}).empty());
  REQUIRE(story.take(dan, "identity.announced", announced_recovery(dan, paper)).empty());
  const auto endorse = [&](const Actor& by) {
    return story.take(by, "identity.endorsed", {{"key", phone.did().text()}, {"person", dan.did().text()}});
  };
  CHECK(contains(story.propose(ada, recovery_by_stewards(dan, phone)), "0 of 2"));
  CHECK(contains(endorse(thief), "only a member"));
  CHECK(contains(endorse(dan), "of his own"));
  CHECK(contains(endorse(phone), "only a member"));
  CHECK(endorse(actor('e')).empty());
  CHECK(endorse(actor('e')).empty());
  CHECK(contains(story.propose(ada, recovery_by_stewards(dan, phone)), "1 of 2"));
  CHECK(endorse(ben).empty());
  CHECK(story.propose(ada, recovery_by_stewards(dan, phone)).empty());
  CHECK_FALSE(story.authority.members().contains(phone.did()));
  CHECK(story.approve(ben).empty());
  CHECK(story.authority.persons().name_of(phone.did()) == dan.did());
  CHECK(story.authority.members().contains(phone.did()));
  CHECK(contains(story.log(dan), "revoked"));
  // The paper that was lost with the keys recovers nobody any more.
  CHECK_FALSE(story.authority.persons().of(dan.did()).recovery);
  CHECK_FALSE(story.take(tablet, "identity.recovered", recovered(dan, tablet, paper)).empty());
}

TEST_CASE("endorsements are of one moment: they end, and two keys of one member are one") {
  Story story(two_of_three());
  story.join(ben, phone);
  const auto endorse = [&](const Actor& by) {
    return story.take(by, "identity.endorsed", {{"key", tablet.did().text()}, {"person", cleo.did().text()}});
  };
  REQUIRE(endorse(ben).empty());
  REQUIRE(endorse(phone).empty());
  CHECK(contains(story.propose(ada, recovery_by_stewards(cleo, tablet)), "1 of 2"));
  REQUIRE(endorse(ada).empty());
  story.now += 31 * day;
  CHECK(contains(story.propose(ada, recovery_by_stewards(cleo, tablet)), "0 of 2"));
}

// ── clocks and roots ───────────────────────────────────────────────────────────────────────────────

TEST_CASE("stewards set back a clock that ran away, and what waits does not wait for ever") {
  Story story(two_of_three());
  story.now += 3650 * day;
  REQUIRE(story.propose(ada, change_of(Act::add_steward, dan)).empty());
  const Event adding_dan = *story.last;
  StewardChange reset = change_of(Act::reset_clock, 0u);
  reset.recorded = start_of_time + day;
  REQUIRE(story.propose(ada, reset).empty());
  CHECK_FALSE(story.authority.clock_reset());
  REQUIRE(story.approve(ben).empty());
  REQUIRE(story.authority.clock_reset());
  CHECK(story.authority.clock_reset()->recorded == start_of_time + day);
  CHECK(story.authority.clock_reset()->index + 1 == story.index);
  story.now = start_of_time + 32 * day;
  story.last = adding_dan;
  CHECK(contains(story.approve(ben), "30 days"));
  reset.recorded = story.now + 1;
  CHECK(contains(story.propose(ada, reset), "not ahead"));
}

TEST_CASE("k stewards name the root of the history that stands") {
  Story story(two_of_three());
  StewardChange named = change_of(Act::name_root, 0u);
  named.size = 4;
  named.root = sha256("root");
  REQUIRE(story.propose(ada, named).empty());
  CHECK_FALSE(story.authority.named_root());
  REQUIRE(story.approve(ben).empty());
  REQUIRE(story.authority.named_root());
  CHECK(story.authority.named_root()->size == 4);
  CHECK(story.authority.named_root()->root == sha256("root"));
}

// ── whatever happens ───────────────────────────────────────────────────────────────────────────────

TEST_CASE("however keys are linked, ended and disputed, k stewards can act, and a key is one person's") {
  const std::vector<Actor> people = {ada, ben, cleo, dan, phone, tablet, thief};
  CHECK(rc::check("keys of seven people", [&] {
    Story story(two_of_three());
    const auto someone = [&] { return people[*rc::gen::inRange<std::size_t>(0, people.size())]; };
    std::vector<EventId> said;
    for (int i = 0; i < 60; ++i) {
      const Actor by = someone();
      const Actor other = someone();
      switch (*rc::gen::inRange(0, 8)) {
        case 0:
        case 1:
        case 2:
          story.link(by, other);
          break;
        case 3:
          story.take(by, "identity.linked", {{"ends", true}, {"key", other.did().text()}});
          break;
        case 4:
          story.revoke(by, other);
          said.push_back(story.revocation->id);
          break;
        case 5:
          if (!said.empty()) story.take(by, "identity.disputed", {{"revocation", said.back().text()}});
          break;
        case 6:
          story.propose(by, settlement(other, {other}));
          break;
        default:
          if (story.last) story.approve(by);
      }
    }
    const Authority& authority = story.authority;
    RC_ASSERT(authority.able_stewards() >= authority.threshold());
    std::set<Did> seen;
    for (const auto& [name, person] : authority.persons().recorded()) {
      RC_ASSERT(person.name() == name);
      for (const PersonKey& key : person.keys) {
        RC_ASSERT(seen.insert(key.did).second);
        RC_ASSERT(authority.persons().name_of(key.did) == name);
        RC_ASSERT(!key.revoked || !authority.persons().may_speak(key.did));
      }
    }
    for (const Did& steward : authority.stewards())
      RC_ASSERT(authority.persons().name_of(steward) == steward);
  }));
}
