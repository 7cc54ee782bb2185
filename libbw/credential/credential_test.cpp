#include "credential/credential.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/test_vector_file.h"
#include "credential/badge_for_tests.h"
#include "credential/data_integrity.h"

using namespace bw;
using namespace bw::credential;

namespace {

const Timestamp while_valid = *Timestamp::parse("2027-01-01T00:00:00Z");

std::vector<std::string> reasons(std::string_view text, Timestamp at = while_valid) {
  const auto credential = credential::read(text);
  return credential ? verify(*credential, at) : std::vector<std::string>{credential.reason()};
}

// The example with its document changed before it was signed, as another issuer might have written it.
std::string signed_otherwise(const std::function<void(Json&)>& change) {
  Json document = make_badge(example_badge());
  change(document);
  return data_integrity::sign(document, issuer_key(), while_valid).dump();
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// For each byte whether it lies inside a string of the JSON text.
std::vector<bool> inside_strings(std::string_view text) {
  std::vector<bool> inside;
  bool in = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        in && i > 0 && text[i - 1] == '\\' && inside[i - 1] && (i < 2 || text[i - 2] != '\\');
    if (text[i] == '"' && !escaped) in = !in;
    inside.push_back(in);
  }
  return inside;
}

}  // namespace

TEST_CASE("a badge that is made, signed and read holds, and says what it was made of") {
  const std::string text = example_text();
  const auto credential = credential::read(text);
  REQUIRE_MESSAGE(credential, credential.reason());
  CHECK(verify(*credential, while_valid).empty());
  Badge expected = example_badge();
  expected.id = credential->badge.id;
  CHECK(credential->badge == expected);
  CHECK(parse_event_urn(credential->badge.evidence[0].id)->index == 17);
}

TEST_CASE("the same badge gets the same id, and another one another") {
  const Json one = make_badge(example_badge());
  CHECK(one["id"].get<std::string>().starts_with("urn:uuid:"));
  CHECK(one["id"] == make_badge(example_badge())["id"]);
  Badge other = example_badge();
  other.recipient = issuer_key().did();
  CHECK(one["id"] != make_badge(other)["id"]);
  other.id = "https://example.org/badges/1";
  CHECK(make_badge(other)["id"] == other.id);
}

TEST_CASE("every other byte in place of any is refused, but for white space between tokens") {
  const std::string text = example_text();
  const std::vector<bool> inside = inside_strings(text);
  const auto with = [&](std::size_t at, char byte) {
    std::string changed = text;
    changed[at] = byte;
    return changed;
  };
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool free = !inside[at] && is_space(text[at]);
    for (const char byte : {static_cast<char>(text[at] ^ 1), static_cast<char>(text[at] ^ 0x20), ' ', '\n',
                            '\0', '0', '"', '\\', 'A'}) {
      if (byte == text[at]) continue;
      CAPTURE(at);
      CAPTURE(byte);
      const bool holds = reasons(with(at, byte)).empty();
      REQUIRE(holds == (free && is_space(byte)));
      accepted += holds ? 1 : 0;
    }
  }
  CHECK(accepted > 0);
  CHECK(rc::check("whichever byte", [&] {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const char byte = *rc::gen::arbitrary<char>();
    RC_PRE(byte != text[at] && !(is_space(byte) && is_space(text[at]) && !inside[at]));
    return !reasons(with(at, byte)).empty();
  }));
}

TEST_CASE("a credential cut at any byte, or with one more, is refused") {
  const std::string text = example_text();
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    REQUIRE_FALSE(reasons(text.substr(0, size)).empty());
  CHECK(reasons(text + " \n").empty());
  CHECK_FALSE(reasons(text + "x").empty());
  CHECK_FALSE(reasons(text + text).empty());
  CHECK_FALSE(reasons("\xef\xbb\xbf" + text).empty());
  CHECK_FALSE(reasons(text + std::string(max_text_bytes, ' ')).empty());
}

TEST_CASE("a member that is added, taken out or repeated is refused") {
  const Json good = Json::parse(example_text());
  for (const auto& member : good.items()) {
    CAPTURE(member.key());
    Json changed = good;
    changed.erase(member.key());
    CHECK_FALSE(reasons(changed.dump()).empty());
  }
  Json changed = good;
  changed["credentialSubject"]["achievement"]["extra"] = "";
  CHECK_FALSE(reasons(changed.dump()).empty());
  const std::string text = good.dump();
  CHECK(reasons("{\"name\":\"first\"," + text.substr(1)) ==
        std::vector<std::string>{"the name \"name\" stands twice in an object"});
}

