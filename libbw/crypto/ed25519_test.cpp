#include "crypto/ed25519.h"

#include <algorithm>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <rapidcheck.h>
#include <sodium.h>

#include "base/bytes.h"
#include "base/error.h"

using namespace bw;

namespace {

using Key = std::array<std::uint8_t, 32>;

template <std::size_t size>
std::array<std::uint8_t, size> bytes_of(std::string_view hex) {
  std::array<std::uint8_t, size> result{};
  const std::string bytes = from_hex(hex).value();
  REQUIRE(bytes.size() == size);
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

Signature joined(const Key& point, const Key& scalar) {
  Signature signature{};
  std::copy(point.begin(), point.end(), signature.begin());
  std::copy(scalar.begin(), scalar.end(), signature.begin() + 32);
  return signature;
}

// OpenSSL keeps to the plain equation of RFC 8032, which small-order points can satisfy.
bool openssl_verifies(const Key& key, std::string_view bytes, const Signature& signature) {
  EVP_PKEY* const public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size());
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const bool good = EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key) == 1 &&
                    EVP_DigestVerify(context, signature.data(), signature.size(),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return good;
}

// The points whose order divides 8, in every encoding of 32 bytes that a lax decoder takes.
constexpr std::array<std::string_view, 14> small_order_points{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

// The secret scalar of a seed (RFC 8032 §5.1.5) modulo the group order.
Key secret_scalar(std::string_view seed) {
  std::array<std::uint8_t, 64> hash{};
  crypto_hash_sha512(hash.data(), reinterpret_cast<const unsigned char*>(seed.data()), seed.size());
  hash[0] &= 248;
  hash[31] = static_cast<std::uint8_t>((hash[31] & 127) | 64);
  std::fill(hash.begin() + 32, hash.end(), std::uint8_t{0});
  Key scalar{};
  crypto_core_ed25519_scalar_reduce(scalar.data(), hash.data());
  return scalar;
}

Key challenge(const Key& point, const Key& key, std::string_view bytes) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, point.data(), point.size());
  crypto_hash_sha512_update(&state, key.data(), key.size());
  crypto_hash_sha512_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::array<std::uint8_t, 64> hash{};
  crypto_hash_sha512_final(&state, hash.data());
  Key scalar{};
  crypto_core_ed25519_scalar_reduce(scalar.data(), hash.data());
  return scalar;
}

}  // namespace

TEST_CASE("the test vectors of RFC 8032 are signed and verified") {
  const SecretKey empty(from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value());
  const Key public_key = empty.did().public_key();
  CHECK(to_hex(std::string(public_key.begin(), public_key.end())) ==
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const auto signature = bytes_of<64>(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5"
      "f0595b"
      "be24655141438e7a100b");
  CHECK(empty.sign("") == signature);
  CHECK(verify_ed25519(empty.did().public_key(), "", signature));

  const SecretKey two_bytes(
      from_hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7").value());
  CHECK(two_bytes.sign("\xaf\x82") ==
        bytes_of<64>(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
            "594a7c15e9716ed28dc027beceea1ec40a"));
}

TEST_CASE("a signature is good for its key and its bytes only") {
  CHECK(rc::check("and not after any bit of it was changed", [](const Key& seed, const std::string& bytes) {
    const SecretKey key(std::string(seed.begin(), seed.end()));
    const Key public_key = key.did().public_key();
    Signature signature = key.sign(bytes);
    if (!verify_ed25519(public_key, bytes, signature) || verify_ed25519(public_key, bytes + "x", signature) ||
        !openssl_verifies(public_key, bytes, signature)) {
      return false;
    }
    signature[*rc::gen::inRange<std::size_t>(0, 64)] ^=
        static_cast<std::uint8_t>(1 << *rc::gen::inRange(0, 8));
    return !verify_ed25519(public_key, bytes, signature);
  }));
}

TEST_CASE("a malleable signature, S plus the group order, is refused") {
  const SecretKey key(std::string(32, 's'));
  const Signature good = key.sign("deed");
  const auto order = bytes_of<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Signature malleable = good;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += malleable[32 + i] + unsigned{order[i]};
    malleable[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  REQUIRE(carry == 0);
  CHECK(verify_ed25519(key.did().public_key(), "deed", good));
  CHECK_FALSE(verify_ed25519(key.did().public_key(), "deed", malleable));
}

TEST_CASE("small-order and all-zero keys sign nothing") {
  // With the neutral point as key every R = S·B satisfies the plain equation, for any message.
  Key scalar{};
  scalar[0] = 7;
  Key point{};
  REQUIRE(crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data()) == 0);
  const auto neutral = bytes_of<32>(small_order_points[2]);
  CHECK(openssl_verifies(neutral, "anything at all", joined(point, scalar)));
  CHECK_FALSE(verify_ed25519(neutral, "anything at all", joined(point, scalar)));

  for (const std::string_view hex : small_order_points) {
    const auto key = bytes_of<32>(hex);
    for (int i = 0; i < 16; ++i) {  // the lax equation holds for one message in 8, or more often
      const std::string message = "message " + std::to_string(i);
      CHECK_FALSE(verify_ed25519(key, message, joined(point, scalar)));
      CHECK_FALSE(verify_ed25519(key, message, joined(key, Key{})));
    }
    CHECK_FALSE(verify_ed25519(key, "", Signature{}));
  }
}

TEST_CASE("a signature with a small-order R is refused, though the equation holds") {
  const std::string seed(32, 'r');
  const SecretKey key(seed);
  const Key public_key = key.did().public_key();
  const auto neutral = bytes_of<32>(small_order_points[2]);
  Key scalar{};
  crypto_core_ed25519_scalar_mul(scalar.data(), challenge(neutral, public_key, "deed").data(),
                                 secret_scalar(seed).data());
  CHECK(openssl_verifies(public_key, "deed", joined(neutral, scalar)));
  CHECK_FALSE(verify_ed25519(public_key, "deed", joined(neutral, scalar)));
  for (const std::string_view hex : small_order_points) {
    CHECK_FALSE(verify_ed25519(public_key, "deed", joined(bytes_of<32>(hex), scalar)));
  }
}

TEST_CASE("a secret key moves, and leaves nothing behind") {
  SecretKey first(std::string(32, 'a'));
  const Did did = first.did();
  const SecretKey second = std::move(first);
  CHECK(second.did() == did);
  // NOLINTNEXTLINE(bugprone-use-after-move): that nothing is left in it is the point
  CHECK(first.seed() == std::string(32, '\0'));
  SecretKey third(std::string(32, 'c'));
  third = SecretKey(std::string(32, 'a'));
  CHECK(third.did() == did);
  CHECK(third.sign("x") == second.sign("x"));
}

TEST_CASE("a secret key comes from exactly 32 bytes") {
  CHECK_THROWS_AS(SecretKey(std::string(31, 'a')), Error);
  CHECK_THROWS_AS(SecretKey(std::string(33, 'a')), Error);
  CHECK_THROWS_AS(SecretKey{""}, Error);
  CHECK(SecretKey::generate(system_random).did() != SecretKey::generate(system_random).did());
  CHECK(SecretKey::generate([](std::size_t n) { return std::string(n, 'a'); }).did() ==
        SecretKey(std::string(32, 'a')).did());
}
