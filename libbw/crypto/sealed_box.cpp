#include "crypto/sealed_box.h"

#include <sodium.h>

#include "base/error.h"
#include "crypto/sodium.h"

namespace bw {
namespace {

static_assert(content_key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(content_nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(content_tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(wrapped_key_bytes == content_key_bytes + crypto_box_SEALBYTES);

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void require_sizes(std::string_view key, std::string_view nonce) {
  if (key.size() != content_key_bytes || nonce.size() != content_nonce_bytes)
    throw Error(ErrorCode::usage, "a content key has 32 bytes and its nonce 24");
}

// The nonce of libsodium's sealed boxes: BLAKE2b of both public keys.
std::array<unsigned char, crypto_box_NONCEBYTES> box_nonce(const BoxKey& ephemeral, const BoxKey& to) {
  std::array<unsigned char, crypto_box_NONCEBYTES> nonce{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, nonce.size());
  crypto_generichash_update(&state, ephemeral.data(), ephemeral.size());
  crypto_generichash_update(&state, to.data(), to.size());
  crypto_generichash_final(&state, nonce.data(), nonce.size());
  return nonce;
}

}  // namespace

std::string encrypt_content(std::string_view content, std::string_view key, std::string_view nonce,
                            std::string_view associated) {
  start_sodium();
  require_sizes(key, nonce);
  std::string ciphertext(content.size() + content_tag_bytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(ciphertext), nullptr, sodium_bytes(content),
                                             content.size(), sodium_bytes(associated), associated.size(),
                                             nullptr, sodium_bytes(nonce), sodium_bytes(key));
  return ciphertext;
}

std::optional<std::string> decrypt_content(std::string_view ciphertext, std::string_view key,
                                           std::string_view nonce, std::string_view associated) {
  start_sodium();
  require_sizes(key, nonce);
  if (ciphertext.size() < content_tag_bytes) return std::nullopt;
  std::string content(ciphertext.size() - content_tag_bytes, '\0');
  const int result = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(content), nullptr, nullptr, sodium_bytes(ciphertext), ciphertext.size(),
      sodium_bytes(associated), associated.size(), sodium_bytes(nonce), sodium_bytes(key));
  return result == 0 ? std::optional(std::move(content)) : std::nullopt;
}

std::optional<std::string> wrap_key(std::string_view content_key, const BoxKey& to, const Random& random) {
  start_sodium();
  BoxKey ephemeral{};
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret{};
  std::string drawn = random(secret.size());
  std::copy(drawn.begin(), drawn.end(), secret.begin());
  wipe(drawn);
  crypto_scalarmult_base(ephemeral.data(), secret.data());
  const auto nonce = box_nonce(ephemeral, to);
  std::string wrapped(ephemeral.begin(), ephemeral.end());
  wrapped.resize(content_key.size() + crypto_box_SEALBYTES);
  const int result = crypto_box_easy(bytes_of(wrapped) + ephemeral.size(), sodium_bytes(content_key),
                                     content_key.size(), nonce.data(), to.data(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return result == 0 ? std::optional(std::move(wrapped)) : std::nullopt;
}

std::optional<std::string> unwrap_key(std::string_view wrapped, const PersonalSeed& seed) {
  start_sodium();
  if (wrapped.size() != wrapped_key_bytes) return std::nullopt;
  constexpr std::uint64_t box_subkey = 1;  // crypto/personal_seed.h
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret{};
  crypto_kdf_derive_from_key(secret.data(), secret.size(), box_subkey, "bw-keys1", seed.bytes.data());
  const BoxKey mine = seed.box_public_key();
  std::string key(content_key_bytes, '\0');
  const int result =
      crypto_box_seal_open(bytes_of(key), sodium_bytes(wrapped), wrapped.size(), mine.data(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return result == 0 ? std::optional(std::move(key)) : std::nullopt;
}

}  // namespace bw
