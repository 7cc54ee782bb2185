#include "crypto/sealed_box.h"

#include <doctest/doctest.h>
#include <sodium.h>

#include "base/random.h"

using namespace bw;

namespace {

const std::string key(content_key_bytes, 'k');
const std::string nonce(content_nonce_bytes, 'n');

}  // namespace

TEST_CASE("content comes back only with its key, nonce and associated data, and with every byte as it was") {
  const std::string sealed = encrypt_content("what happened", key, nonce, "where it belongs");
  CHECK(sealed.size() == 13 + content_tag_bytes);
  CHECK(decrypt_content(sealed, key, nonce, "where it belongs") == "what happened");
  CHECK_FALSE(decrypt_content(sealed, key, nonce, "elsewhere"));
  CHECK_FALSE(decrypt_content(sealed, std::string(content_key_bytes, 'x'), nonce, "where it belongs"));
  CHECK_FALSE(decrypt_content(sealed, key, std::string(content_nonce_bytes, 'x'), "where it belongs"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(decrypt_content(changed, key, nonce, "where it belongs"));
    CHECK_FALSE(decrypt_content(sealed.substr(0, i), key, nonce, "where it belongs"));
  }
}

TEST_CASE("a wrapped key is opened by the seed it was wrapped to, and by no other") {
  const PersonalSeed ada = PersonalSeed::generate(system_random);
  const PersonalSeed eve = PersonalSeed::generate(system_random);
  const auto wrapped = wrap_key(key, ada.box_public_key(), system_random);
  REQUIRE(wrapped);
  CHECK(wrapped->size() == wrapped_key_bytes);
  CHECK(unwrap_key(*wrapped, ada) == key);
  CHECK_FALSE(unwrap_key(*wrapped, eve));
  CHECK_FALSE(unwrap_key(wrapped->substr(1), ada));
  CHECK(*wrap_key(key, ada.box_public_key(), system_random) != *wrapped);
}

TEST_CASE("libsodium's own sealed box is the same") {
  const PersonalSeed ada = PersonalSeed::generate(system_random);
  std::string sealed(wrapped_key_bytes, '\0');
  const BoxKey to = ada.box_public_key();
  REQUIRE(crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()),
                          reinterpret_cast<const unsigned char*>(key.data()), key.size(), to.data()) == 0);
  CHECK(unwrap_key(sealed, ada) == key);
}

TEST_CASE("nothing is wrapped to a box key of small order, to which anything would be open") {
  CHECK_FALSE(wrap_key(key, BoxKey{}, system_random));
}
