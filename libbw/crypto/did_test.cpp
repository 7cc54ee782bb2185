#include "crypto/did.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"

using namespace bw;

namespace {

Did did_of_hex(std::string_view hex) {
  std::array<std::uint8_t, 32> key{};
  const std::string bytes = from_hex(hex).value();
  REQUIRE(bytes.size() == key.size());
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return Did::from_public_key(key);
}

constexpr std::string_view example = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

}  // namespace

TEST_CASE("the examples of the did:key specification and its test suites are read and written") {
  CHECK(did_of_hex("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29").text() == example);
  for (const std::string_view text : {"did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
                                      "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
                                      "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf"}) {
    const auto did = Did::parse(text);
    REQUIRE(did);
    CHECK(did->text() == text);
    CHECK(did->text() == "did:key:" + did->short_id());
    CHECK(*Did::from_short_id(did->short_id()) == *did);
  }
}

TEST_CASE("every key has one name of 48 characters that begins with z6Mk") {
  CHECK(rc::check("and the name gives the key back", [](const std::array<std::uint8_t, 32>& key) {
    const Did did = Did::from_public_key(key);
    const std::string name = did.short_id();
    const auto parsed = Did::parse(did.text());
    return name.size() == 48 && name.starts_with("z6Mk") && parsed && parsed->public_key() == key;
  }));
  std::array<std::uint8_t, 32> extreme{};
  CHECK(Did::parse(Did::from_public_key(extreme).text())->public_key() == extreme);
  extreme.fill(0xff);
  CHECK(Did::parse(Did::from_public_key(extreme).text())->public_key() == extreme);
}

TEST_CASE("no other text than the encoder's is a name") {
  const std::string good(example);
  for (const std::string& bad :
       {std::string(), std::string("did:key:"), std::string("did:key:z"), good + "1", good + " ", " " + good,
        good + "\n", good.substr(0, good.size() - 1), "did:key:z1" + good.substr(9),
        "DID:KEY:" + good.substr(8), "did:web:" + good.substr(8), good.substr(8), good + "#" + good.substr(8),
        std::string("did:key:m7QE7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ"),   // the same key in base64
        std::string("did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"),  // an X25519 key
        "did:key:z" + std::string(47, 'z'), "did:key:z" + std::string(47, '1'),
        "did:key:z" + std::string(100'000, '1'), good.substr(0, 20) + '\0' + good.substr(21)}) {
    CAPTURE(bad.substr(0, 100));
    const auto parsed = Did::parse(bad);
    CHECK_FALSE(parsed);
    CHECK_FALSE(parsed.reason().empty());
  }
  for (const char ambiguous : {'0', 'O', 'I', 'l', '-', '\x80'}) {
    std::string bad = good;
    bad[30] = ambiguous;
    CHECK_FALSE(Did::parse(bad));
  }
}

TEST_CASE("a text that is accepted comes out the same again") {
  CHECK(rc::check("whatever single character is changed", [] {
    std::string text(example);
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::arbitrary<char>();
    const auto parsed = Did::parse(text);
    return !parsed || parsed->text() == text;
  }));
}

TEST_CASE("names order and hash by their key") {
  const Did low = did_of_hex(std::string(64, '0'));
  const Did high = did_of_hex(std::string(64, 'f'));
  CHECK(low < high);
  CHECK(std::set<Did>{high, low, high}.size() == 2);
  CHECK(std::unordered_set<Did>{high, low, high}.size() == 2);
}