TEST_CASE("a badge holds from its first second to its last") {
  const std::string text = example_text();
  const Badge badge = example_badge();
  CHECK(reasons(text, badge.valid_from).empty());
  CHECK(reasons(text, *badge.valid_until).empty());
  CHECK(reasons(text, Timestamp{badge.valid_from.seconds - 1}) ==
        std::vector<std::string>{"it is valid only from 2026-11-20T06:30:00Z"});
  CHECK(reasons(text, Timestamp{badge.valid_until->seconds + 1}) ==
        std::vector<std::string>{"it was valid until 2028-11-20T06:30:00Z"});
  Badge endless = badge;
  endless.valid_until.reset();
  const std::string lasting = sign(make_badge(endless), issuer_key(), badge.valid_from);
  CHECK(reasons(lasting, Timestamp{Timestamp::last}).empty());
}

TEST_CASE("nobody signs in the name of another issuer") {
  const SecretKey mallory(std::string(32, 'm'));
  CHECK_THROWS_AS(sign(make_badge(example_badge()), mallory, while_valid), Error);
  CHECK_THROWS_AS(sign(Json::object(), mallory, while_valid), Error);
  const Json forged = data_integrity::sign(make_badge(example_badge()), mallory, while_valid);
  CHECK(reasons(forged.dump()) ==
        std::vector<std::string>{"the proof is that of " + mallory.did().text() + ", but the issuer is " +
                                 issuer_key().did().text()});
}

TEST_CASE("everything that speaks against a credential is said") {
  Json changed = Json::parse(example_text());
  changed["name"] = "Something else";
  CHECK(reasons(changed.dump(), Timestamp{0}).size() == 2);
}

TEST_CASE("credentials of other issuers are read in the forms that the standards allow") {
  CHECK(reasons(signed_otherwise([](Json& d) { d["issuer"] = d["issuer"]["id"]; })).empty());
  CHECK(reasons(signed_otherwise([](Json& d) { d["type"][1] = "AchievementCredential"; })).empty());
  CHECK(reasons(signed_otherwise([](Json& d) { d["evidence"] = d["evidence"][0]; })).empty());
  CHECK(reasons(signed_otherwise([](Json& d) { d["validFrom"] = "2026-11-20T14:30:00.000+08:00"; })).empty());
  CHECK(reasons(signed_otherwise([](Json& d) { d["credentialSubject"]["role"] = "trainer"; })).empty());
  CHECK(reasons(signed_otherwise([](Json& d) {
          d["@context"].push_back("https://example.org/more");
        })).empty());
  // With every character beyond ASCII escaped, as many writers do.
  CHECK(reasons(Json::parse(example_text()).dump(-1, ' ', true)).empty());
}

TEST_CASE("what is no Open Badge, or says what cannot be checked here, is refused though it is signed") {
  const auto refusal = [](const std::function<void(Json&)>& change) {
    const auto found = reasons(signed_otherwise(change));
    return found.empty() ? std::string() : found.front();
  };
  const std::string no_badge = "not an Open Badge 3.0 credential of the data model 2.0";
  CHECK(refusal([](Json& d) { d["@context"][0] = "https://www.w3.org/2018/credentials/v1"; }) == no_badge);
  CHECK(refusal([](Json& d) { d["@context"].erase(1); }) == no_badge);
  CHECK(refusal([](Json& d) { d["@context"] = 7; }) == no_badge);
  CHECK(refusal([](Json& d) { d["type"] = "VerifiableCredential"; }) == no_badge);
  CHECK(refusal([](Json& d) {
          d["issuer"]["id"] = "https://example.org";
        }).starts_with("the issuer is not named by"));
  CHECK(refusal([](Json& d) { d["credentialSubject"].erase("id"); }) == "the recipient has no \"id\"");
  CHECK(refusal([](Json& d) { d["credentialSubject"]["achievement"]["name"] = 7; }) ==
        "the achievement has a \"name\" that is no text");
  CHECK(refusal([](Json& d) { d["credentialSubject"] = Json::array({d["credentialSubject"]}); }) ==
        "the credential has no \"credentialSubject\" that is an object");
  CHECK_FALSE(refusal([](Json& d) { d["validUntil"] = "2026-11-20"; }).empty());
  CHECK_FALSE(refusal([](Json& d) { d.erase("validFrom"); }).empty());
  CHECK_FALSE(refusal([](Json& d) { d["evidence"] = Json(max_evidence + 1, d["evidence"][0]); }).empty());
  CHECK_FALSE(refusal([](Json& d) { d["evidence"] = "it is so"; }).empty());
  CHECK_FALSE(refusal([](Json& d) { d["id"] = std::string(max_string_bytes + 1, 'x'); }).empty());
  CHECK(refusal([](Json& d) {
          d["credentialStatus"] = {{"type", "BitstringStatusListEntry"}};
        }) == "its issuer may have revoked it elsewhere, and nothing is looked up here");
}

