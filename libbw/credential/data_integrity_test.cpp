#include "credential/data_integrity.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/test_vector_file.h"
#include "credential/jcs.h"
#include "crypto/hash.h"

using namespace bw;

namespace {

// What the W3C publishes with the suite's specification.
Json published() {
  return testing::read_vector_file("credential/w3c-eddsa-jcs-2022.json");
}

Json signed_document() {
  const Json document = {{"@context", {"https://www.w3.org/ns/credentials/v2"}}, {"said", "yes"}};
  return data_integrity::sign(document, SecretKey(std::string(32, 'k')), Timestamp{1'700'000'000});
}

std::string refusal(const Json& document) {
  return data_integrity::check(document).reason();
}

std::string refusal_with(const char* member, const Json& value) {
  Json document = signed_document();
  document["proof"][member] = value;
  return refusal(document);
}

}  // namespace

TEST_CASE("the published example of eddsa-jcs-2022 is accepted, and its steps come out the same") {
  const Json vector = published();
  const Json& document = vector["signed"];
  const auto proof = data_integrity::check(document);
  REQUIRE_MESSAGE(proof, proof.reason());
  CHECK("did:key:" + vector["publicKeyMultibase"].get<std::string>() == proof->key.text());
  CHECK(proof->created->text() == "2023-02-24T23:36:38Z");
  CHECK_FALSE(proof->expires);

  Json unsecured = document;
  unsecured.erase("proof");
  CHECK(*jcs::text(unsecured) == vector["canonicalDocument"]);
  CHECK(sha256(*jcs::text(unsecured)).hex() == vector["documentHash"]);
  Json configuration = document["proof"];
  configuration.erase("proofValue");
  CHECK(*jcs::text(configuration) == vector["canonicalProof"]);
  CHECK(sha256(*jcs::text(configuration)).hex() == vector["proofHash"]);
}

TEST_CASE("the published example is made again from its document and key") {
  const Json vector = published();
  Json document = vector["signed"];
  document.erase("proof");
  const SecretKey key(from_hex(vector["privateKey"].get<std::string>()).value());
  CHECK(data_integrity::sign(document, key, *Timestamp::parse("2023-02-24T23:36:38Z")) == vector["signed"]);
}

TEST_CASE("what is signed is accepted, and says by whom and when") {
  const auto proof = data_integrity::check(signed_document());
  REQUIRE(proof);
  CHECK(proof->key == SecretKey(std::string(32, 'k')).did());
  CHECK(proof->created == Timestamp{1'700'000'000});
}

TEST_CASE("a document in which anything was changed, added or taken out is refused") {
  const Json good = signed_document();
  Json changed = good;
  changed["said"] = "no";
  CHECK(refusal(changed).starts_with("the proof is not that of did:key:z6Mk"));
  changed = good;
  changed["more"] = nullptr;
  CHECK_FALSE(refusal(changed).empty());
  changed = good;
  changed.erase("said");
  CHECK_FALSE(refusal(changed).empty());
  changed = good;
  changed["@context"].push_back("https://example.org/other-words");
  CHECK(refusal(changed) == "the proof was made for other contexts than the document has");
  changed["proof"]["@context"] = changed["@context"];
  CHECK_FALSE(refusal(changed).empty());
  changed = good;
  changed["proof"].erase("@context");
  CHECK_FALSE(refusal(changed).empty());
  changed["said"] = 0.5;
  CHECK(refusal(changed) == "the document has no canonical text: a number is not an integer");
}

TEST_CASE("a proof whose form is another is refused with the reason") {
  CHECK(refusal(Json::array()) == "there is no proof");
  CHECK(refusal({{"said", "yes"}}) == "there is no proof");
  Json document = signed_document();
  document["proof"] = Json::array({document["proof"]});
  CHECK(refusal(document) == "there is not exactly one proof");
  CHECK(refusal_with("type", "Ed25519Signature2020") == "the proof is no DataIntegrityProof");
  CHECK(refusal_with("cryptosuite", "eddsa-rdfc-2022") == "the proof is not of the suite eddsa-jcs-2022");
  CHECK(refusal_with("proofPurpose", "authentication") == "the proof is not meant as an assertion");
  CHECK(refusal_with("previousProof", "urn:uuid:1") ==
        "the proof has a member that is not understood here: \"previousProof\"");
  CHECK(refusal_with("created", "yesterday") ==
        "the proof's \"created\" is not a time like 2026-11-20T06:30:00Z that exists");
  CHECK_FALSE(refusal_with("created", "2023-11-14T22:13:21Z").empty());
  CHECK_FALSE(refusal_with("expires", 7).empty());
  CHECK_FALSE(refusal_with("nonce", "added").empty());
  for (const char* member :
       {"type", "cryptosuite", "proofPurpose", "created", "verificationMethod", "proofValue"}) {
    CHECK_FALSE(refusal_with(member, nullptr).empty());
  }
}

TEST_CASE("the key is one did:key with its own fragment, and the value one signature") {
  const std::string did = SecretKey(std::string(32, 'k')).did().text();
  const std::string other = SecretKey(std::string(32, 'o')).did().text();
  for (const std::string& method : {did, did + "#", did + "#key-1", did + "#" + other.substr(8),
                                    did.substr(8), std::string("https://example.org/key")}) {
    CAPTURE(method);
    CHECK(refusal_with("verificationMethod", method) ==
          "the proof names no verification method of the form did:key:z6Mk…#z6Mk…");
  }
  CHECK_FALSE(refusal_with("verificationMethod", other + "#" + other.substr(8)).empty());

  const auto value = signed_document()["proof"]["proofValue"].get<std::string>();
  for (const std::string& bad : {std::string(), std::string("z"), value.substr(1), "u" + value.substr(1),
                                 value + "1", "z1" + value.substr(1), std::string(100'000, 'z')}) {
    CHECK(refusal_with("proofValue", bad) == "the proof's value is no Ed25519 signature in base58btc");
  }
}

TEST_CASE("only a document without a proof, which has a canonical text, is signed") {
  const SecretKey key(std::string(32, 'k'));
  CHECK_THROWS_AS(data_integrity::sign(signed_document(), key, {}), Error);
  CHECK_THROWS_AS(data_integrity::sign({{"a", 0.5}}, key, {}), Error);
  CHECK_THROWS_AS(data_integrity::sign("text", key, {}), Error);
}

TEST_CASE("times of other writers are read, and nothing that only people would write") {
  const auto noon = Timestamp::parse("2026-11-20T12:00:00Z");
  for (const char* text : {"2026-11-20T12:00:00Z", "2026-11-20T12:00:00.999Z", "2026-11-20T20:00:00+08:00",
                           "2026-11-20T08:30:00.5-03:30"}) {
    CAPTURE(text);
    const auto time = data_integrity::parse_time(text);
    REQUIRE(time);
    CHECK(*time == *noon);
  }
  for (const char* text : {"", "2026-11-20", "2026-11-20T12:00:00", "2026-11-20 12:00:00Z",
                           "2026-11-20T12:00Z", "now", "today 12:00:00+08:00", "2026-02-30T12:00:00Z",
                           "2026-11-20T12:00:00+0800", "2026-11-20T12:00:00Z "}) {
    CAPTURE(text);
    CHECK_FALSE(data_integrity::parse_time(text));
  }
}
