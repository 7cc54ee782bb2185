#include "world/sentence.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "stream/admission.h"
#include "stream/stream_state.h"
#include "world/test_world.h"

namespace bw {
namespace {

Event event_of(std::string kind, const Json& body) {
  static const auto signer = make_signer(std::make_shared<SecretKey>(std::string(32, 'k')));
  EventDraft draft{.at = {1'790'000'000},
                   .kind = std::move(kind),
                   .body = body,
                   .details = {},
                   .world = WorldId{sha256("w")}};
  if (draft.kind == "world.created") draft.world.reset();
  return sign_event(draft, make_nonce(testing::seeded_random("sentence")), *signer);
}
std::string told(const std::string& kind, const Json& body) {
  return sentence_of(event_of(kind, body));
}

const std::string digest(64, 'a');

}  // namespace

TEST_CASE("every kind is told in a sentence") {
  CHECK(told("behaviour.logged", {{"behaviour", "map-aed"}, {"quantity", "3"}, {"unit", "device"}}) ==
        "map-aed 3 device");
  const Json total = {{"behaviour", "map-aed"}, {"quantity", "145"}, {"unit", "device"}};
  CHECK(
      told("behaviour.tabled", {{"count", 145}, {"root", digest}, {"rows", "public"}, {"totals", {total}}}) ==
      "145 rows: map-aed 145 device");
  CHECK(
      told("behaviour.tabled",
           {{"count", 1}, {"root", digest}, {"rows", "private"}, {"totals", {total, total, total, total}}}) ==
      "1 row, private: map-aed 145 device, map-aed 145 device, map-aed 145 device, …");
  CHECK(told("event.corrected",
             {{"event", digest}, {"behaviour", "teach"}, {"quantity", "0.5"}, {"unit", "hour"}}) ==
        "corrected aaaaaaaaaa: teach 0.5 hour");
  CHECK(told("event.retracted", {{"event", digest}}) == "retracted aaaaaaaaaa");
  CHECK(told("behaviour.logged", Json::object()) == "did something that is concealed");
  CHECK(told("behaviour.logged", {{"more", 1}}) == "behaviour.logged");
  CHECK(told("event.revealed", {{"event", digest}, {"salt", "x"}, {"value", total}}) ==
        "revealed aaaaaaaaaa: map-aed 145 device");
  CHECK(told("details.withdrawn", {{"event", digest}, {"fields", {"evidence", "evidence_0_0", "note"}}}) ==
        "withdrew evidence, note of aaaaaaaaaa");
  CHECK(told("details.withdrawn", {{"event", digest}, {"fields", {"evidence_0_0", "evidence_0_1"}}}) ==
        "withdrew 2 parts of files of aaaaaaaaaa");
  CHECK(told("event.confirmed", {{"events", {digest}}}) == "confirmed aaaaaaaaaa");
  CHECK(told("event.confirmed", {{"events", {digest, digest}}}) == "confirmed 2 events");
  CHECK(told("event.attested", {{"event", digest}, {"verdict", "supports"}}) == "supports aaaaaaaaaa");
  CHECK(told("event.attested", {{"event", digest}, {"verdict", "disputes"}}) == "disputes aaaaaaaaaa");
  const std::string to = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
  CHECK(told("thanks.given", {{"event", digest}, {"to", to}}) == "thanked z6MkhaXgBZDv for aaaaaaaaaa");
  CHECK(told("thanks.given", {{"event", nullptr}, {"to", to}}) == "thanked z6MkhaXgBZDv");
  CHECK(told("definition.adopted", {{"commit", std::string(40, 'c')},
                                    {"definition", digest},
                                    {"previous", nullptr},
                                    {"signers", Json::array()}}) ==
        "adopted the first definition aaaaaaaaaa (commit cccccccccc)");
  CHECK(told("identity.announced", {{"keys",
                                     {{{"use", "box"}, {"key", "x"}},
                                      {{"use", "log"}, {"key", "y"}},
                                      {{"use", "log"}, {"key", "z"}}}}}) == "announced keys: box, log");
  CHECK(told("identity.announced", {{"keys", Json::array()}}) == "joined");
  CHECK(told("identity.retired", {{"keys", {"k"}}}) == "retired 1 key");
  CHECK(told("steward.proposed", {{"change", {{"act", "set_threshold"}, {"number", 2}}}}) ==
        "proposed to let 2 stewards decide together");
  CHECK(told("steward.approved", {{"proposal", digest}}) == "approved proposal aaaaaaaaaa");
  CHECK(told("hub.listed", {{"checkpoint", {{"root", digest}, {"size", 120}}},
                            {"listed", digest},
                            {"name", "急救"},
                            {"remotes", Json::array()},
                            {"summary", ""}}) == "listed the world \"急救\" (aaaaaaaaaa) at 120 entries");
}

TEST_CASE("a world's beginning tells its name and its parent") {
  Json body = {{"home", nullptr},          {"k", 1},           {"name", "OHCA"}, {"parent", nullptr},
               {"signers", Json::array()}, {"stewards", {"x"}}};
  CHECK(told("world.created", body) == "created the world \"OHCA\"");
  body["parent"] = {{"root", digest}, {"size", 3}, {"world", std::string(64, 'b')}};
  CHECK(told("world.created", body) == "created the world \"OHCA\", forked from bbbbbbbbbb");
}

TEST_CASE("a sentence is one bounded printable line, whatever a body holds") {
  const std::string hostile = std::string("\x1b[2J\n\xe2\x80") + "\xae" + std::string(20'000, 'x');
  for (const std::string& text : {hostile, std::string("a\tb\r\n"), std::string()}) {
    const std::string said =
        told("behaviour.logged",
             {{"behaviour", text}, {"quantity", text.substr(0, 100)}, {"unit", text.substr(0, 100)}});
    CHECK(said == printable(said));
    CHECK(terminal_width(said) <= max_sentence_columns);
  }
  CHECK(told("hub.listed", {{"name", hostile}}) == "hub.listed");
}

TEST_CASE("a body without the form of its kind is told by the kind alone") {
  for (const Json& body : {Json::object(), Json{{"event", 3}}, Json{{"event", "short"}},
                           Json{{"more", 1}, {"event", digest}}, Json{{"events", 3}}, Json{{"keys", "x"}},
                           Json{{"change", 1}}, Json{{"count", -1}}, Json{{"parent", 1}}}) {
    for (const char* kind :
         {"behaviour.tabled", "event.revealed", "details.withdrawn", "event.corrected", "event.retracted",
          "event.confirmed", "event.attested", "thanks.given", "definition.adopted", "identity.announced",
          "identity.retired", "steward.proposed", "steward.approved", "hub.listed", "world.created"}) {
      CHECK(told(kind, body) == kind);
    }
  }
}

TEST_CASE("an event of a tool is told by its kind in words, and what its body says in a word each") {
  CHECK(told("future.invented", {{"x", 1}}) == "future invented");
  CHECK(told("task.claimed", {{"task", digest}}) == "task claimed: " + digest.substr(0, 10));
  CHECK(told("shop.ordered", {{"count", 2}, {"item", "mug"}}) == "shop ordered: mug");
  CHECK(told("vote.revealed", {{"choice", "yes"}, {"proposal", digest}, {"salt", "AAAA"}}) ==
        "vote revealed: yes, " + digest.substr(0, 10));
}

}  // namespace bw
