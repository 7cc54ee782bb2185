#include "stream/event.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "crypto/openssh_for_tests.h"
#include "stream/signed_line.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const Actor ben = actor('b');
const WorldId world = make_genesis(ada).world_id();

Json content() {
  return {{"actor", ada.did().text()},
          {"at", "2026-11-20T06:30:00Z"},
          {"body", logged_body()},
          {"kind", "behaviour.logged"},
          {"nonce", to_base64url(std::string(16, 'n'))},
          {"v", 1},
          {"world", world.text()}};
}

// Signed as it stands, whether or not it has the form of an event.
std::string line_of(const Json& json, const Actor& by = ada) {
  return sign_line(json, sshsig::event_namespace, *by.signer);
}

// The same for a text that JSON libraries would not write.
std::string line_of_text(std::string text) {
  const Signature signature = ada.signer->sign(sshsig::event_namespace, text);
  text.pop_back();
  return text + ",\"sig\":\"" + stream_test::text_of(signature) + "\"}";
}

std::string with(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.substr(0, at) + to + text.substr(at + from.size());
}

std::string refusal(const std::string& line) {
  return accept_event(line).reason();
}

Json nested(int levels) {
  Json json = 1;
  for (int i = 0; i < levels; ++i) json = Json::array({json});
  return json;
}

}  // namespace

TEST_CASE("an event comes back as it was signed") {
  EventDraft draft{.at = {start_of_time},
                   .kind = "behaviour.logged",
                   .body = logged_body("2.5"),
                   .details = {{"note", sha256("x")}, {"place", sha256("y")}},
                   .world = world};
  const std::string nonce = make_nonce(counting_random());
  const Event made = sign_event(draft, nonce, *ada.signer);
  const auto read = accept_event(made.line);
  REQUIRE(read);
  CHECK(read->id == made.id);
  CHECK(read->actor == ada.did());
  CHECK(read->at == draft.at);
  CHECK(read->kind == draft.kind);
  CHECK(read->nonce == nonce);
  CHECK(read->world == world);
  CHECK(read->body() == draft.body);
  CHECK(read->details == draft.details);
  CHECK(read->line == made.line);
}

TEST_CASE("an event is named by the SHA-256 of what was signed, and ssh-keygen accepts its signature") {
  const Event event = make_event(ada, world, "behaviour.logged", logged_body());
  const std::string message = event.line.substr(0, event.line.size() - 96) + "}";
  CHECK(event.id.digest == sha256(message));
  const std::string armored = sshsig::armor(ada.did(), "bw.event.v1", signature_of(event.line));
  CHECK(openssh::verifies(ada.did(), "bw.event.v1", message, armored));
  CHECK_FALSE(openssh::verifies(ada.did(), "bw.bundle.v1", message, armored));
  CHECK_FALSE(openssh::verifies(ben.did(), "bw.event.v1", message, armored));
}

TEST_CASE("an event with a member missing, unknown or of another type is refused and says which") {
  REQUIRE(refusal(line_of(content())).empty());
  for (const char* member : {"actor", "at", "body", "kind", "nonce", "v", "world"}) {
    Json json = content();
    json.erase(member);
    CHECK(contains(refusal(line_of(json)), "an event has the members"));
    for (const Json& other : {Json(5), Json(nullptr), Json(Json::array()), Json(""), Json("x"), Json(true)}) {
      json[member] = other;
      CAPTURE(member);
      CAPTURE(other.dump());
      const std::string reason = refusal(line_of(json));
      CHECK_FALSE(reason.empty());
      const bool is_null_world = std::string(member) == "world" && other.is_null();
      CHECK(contains(reason, is_null_world                ? "only world.created"
                             : std::string(member) == "v" ? "version"
                                                          : member));
    }
  }
  Json more = content();
  more["extra"] = 1;
  CHECK(contains(refusal(line_of(more)), "\"extra\" is not known"));
  more = content();
  more["sig"] = "x";
  CHECK(contains(refusal(line_of(more)), "\"sig\" is not known"));
}

