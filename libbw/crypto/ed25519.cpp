#include "crypto/ed25519.h"

#include <algorithm>
#include <string>
#include <utility>

#include <sodium.h>

#include "base/error.h"
#include "crypto/sodium.h"

namespace bw {

void start_sodium() {
  static const int started = sodium_init();
  if (started < 0) throw Error(ErrorCode::cannot, "libsodium cannot start");
}

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
}

bool verify_ed25519(const std::array<std::uint8_t, 32>& public_key, std::string_view bytes,
                    const Signature& signature) {
  start_sodium();
  return crypto_sign_verify_detached(signature.data(), sodium_bytes(bytes), bytes.size(),
                                     public_key.data()) == 0;
}

SecretKey::SecretKey(std::string_view seed_32_bytes) {
  if (seed_32_bytes.size() != crypto_sign_SEEDBYTES) {
    throw Error(ErrorCode::usage, "an Ed25519 seed is not 32 bytes long");
  }
  start_sodium();
  std::array<std::uint8_t, 32> public_key{};
  crypto_sign_seed_keypair(public_key.data(), bytes_.data(), sodium_bytes(seed_32_bytes));
}

SecretKey SecretKey::generate(const Random& random) {
  std::string seed = random(crypto_sign_SEEDBYTES);
  SecretKey key(seed);
  wipe(seed);
  return key;
}

SecretKey::~SecretKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), other.bytes_.size());
  }
  return *this;
}

Did SecretKey::did() const {
  std::array<std::uint8_t, 32> public_key{};
  std::copy_n(bytes_.begin() + 32, 32, public_key.begin());
  return Did::from_public_key(public_key);
}

Signature SecretKey::sign(std::string_view bytes) const {
  start_sodium();
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, sodium_bytes(bytes), bytes.size(), bytes_.data());
  return signature;
}

}  // namespace bw
