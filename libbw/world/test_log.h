#pragma once
// A world's log told entry by entry, without a repository: who says what, under which rules.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "stream/entry.h"
#include "stream/test_vectors.h"
#include "world/standing.h"

namespace bw::testing {

class ToldLog {
public:
  static constexpr char ada = 1, ben = 2, chen = 3, dora = 4, gate = 5, stranger = 6;

  // Ada's world; the others join, but for the gate and the stranger. Behaviours are named after their rules.
  explicit ToldLog(BodySpeakers bodies = {}) : standings(rules_in(rules_), std::move(bodies)) {
    say(ada, "world.created",
        {{"home", nullptr},
         {"k", 1},
         {"name", "Told"},
         {"parent", nullptr},
         {"signers", Json::array()},
         {"stewards", {did(ada).text()}}});
    for (const char who : {ben, chen, dora}) say(who, "identity.announced", {{"keys", Json::array()}});
    change("add_device", gate);
    adopt({{"walk", {Verifier::self, 1, {}}},
           {"greet", {Verifier::peers, 1, {}}},
           {"carry", {Verifier::peers, 2, {}}},
           {"judge", {Verifier::steward, 1, {}}},
           {"pass", {Verifier::device, 1, {}}},
           {"audit", {Verifier::body, 1, "council"}}});
  }

  static Did did(char who) { return actor(who)->did(); }

  const Event& say(char who, const char* kind, Json body) {
    now_ += 60;
    const std::string nonce = to_base64url(std::string(14, 'n') + static_cast<char>(events.size() / 256) +
                                           static_cast<char>(events.size() % 256));
    events.push_back(sign_event({{now_}, kind, std::move(body), {}, world_}, nonce, *actor(who)));
    if (!world_) world_ = WorldId{events.back().id.digest};
    lines.push_back(entry_line(events.back().line, now_));
    standings.take(lines.back());
    return events.back();
  }
  void change(const char* act, char who) {
    say(ada, "steward.proposed", {{"change", {{"act", act}, {"did", did(who).text()}}}});
  }
  void adopt(VerificationRules rules) {
    const Digest digest = sha256("definition " + std::to_string(rules_->size()));
    rules_->emplace(digest, std::move(rules));
    say(ada, "definition.adopted",
        {{"commit", std::string(40, 'a')},
         {"definition", digest.hex()},
         {"previous", adopted_ ? Json(adopted_->hex()) : Json(nullptr)},
         {"signers", {did(ada).text()}}});
    adopted_ = digest;
  }

  Event claim(char who, const char* behaviour) {
    return say(who, "behaviour.logged", {{"behaviour", behaviour}, {"quantity", "1"}, {"unit", "deed"}});
  }
  Event correct(char who, const Event& event, const char* behaviour, const char* quantity = "2") {
    return say(
        who, "event.corrected",
        {{"behaviour", behaviour}, {"event", event.id.text()}, {"quantity", quantity}, {"unit", "deed"}});
  }
  Event attest(char who, const Event& event, bool supports = true) {
    return say(who, "event.attested",
               {{"event", event.id.text()}, {"verdict", supports ? "supports" : "disputes"}});
  }
  Event retract(char who, const Event& event) {
    return say(who, "event.retracted", {{"event", event.id.text()}});
  }
  Event confirm(char who, const Event& event) {
    return say(who, "event.confirmed", {{"events", {event.id.text()}}});
  }

  Standing of(const Event& event) const {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].id == event.id) return standings.of(event, i).value();
    }
    FAIL("no such event");
    return {};
  }
  std::string sentence(const Event& event) const { return of(event).sentence(); }

  const std::map<Digest, VerificationRules>& rules() const { return *rules_; }

private:
  using Rules = std::shared_ptr<std::map<Digest, VerificationRules>>;
  static RulesOf rules_in(const Rules& rules) {
    return [rules](const Digest& digest) -> const VerificationRules* {
      const auto found = rules->find(digest);
      return found == rules->end() ? nullptr : &found->second;
    };
  }

  Rules rules_ = std::make_shared<std::map<Digest, VerificationRules>>();
  std::optional<Digest> adopted_;
  std::optional<WorldId> world_;
  std::int64_t now_ = 1'767'225'600;

public:
  std::vector<Event> events;
  std::vector<std::string> lines;
  Standings standings;
};

}  // namespace bw::testing