TEST_CASE("kinds, times, nonces, worlds and actors have one form") {
  const auto refused_with = [](const char* member, const Json& value) {
    Json json = content();
    json[member] = value;
    return !refusal(line_of(json)).empty();
  };
  for (const char* kind : {"behaviour", ".logged", "behaviour.", "Behaviour.logged", "a.b.c", "1a.b", "a..b",
                           "a.b ", "a-b.c", "_a.b"}) {
    CHECK(refused_with("kind", kind));
  }
  CHECK(refused_with("kind", "a." + std::string(63, 'b')));
  for (const char* at :
       {"2026-11-20T06:30:00", "2026-11-20T06:30:00+00:00", "2026-02-30T06:30:00Z", "2026-11-20 06:30:00Z",
        "0000-01-01T00:00:00Z", "2026-11-20T06:30:60Z", "1969-12-31T23:59:59Z", "99999-01-01T00:00:00Z"}) {
    CHECK(refused_with("at", at));
  }
  CHECK(refused_with("nonce", to_base64url(std::string(15, 'n'))));
  CHECK(refused_with("nonce", to_base64url(std::string(17, 'n'))));
  CHECK(refused_with("nonce", to_base64url(std::string(16, 'n')) + "=="));
  std::string upper = world.text();
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  CHECK(refused_with("world", upper));
  CHECK(refused_with("world", world.text().substr(1)));
  CHECK(refused_with("actor", "did:key:z6Mk"));
  CHECK(refused_with("actor", ada.did().text() + "#" + ada.did().short_id()));
}

TEST_CASE("only world.created has no world") {
  Json json = content();
  json["world"] = nullptr;
  CHECK(contains(refusal(line_of(json)), "only world.created"));
  json = content();
  json["kind"] = "world.created";
  CHECK(contains(refusal(line_of(json)), "names a world"));
  const Event genesis = make_genesis(ada);
  CHECK(genesis.world_id() == WorldId{genesis.id.digest});
}

TEST_CASE("details are commitments, at least one and at most 256") {
  const std::string digest = to_base64url(sha256("x").view());
  const auto refusal_with = [](Json details) {
    Json json = content();
    json["details"] = std::move(details);
    return refusal(line_of(json));
  };
  CHECK(refusal_with({{"note", digest}}).empty());
  CHECK(contains(refusal_with(Json::object()), "details is empty"));
  CHECK(contains(refusal_with({{"note", digest.substr(1)}}), "\"note\" is not a commitment"));
  CHECK(contains(refusal_with({{"note", 1}}), "\"note\" is not a commitment"));
  CHECK(contains(refusal_with({{"note", digest + "="}}), "\"note\" is not a commitment"));
  CHECK(contains(refusal_with({{std::string(65, 'f'), digest}}), "is not a commitment"));
  CHECK(contains(refusal_with(Json::array()), "details"));
  Json many;
  for (int i = 0; i < 257; ++i) many["f" + std::to_string(i)] = digest;
  CHECK(contains(refusal_with(many), "more than 256"));
  many.erase("f0");
  CHECK(refusal_with(many).empty());
}

