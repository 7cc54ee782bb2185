#include "world/standing.h"

#include <set>

#include <doctest/doctest.h>

#include "world/test_log.h"

namespace bw {
namespace {

using testing::ToldLog;
using State = Standing::State;

constexpr char ada = ToldLog::ada, ben = ToldLog::ben, chen = ToldLog::chen, dora = ToldLog::dora,
               gate = ToldLog::gate, stranger = ToldLog::stranger;

// Why a word counts for nothing, as the claim's standing tells.
std::string fate(const ToldLog& log, const Event& claim, const Event& word) {
  for (const Attestation& said : log.of(claim).attestations) {
    if (said.id == word.id) return said.without_effect;
  }
  return "not listed";
}

std::size_t awaited(const ToldLog& log, char who) {
  std::size_t count = 0;
  for (const auto& item : log.standings.waiting())
    count += log.standings.awaits(item, ToldLog::did(who)) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("a claim under the rule self stands on its author's word, whoever supports it") {
  ToldLog log;
  const Event walk = log.claim(ben, "walk");
  CHECK(log.of(walk).state == State::own_word);
  log.attest(chen, walk);
  CHECK(log.of(walk).state == State::own_word);
  CHECK(log.of(walk).supporters().size() == 1);
  CHECK(log.standings.waiting().empty());
}

TEST_CASE("peers are so many other members, each counted once") {
  ToldLog log;
  const Event carry = log.claim(ben, "carry");
  CHECK(log.sentence(carry) == "waits for 2 more members");
  const Event own = log.attest(ben, carry);
  CHECK(log.sentence(carry) == "waits for 2 more members");
  CHECK(fate(log, carry, own) == "about oneself");
  const Event first = log.attest(chen, carry);
  log.attest(chen, carry);
  CHECK(log.sentence(carry) == "waits for 1 more member");
  CHECK(fate(log, carry, first) == "replaced by a later word");
  const Event outsider = log.attest(stranger, carry);
  const Event device = log.attest(gate, carry);
  CHECK(log.sentence(carry) == "waits for 1 more member");
  CHECK(fate(log, carry, outsider) == "had not joined then");
  CHECK(fate(log, carry, device) == "a device is nobody's peer");
  log.attest(dora, carry);
  CHECK(log.of(carry).state == State::verified);
  CHECK(log.of(carry).supporters().size() == 2);
}

TEST_CASE("who joins after her word says it again, and then it counts") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  log.attest(stranger, greet);
  log.say(stranger, "identity.announced", {{"keys", Json::array()}});
  CHECK(log.of(greet).state == State::waiting);
  CHECK(awaited(log, stranger) == 1);
  log.attest(stranger, greet);
  CHECK(log.of(greet).state == State::verified);
}

TEST_CASE("the last word of a person counts, and a retracted one does not") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  const Event yes = log.attest(chen, greet);
  const Event no = log.attest(chen, greet, false);
  CHECK(log.sentence(greet) == "waits for 1 more member; disputed by 1");
  CHECK(fate(log, greet, yes) == "replaced by a later word");
  log.retract(dora, no);  // another's retraction is nothing
  CHECK(log.of(greet).disputers() == std::vector{ToldLog::did(chen)});
  log.retract(chen, no);
  CHECK(log.sentence(greet) == "waits for 1 more member");  // what she had said before stays replaced
  CHECK(fate(log, greet, no) == "retracted");
  log.attest(chen, greet);
  CHECK(log.of(greet).state == State::verified);
}

TEST_CASE("a dispute takes nothing away, and is told of what is verified and of what needs nobody") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  const Event walk = log.claim(ben, "walk");
  log.attest(chen, greet);
  log.attest(stranger, greet, false);
  log.attest(dora, walk, false);
  CHECK(log.sentence(greet) == "verified; disputed by 1");
  CHECK(log.sentence(walk) == "on its author's word; disputed by 1");
}

TEST_CASE("a steward is one who was a steward when the log took her word, and stays right afterwards") {
  ToldLog log;
  const Event before = log.claim(ben, "judge");
  const Event after = log.claim(ben, "judge");
  const Event early = log.attest(chen, before);
  CHECK(fate(log, before, early) == "was no steward then");
  log.change("add_steward", chen);
  CHECK(log.of(before).state == State::waiting);
  log.attest(chen, after);
  log.change("remove_steward", chen);
  CHECK(log.of(after).state == State::verified);
  CHECK(log.of(before).state == State::waiting);
  const Event own = log.claim(ada, "judge");
  log.attest(ada, own);
  CHECK(log.sentence(own) == "waits for a steward");
}

TEST_CASE("a steward's confirmation is her word, but not about herself") {
  ToldLog log;
  const Event bens = log.claim(ben, "judge");
  const Event adas = log.claim(ada, "judge");
  log.confirm(chen, bens);
  CHECK(log.of(bens).state == State::waiting);
  log.confirm(ada, bens);
  log.confirm(ada, adas);
  CHECK(log.of(bens).state == State::verified);
  CHECK(log.of(adas).state == State::waiting);
}

TEST_CASE("a device verifies what it recorded itself, and what it confirms") {
  ToldLog log;
  const Event passed = log.claim(gate, "pass");
  CHECK(log.of(passed).state == State::verified);
  const Event said = log.claim(ben, "pass");
  log.attest(chen, said);
  CHECK(log.sentence(said) == "waits for a device that the stewards named");
  log.attest(gate, said);
  CHECK(log.of(said).state == State::verified);
  log.change("remove_device", gate);
  CHECK(log.of(passed).state == State::verified);
  CHECK(log.of(log.claim(gate, "pass")).state == State::waiting);
}

