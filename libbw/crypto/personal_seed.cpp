#include "crypto/personal_seed.h"

#include <algorithm>
#include <optional>

#include <sodium.h>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/sodium.h"

namespace bw {
namespace {

using Key = std::array<std::uint8_t, 32>;

// Part of the format: a file of version 1 means these.
constexpr unsigned long long argon2id_passes = 2;
constexpr std::size_t argon2id_memory = 64u << 20;
constexpr std::size_t salt_size = crypto_pwhash_SALTBYTES;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t sealed_size = 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES;

constexpr std::string_view plain_prefix = "bw-seed-v1 plain ";
constexpr std::string_view encrypted_prefix = "bw-seed-v1 argon2id ";

enum PersonalSubkey : std::uint64_t { box = 1, credential = 2, recovery = 3 };

// 32 secret bytes, wiped when they go.
struct Secret {
  Key bytes{};
  Secret() = default;
  ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

void derive(const Key& seed, PersonalSubkey subkey, Secret& derived) {
  start_sodium();
  crypto_kdf_derive_from_key(derived.bytes.data(), derived.bytes.size(), subkey, "bw-keys1", seed.data());
}

SecretKey ed25519_key(const Key& seed, PersonalSubkey subkey) {
  Secret derived;
  derive(seed, subkey, derived);
  return SecretKey(derived.view());
}

void stretch(const std::string& passphrase, std::string_view salt, Secret& key) {
  start_sodium();
  if (crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                    sodium_bytes(salt), argon2id_passes, argon2id_memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorCode::cannot, "there is not enough memory to open or close the personal seed",
                "64 MiB are needed");
  }
}

std::optional<PersonalSeed> seed_of(std::string_view bytes) {
  PersonalSeed seed;
  if (bytes.size() != seed.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), seed.bytes.begin());
  return seed;
}

}  // namespace

PersonalSeed::~PersonalSeed() {
  sodium_memzero(bytes.data(), bytes.size());
}

PersonalSeed PersonalSeed::generate(const Random& random) {
  std::string drawn = random(32);
  const auto seed = seed_of(drawn);
  wipe(drawn);
  if (!seed) throw Error(ErrorCode::cannot, "the source of randomness gave too little");
  return *seed;
}

Key PersonalSeed::box_public_key() const {
  Secret secret;
  derive(bytes, box, secret);
  Key public_key{};
  crypto_scalarmult_base(public_key.data(), secret.bytes.data());
  return public_key;
}

SecretKey PersonalSeed::credential_key() const {
  return ed25519_key(bytes, credential);
}
Key PersonalSeed::credential_public_key() const {
  return credential_key().did().public_key();
}
SecretKey PersonalSeed::recovery_key() const {
  return ed25519_key(bytes, recovery);
}
Key PersonalSeed::recovery_public_key() const {
  return recovery_key().did().public_key();
}

std::string PersonalSeed::file_text(const std::string& passphrase, const Random& random) const {
  const std::string_view seed{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (passphrase.empty()) return std::string(plain_prefix) + to_base64url(seed) + "\n";
  const std::string salt = random(salt_size);
  const std::string nonce = random(nonce_size);
  Secret key;
  stretch(passphrase, salt, key);
  std::array<std::uint8_t, sealed_size> sealed{};
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, bytes.data(), bytes.size(),
                                             sodium_bytes(encrypted_prefix), encrypted_prefix.size(), nullptr,
                                             sodium_bytes(nonce), key.bytes.data());
  const std::string_view box_text{reinterpret_cast<const char*>(sealed.data()), sealed.size()};
  return std::string(encrypted_prefix) + to_base64url(salt + nonce + std::string(box_text)) + "\n";
}

bool PersonalSeed::is_encrypted(std::string_view file_text) {
  return file_text.starts_with(encrypted_prefix);
}

Result<PersonalSeed> PersonalSeed::parse_file(std::string_view text, const std::string& passphrase) {
  const Reason damaged{"the personal seed file is damaged"};
  if (text.size() > 256) return damaged;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.starts_with(plain_prefix)) {
    const auto decoded = from_base64url(text.substr(plain_prefix.size()));
    const auto seed = decoded ? seed_of(*decoded) : std::nullopt;
    return seed ? Result<PersonalSeed>(*seed) : damaged;
  }
  if (!is_encrypted(text)) return Reason{"not a personal seed file of this version"};
  const auto decoded = from_base64url(text.substr(encrypted_prefix.size()));
  if (!decoded || decoded->size() != salt_size + nonce_size + sealed_size) return damaged;
  if (passphrase.empty()) return Reason{"the personal seed is encrypted, and no passphrase was given"};
  const std::string_view all = *decoded;
  Secret key;
  stretch(passphrase, all.substr(0, salt_size), key);
  PersonalSeed seed;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          seed.bytes.data(), nullptr, nullptr, sodium_bytes(all.substr(salt_size + nonce_size)), sealed_size,
          sodium_bytes(encrypted_prefix), encrypted_prefix.size(), sodium_bytes(all.substr(salt_size)),
          key.bytes.data()) != 0) {
    return Reason{"wrong passphrase for the personal seed, or its file is damaged"};
  }
  return seed;
}

}  // namespace bw