TEST_CASE("an event that is not in the one strict form is refused") {
  const std::string text = strict_json::text(content());
  REQUIRE(refusal(line_of_text(text)).empty());
  const std::string body = R"("body":{"behaviour":"teach-cpr","quantity":"1","unit":"hour"})";
  const std::vector<std::pair<std::string, std::string>> changes = {
      {R"("v":1)", R"("v":1,"v":1)"},         // twice
      {R"("v":1,)", ""},                      // and then in the wrong place
      {R"("v":1)", R"("v": 1)"},              // white space
      {R"({"actor")", R"({ "actor")"},        //
      {R"("v":1)", R"("v":1.0)"},             // floats
      {R"("v":1)", R"("v":1e0)"},             //
      {R"("v":1)", R"("v":01)"},              //
      {R"("v":1)", R"("v":-1)"},              //
      {R"("unit":"hour")", R"("unit":0.5)"},  //
      {R"("unit":"hour")", R"("unit":9007199254740992)"},
      {R"("unit":"hour")", R"("unit":-0)"},
      {R"("unit":"hour")", R"("unit":"h\u006fur")"},  // an escape that is not needed
      {R"("unit":"hour")", R"("unit":"\/")"},
      {R"("unit":"hour")", "\"unit\":\"\xff\""},  // no UTF-8
      {R"("unit":"hour")", "\"unit\":\"\xed\xa0\x80\""},
      {R"("unit":"hour")", std::string("\"unit\":\"\0\"", 10)},
      {R"("unit":"hour")", R"("unit":NaN)"},
      {R"("unit":"hour")", R"("Unit":"hour")"},
      {R"("unit":"hour")", R"("a":1)"},  // out of order inside the body
      {body, R"("body":{"behaviour":"a","behaviour":"b"})"},
      {"2026", "\\u0032026"},
  };
  for (const auto& [from, to] : changes) {
    const std::string changed = with(text, from, to);
    CAPTURE(changed);
    CHECK_FALSE(refusal(line_of_text(changed)).empty());
  }
  CHECK_FALSE(refusal("\xef\xbb\xbf" + line_of_text(text)).empty());
  CHECK_FALSE(refusal(line_of_text(text) + "\n").empty());
  CHECK_FALSE(refusal(line_of_text(text) + " ").empty());
  CHECK_FALSE(refusal("").empty());
  CHECK_FALSE(refusal("{}").empty());
  CHECK_FALSE(refusal("null").empty());
  // Sorted by any other rule, too.
  Json json = content();
  const std::string reordered = R"({"world":")" + world.text() + R"(",)" +
                                with(text, R"(,"world":")" + world.text() + "\"", "").substr(1);
  CHECK_FALSE(refusal(line_of_text(reordered)).empty());
}