TEST_CASE("a badge whose words cannot be shown, or are none, is not made") {
  const auto refusal = [](const std::function<void(Badge&)>& change) {
    Badge badge = example_badge();
    change(badge);
    try {
      make_badge(badge);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal([](Badge&) {}).empty());
  CHECK(refusal([](Badge& b) { b.achievement.name = ""; }) == "the badge's name is empty");
  CHECK(refusal([](Badge& b) { b.achievement.name = "two\nlines"; }) ==
        "the badge's name has characters that cannot be shown");
  CHECK_FALSE(refusal([](Badge& b) { b.achievement.name = "\xff"; }).empty());
  CHECK_FALSE(refusal([](Badge& b) { b.achievement.description = "\u202e backwards"; }).empty());
  CHECK_FALSE(refusal([](Badge& b) { b.achievement.criteria = "bell \a"; }).empty());
  CHECK_FALSE(refusal([](Badge& b) { b.issuer_name = std::string(max_string_bytes + 1, 'x'); }).empty());
  CHECK(refusal([](Badge& b) { b.achievement.id = "first-responder"; }) ==
        "the badge's achievement id is not a URI");
  CHECK_FALSE(refusal([](Badge& b) { b.achievement.image = "https://example.org/a picture"; }).empty());
  CHECK_FALSE(refusal([](Badge& b) { b.evidence = {{}}; }).empty());
  CHECK_FALSE(refusal([](Badge& b) { b.evidence.assign(max_evidence + 1, b.evidence[0]); }).empty());
  CHECK(refusal([](Badge& b) { b.valid_until = Timestamp{0}; }) == "the badge ends before it begins");
}

TEST_CASE("a reference to an event has one name") {
  const EventReference reference{sha256("w"), sha256("e"), 3};
  const std::string urn = event_urn(reference);
  CHECK(parse_event_urn(urn) == reference);
  const EventReference elsewhere{sha256("w"), sha256("e")};
  CHECK(parse_event_urn(event_urn(elsewhere)) == elsewhere);
  for (const std::string& bad :
       {std::string(), urn + "x", urn + ":", urn + " ", urn.substr(0, urn.size() - 1),
        event_urn(elsewhere) + ":03", event_urn(elsewhere) + ":-1",
        event_urn(elsewhere) + ":18446744073709551616", "URN" + urn.substr(3), urn.substr(0, 20)}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_event_urn(bad));
  }
  CHECK_THROWS_AS(achievement_urn(sha256("w"), "No spaces"), Error);
}

TEST_CASE("badges come out as the vectors have them") {
  Badge plain = example_badge();
  plain.achievement = {achievement_urn(sha256("the world"), "cpr"), "CPR", "Can do CPR.", "Pass the course."};
  plain.issuer_name = "";
  plain.valid_until.reset();
  plain.evidence.clear();
  Json badges = Json::array();
  for (const Badge& badge : {example_badge(), plain}) {
    const Json unsecured = make_badge(badge);
    const auto text = sign(unsecured, issuer_key(), while_valid);
    badges.push_back({{"unsigned", unsecured}, {"created", while_valid.text()}, {"text", text}});
  }
  const std::string text = badges[1]["text"];
  Json refused = Json::array();
  const auto refuse = [&](const char* why, std::string changed) {
    REQUIRE_FALSE(reasons(changed).empty());
    refused.push_back({{"why", why}, {"text", std::move(changed)}});
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    REQUIRE(changed.find(from) != std::string::npos);
    return changed.replace(changed.find(from), from.size(), to);
  };
  refuse("another word", replaced("Can do CPR", "Can do CPr"));
  refuse("a name twice", replaced("{", "{\"name\":\"CPR\","));
  refuse("another time of signing", replaced("2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"));
  refuse("another purpose", replaced("assertionMethod", "authentication"));
  refuse("a key's fragment that is not its own", replaced("#z6Mk", "#z6Mr"));
  refuse("another issuer", replaced(issuer_key().did().text() + "\",\n    \"type",
                                    example_badge().recipient.text() + "\",\n    \"type"));
  testing::check_file("credential/badges.json", {{"seed", to_hex(std::string(32, 'i'))},
                                                 {"did", issuer_key().did().text()},
                                                 {"badges", badges},
                                                 {"refused", refused}});
}
