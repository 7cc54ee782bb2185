// The vectors of verification (tests/vectors/verification.json): see stream/vectors_test.cpp.

#include "stream/admission.h"
#include "world/claim.h"
#include "world/test_log.h"

using namespace bw;
using namespace bw::testing;

namespace {

constexpr char ada = ToldLog::ada, ben = ToldLog::ben, chen = ToldLog::chen, dora = ToldLog::dora,
               gate = ToldLog::gate, stranger = ToldLog::stranger;

// Every rule of standing once, in one log.
ToldLog story() {
  ToldLog log;
  const Event walk = log.claim(ben, "walk");
  log.attest(chen, walk, false);
  const Event carry = log.claim(ben, "carry");
  for (const char who : {ben, stranger, gate, chen, chen, dora}) log.attest(who, carry);
  const Event greet = log.claim(ben, "greet");
  const Event no = log.attest(chen, greet, false);
  log.retract(dora, no);
  log.attest(dora, greet);
  const Event greeted = log.correct(ben, greet, "greet");
  log.correct(dora, greet, "walk");  // another's is none
  log.attest(dora, greet);           // too late for what it says now
  const Event other = log.claim(chen, "greet");
  log.retract(ben, log.attest(ben, other));
  const Event judged = log.claim(ben, "judge");
  log.attest(chen, judged);
  log.change("add_steward", chen);
  log.attest(chen, log.claim(ben, "judge"));
  log.change("remove_steward", chen);
  log.confirm(ada, log.claim(dora, "judge"));
  log.confirm(chen, judged);
  log.confirm(ada, log.claim(ada, "judge"));
  log.claim(gate, "pass");
  log.attest(gate, log.claim(ben, "pass"));
  log.attest(ada, log.claim(ben, "audit"));
  log.retract(ben, log.claim(ben, "carry"));
  const Json totals = {{{"behaviour", "carry"}, {"quantity", "1"}, {"unit", "deed"}},
                       {{"behaviour", "judge"}, {"quantity", "1"}, {"unit", "deed"}}};
  const Event table =
      log.say(ben, "behaviour.tabled",
              {{"count", 2}, {"root", sha256("rows").hex()}, {"rows", "private"}, {"totals", totals}});
  log.attest(ada, table);
  log.adopt({{"greet", {Verifier::self, 1, {}}}, {"walk", {Verifier::steward, 1, {}}}});
  log.claim(ben, "greet");
  log.claim(ben, "carry");
  log.correct(chen, other, "walk");
  log.attest(chen, greeted, false);
  return log;
}

Json dids(const std::vector<Did>& who) {
  Json list = Json::array();
  for (const Did& did : who) list.push_back(did.text());
  return list;
}

Json rule_json(const VerificationRule& rule, int count) {
  return {{"by", name_of(rule.by)}, {"body", rule.body ? Json(*rule.body) : Json(nullptr)}, {"count", count}};
}

Json standing_vectors(const ToldLog& log) {
  Json rules = Json::object();
  for (const auto& [digest, behaviours] : log.rules()) {
    for (const auto& [behaviour, rule] : behaviours)
      rules[digest.hex()][behaviour] = rule_json(rule, rule.count);
  }
  Json claims = Json::array();
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const auto standing = log.standings.of(log.events[i], i);
    if (!standing) continue;
    Json missing = Json::array();
    for (const Requirement& requirement : standing->missing)
      missing.push_back(rule_json(requirement.rule, requirement.missing));
    claims.push_back({{"disputed_by", dids(standing->disputers())},
                      {"event", log.events[i].id.text()},
                      {"state", text_of(standing->state)},
                      {"supported_by", dids(standing->supporters())},
                      {"version", standing->version.text()},
                      {"waits_for", missing}});
  }
  return {{"claims", claims}, {"entries", log.lines}, {"rules", rules}};
}

// Bodies that admission takes and refuses.
Json body_vectors() {
  const std::string id = sha256("x").hex();
  const std::string did = ToldLog::did(ben).text();
  const std::vector<std::pair<const char*, Json>> bodies = {
      {"event.attested", {{"event", id}, {"verdict", "supports"}}},
      {"event.attested", {{"event", id}, {"verdict", "disputes"}}},
      {"event.attested", {{"event", id}, {"verdict", "maybe"}}},
      {"event.attested", {{"event", id}, {"verdict", true}}},
      {"event.attested", {{"event", id}}},
      {"event.attested", {{"event", id.substr(1)}, {"verdict", "supports"}}},
      {"event.attested", {{"event", nullptr}, {"verdict", "supports"}}},
      {"event.attested", {{"event", id}, {"note", "x"}, {"verdict", "supports"}}},
      {"thanks.given", {{"event", id}, {"to", did}}},
      {"thanks.given", {{"event", nullptr}, {"to", did}}},
      {"thanks.given", {{"event", id}, {"to", nullptr}}},
      {"thanks.given", {{"event", id}, {"to", did.substr(8)}}},
      {"thanks.given", {{"to", did}}},
      {"thanks.given", {{"event", id}, {"to", did}, {"words", "thank you"}}}};
  Json list = Json::array();
  for (const auto& [kind, body] : bodies) {
    const Event event = sign_event({{1'767'225'600}, kind, body, {}, WorldId{sha256("w")}},
                                   to_base64url(std::string(16, 'n')), *actor(ben));
    list.push_back({{"body", body}, {"good", body_problem(event).empty()}, {"kind", kind}});
  }
  return list;
}

}  // namespace

TEST_CASE("the vectors of verification come out exactly") {
  Json vectors = standing_vectors(story());
  vectors["bodies"] = body_vectors();
  check_file("verification.json", vectors);
}