TEST_CASE("an event nests at most 16 levels and has at most 32 KiB") {
  Json json = content();
  json["body"] = {{"x", nested(14)}};
  CHECK(refusal(line_of(json)).empty());
  const std::string deep = with(strict_json::text(json), "[[", "[[[");
  CHECK(contains(refusal(line_of_text(with(deep, "]]", "]]]"))), "16 levels"));
  CHECK(contains(refusal(line_of_text(std::string(100'000, '[') + "}")), "larger than 32 KiB"));

  json = content();
  json["body"] = {{"x", ""}};
  const std::size_t room = max_event_bytes - line_of(json).size();
  json["body"]["x"] = std::string(room, 'x');
  CHECK(line_of(json).size() == max_event_bytes);
  CHECK(refusal(line_of(json)).empty());
  json["body"]["x"] = std::string(room + 1, 'x');
  CHECK(contains(refusal(line_of(json)), "larger than 32 KiB"));
}

TEST_CASE("what has no valid form cannot be signed either") {
  const auto failure = [](EventDraft draft) {
    return failure_of([&] { sign_event(draft, make_nonce(counting_random()), *ada.signer); }).code;
  };
  const EventDraft good{
      .at = {start_of_time}, .kind = "a.b", .body = Json::object(), .details = {}, .world = world};
  EventDraft draft = good;
  draft.kind = "nothing";
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.body = Json::array();
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.body = {{"x", 0.5}};
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.body = {{"x", "\xff"}};
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.body = {{"X", 1}};
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.body = {{"x", std::string(max_event_bytes, 'x')}};
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.details = {{"Bad Field", sha256("x")}};
  CHECK(failure(draft) == ErrorCode::invalid);
  draft = good;
  draft.world = std::nullopt;
  CHECK(failure(draft) == ErrorCode::invalid);
}

TEST_CASE("a signature has one text") {
  const std::string line = line_of(content());
  const std::string head = line.substr(0, line.size() - 88);  // up to the first character of the signature
  const std::string signature = line.substr(line.size() - 88, 86);
  REQUIRE(refusal(head + signature + "\"}").empty());
  CHECK_FALSE(refusal(head + signature + "==\"}").empty());
  CHECK_FALSE(refusal(head + signature.substr(1) + "\"}").empty());
  CHECK_FALSE(refusal(head + signature + "A\"}").empty());
  CHECK_FALSE(refusal(head + signature.substr(0, 85) + "+\"}").empty());
  CHECK_FALSE(refusal(head + signature.substr(0, 85) + "/\"}").empty());
  CHECK_FALSE(refusal(head + signature.substr(0, 85) + "=\"}").empty());
  // The last character carries two bits; the other four must be zero.
  std::size_t accepted = 0;
  for (const char c : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
    accepted += refusal(head + signature.substr(0, 85) + c + "\"}").empty() ? 1 : 0;
  }
  CHECK(accepted == 1);
}

TEST_CASE("the second signature that a curve's order gives is refused") {
  const std::string line = line_of(content());
  Signature signature = signature_of(line);
  // S + L is the same number to a verifier that does not look (RFC 8032 §5.1.7 makes it look).
  const auto order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + static_cast<unsigned>(static_cast<unsigned char>((*order)[i]));
    signature[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  REQUIRE(carry == 0);
  const std::string malleable = line.substr(0, line.size() - 88) + stream_test::text_of(signature) + "\"}";
  REQUIRE(parse_event(malleable));
  CHECK(refusal(malleable) == "the signature is not the actor's");
}

TEST_CASE("a signature is worth nothing for another key, world, kind or namespace") {
  CHECK(refusal(line_of(content(), ben)) == "the signature is not the actor's");
  const std::string line = line_of(content());
  const WorldId other = make_genesis(ben, "Other").world_id();
  CHECK(refusal(with(line, world.text(), other.text())) == "the signature is not the actor's");
  CHECK(refusal(with(line, "behaviour.logged", "behaviour.lagged")) == "the signature is not the actor's");
  CHECK(refusal(with(line, ada.did().text(), ben.did().text())) == "the signature is not the actor's");
  CHECK(refusal(sign_line(content(), sshsig::bundle_namespace, *ada.signer)) ==
        "the signature is not the actor's");
}

TEST_CASE("an event with any single bit changed is refused") {
  const std::string line = line_of(content());
  const EventId id = accept_event(line)->id;
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = line;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto event = accept_event(changed);
      if (event) FAIL_CHECK("byte " << at << " bit " << bit << (event->id == id ? " keeps the id" : ""));
    }
  }
}

TEST_CASE("whatever is cut, doubled or spliced from events is refused or the same event") {
  CHECK(rc::check("splices of two signed lines", [] {
    const std::string one = line_of(content());
    Json other_content = content();
    other_content["body"] = logged_body(std::to_string(*rc::gen::inRange(1, 1000)));
    const std::string two = line_of(other_content);
    const auto i = *rc::gen::inRange<std::size_t>(0, one.size() + 1);
    const auto j = *rc::gen::inRange<std::size_t>(0, two.size() + 1);
    const std::string spliced = one.substr(0, i) + two.substr(j);
    RC_ASSERT(!accept_event(spliced) || spliced == one || spliced == two);
  }));
}

TEST_CASE("bodies of any strict shape come back equal") {
  CHECK(rc::check("body round trip", [](const std::map<std::string, std::string>& texts, int number) {
    Json body = Json::object();
    std::size_t i = 0;
    for (const auto& [key, value] : texts) {
      body["k" + std::to_string(i++)] = to_hex(key) + (Json(value).is_string() ? "" : value);
    }
    body["number"] = number;
    const Event event = make_event(ada, world, "a.b", body);
    const auto read = accept_event(event.line);
    RC_ASSERT(read && read->body() == body && strict_json::text(read->body()) == read->body_text);
  }));
}
