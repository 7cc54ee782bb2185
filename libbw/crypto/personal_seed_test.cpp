#include "crypto/personal_seed.h"

#include <set>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"

using namespace bw;

namespace {

using Key = std::array<std::uint8_t, 32>;

PersonalSeed counting_seed() {
  PersonalSeed seed;
  for (std::size_t i = 0; i < seed.bytes.size(); ++i) seed.bytes[i] = static_cast<std::uint8_t>(i);
  return seed;
}

std::string hex(const Key& key) {
  return to_hex(std::string(key.begin(), key.end()));
}

std::string fixed_random(std::size_t bytes) {
  return std::string(bytes, '\x5a');
}

}  // namespace

TEST_CASE("the derived keys are those of BLAKE2b with the subkey as salt and bw-keys1 as personalisation") {
  // Computed with Python's hashlib.blake2b and the `cryptography` package.
  const PersonalSeed seed = counting_seed();
  CHECK(hex(seed.box_public_key()) == "3a4382d401311290c29d5e06be8666c91a07672efc992667148ce779d9fb8278");
  CHECK(hex(seed.credential_public_key()) ==
        "f354014a486c62008cd5ccbf8310da21f946a4dd0f7506c669bf161edcb200dd");
  CHECK(hex(seed.recovery_public_key()) ==
        "b15d9140031924a1ceaed0bcb4648a39a2572e95ea14e39de312fa3f1ee0de2d");
  CHECK(to_hex(seed.credential_key().seed()) ==
        "bdb9e38372b58308ca06ddbc16ccc08beda2b949319a670552c0602ad252dbe2");
}

TEST_CASE("the three derived keys differ from each other and from seed to seed") {
  CHECK(rc::check("for any two seeds", [](const Key& a, const Key& b) {
    std::set<Key> keys;
    for (const Key& bytes : {a, b}) {
      const PersonalSeed seed{bytes};
      keys.insert({bytes, seed.box_public_key(), seed.credential_public_key(), seed.recovery_public_key()});
    }
    return keys.size() == (a == b ? 4u : 8u);
  }));
  const PersonalSeed seed = counting_seed();
  CHECK(seed.recovery_key().did().public_key() == seed.recovery_public_key());
  CHECK(verify_ed25519(seed.credential_public_key(), "badge", seed.credential_key().sign("badge")));
}

TEST_CASE("a seed is drawn from the given source") {
  CHECK(PersonalSeed::generate(fixed_random).bytes[31] == 0x5a);
  CHECK_FALSE(PersonalSeed::generate(system_random) == PersonalSeed::generate(system_random));
  CHECK_THROWS_AS(PersonalSeed::generate([](std::size_t) { return std::string("few"); }), Error);
}

TEST_CASE("a plain seed file is one line that reads back") {
  const PersonalSeed seed = counting_seed();
  const std::string text = seed.file_text("", fixed_random);
  CHECK(text == "bw-seed-v1 plain AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n");
  CHECK_FALSE(PersonalSeed::is_encrypted(text));
  CHECK(*PersonalSeed::parse_file(text, "") == seed);
  CHECK(*PersonalSeed::parse_file(text, "not needed") == seed);
  CHECK(*PersonalSeed::parse_file(text.substr(0, text.size() - 1), "") == seed);
}

TEST_CASE("an encrypted seed file opens with its passphrase only") {
  const PersonalSeed seed = counting_seed();
  const std::string text = seed.file_text("correct horse", fixed_random);
  CHECK(PersonalSeed::is_encrypted(text));
  CHECK(text.find(to_base64url(std::string(seed.bytes.begin(), seed.bytes.end()))) == std::string::npos);
  CHECK(*PersonalSeed::parse_file(text, "correct horse") == seed);
  const auto wrong = PersonalSeed::parse_file(text, "incorrect horse");
  CHECK_FALSE(wrong);
  CHECK(wrong.reason().find("wrong passphrase") != std::string::npos);
  const auto none = PersonalSeed::parse_file(text, "");
  CHECK_FALSE(none);
  CHECK(none.reason().find("no passphrase was given") != std::string::npos);
  CHECK(seed.file_text("correct horse", system_random) != seed.file_text("correct horse", system_random));
}

TEST_CASE("a seed file that was changed anywhere is refused") {
  const std::string plain = counting_seed().file_text("", fixed_random);
  for (const std::string& bad :
       {std::string(), std::string("\n"), plain + "\n", plain + plain, " " + plain, plain.substr(0, 40),
        std::string("bw-seed-v1 plain \n"), std::string("bw-seed-v2 plain ") + plain.substr(17),
        std::string("bw-seed-v1  plain ") + plain.substr(17), plain.substr(0, plain.size() - 1) + "=\n",
        plain.substr(0, plain.size() - 2) + "9\n", plain.substr(0, plain.size() - 1) + "\r\n",
        std::string("bw-seed-v1 argon2id ") + plain.substr(17),
        "bw-seed-v1 plain " + std::string(100'000, 'A')}) {
    CAPTURE(bad.substr(0, 100));
    CHECK_FALSE(PersonalSeed::parse_file(bad, "passphrase"));
  }
  const std::string encrypted = counting_seed().file_text("p", fixed_random);
  for (const std::size_t at : {20u, 45u, 80u, 120u, 135u}) {  // salt, nonce, ciphertext, tag
    std::string changed = encrypted;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(PersonalSeed::parse_file(changed, "p"));
  }
}