TEST_CASE("what a body confirms waits for somebody who sat on it when she spoke") {
  std::set<EventId> spoken;  // by those who sat on it
  ToldLog log({.spoke = [&](const EventId& /*claim*/, const EventId& word,
                            const std::string& body) { return body == "council" && spoken.contains(word); },
               .sits = [](const Did& somebody,
                          const std::string& /*body*/) { return somebody == ToldLog::did(chen); }});
  const Event audit = log.claim(ben, "audit");
  const Event word = log.attest(ada, audit);
  CHECK(log.sentence(audit) == "waits for somebody on the body council");
  CHECK(fate(log, audit, word) == "did not sit on the body council then");
  CHECK(awaited(log, ada) == 0);
  CHECK(awaited(log, chen) == 1);
  const Event second = log.attest(chen, audit);
  CHECK(log.of(audit).state == State::waiting);
  spoken.insert(second.id);
  CHECK(log.of(audit).state == State::verified);
}

TEST_CASE("a correction needs fresh words, also where the old ones arrive after it") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  log.attest(chen, greet);
  REQUIRE(log.of(greet).state == State::verified);
  const Event corrected = log.correct(ben, greet, "greet", "50");
  CHECK(log.of(greet).state == State::waiting);
  CHECK(log.of(greet).version == corrected.id);
  // Signed before she could see the correction, admitted after it.
  const Event late = log.attest(dora, greet);
  CHECK(log.of(greet).state == State::waiting);
  CHECK(fate(log, greet, late) == "about what it said before it was corrected");
  CHECK(awaited(log, dora) == 1);
  log.attest(dora, corrected);
  CHECK(log.of(greet).state == State::verified);
  CHECK(log.of(greet).attestations.size() == 3);
}

TEST_CASE("nobody corrects or retracts another's claim") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  log.attest(chen, greet);
  log.correct(dora, greet, "greet", "50");
  log.retract(dora, greet);
  CHECK(log.of(greet).state == State::verified);
  CHECK(log.of(greet).version == greet.id);
  log.retract(ben, greet);
  CHECK(log.sentence(greet) == "retracted");
}

TEST_CASE("the rule is that of the definition in force when it was recorded") {
  ToldLog log;
  const Event before = log.claim(ben, "greet");
  log.adopt({{"greet", {Verifier::self, 1, {}}}, {"walk", {Verifier::steward, 1, {}}}});
  const Event after = log.claim(ben, "greet");
  CHECK(log.of(before).state == State::waiting);
  CHECK(log.of(after).state == State::own_word);
  // A correction says something anew, under the rule of that moment.
  log.correct(ben, before, "walk");
  CHECK(log.sentence(before) == "waits for a steward");
  CHECK(log.of(log.claim(ben, "carry")).state == State::unruled);
}

TEST_CASE("a table of several behaviours waits for all that they ask for, each said once") {
  ToldLog log;
  const auto total = [](const char* behaviour) {
    return Json{{"behaviour", behaviour}, {"quantity", "1"}, {"unit", "deed"}};
  };
  const Event table = log.say(ben, "behaviour.tabled",
                              {{"count", 4},
                               {"root", sha256("rows").hex()},
                               {"rows", "private"},
                               {"totals", {total("carry"), total("greet"), total("judge"), total("walk")}}});
  CHECK(log.sentence(table) == "waits for 2 more members and a steward");
  log.attest(ada, table);
  CHECK(log.sentence(table) == "waits for 1 more member");
  log.attest(chen, table);
  CHECK(log.of(table).state == State::verified);
}

TEST_CASE("what waits for somebody is not hers, and asks for a word like hers") {
  ToldLog log;
  const Event carry = log.claim(ben, "carry");
  log.claim(ben, "judge");
  log.claim(ada, "judge");
  CHECK(awaited(log, ben) == 0);   // one is a steward's matter, the others are his own
  CHECK(awaited(log, chen) == 1);  // carry
  CHECK(awaited(log, ada) == 2);   // carry and Ben's judge
  CHECK(awaited(log, stranger) == 0);
  log.attest(chen, carry, false);
  CHECK(awaited(log, chen) == 0);
}

TEST_CASE("bodies of any other form change nothing") {
  ToldLog log;
  const Event greet = log.claim(ben, "greet");
  const Json good = {{"event", greet.id.text()}, {"verdict", "supports"}};
  for (const auto& [member, value] : std::vector<std::pair<std::string, Json>>{
           {"verdict", "yes"}, {"verdict", nullptr}, {"event", 7}, {"event", Json::array()}, {"more", 1}}) {
    Json body = good;
    body[member] = value;
    log.say(chen, "event.attested", body);
  }
  log.say(chen, "event.attested", Json::object());
  log.say(ada, "event.confirmed", {{"events", {7, nullptr, "x"}}});
  log.say(ben, "event.corrected", {{"event", greet.id.text()}, {"behaviour", "walk"}});
  log.say(ben, "behaviour.tabled", {{"totals", {7, {{"behaviour", 7}}, {{"behaviour", "greet"}}}}});
  CHECK(log.of(greet).state == State::waiting);
  CHECK(log.of(greet).attestations.empty());
}

}  // namespace bw
