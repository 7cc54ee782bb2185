#pragma once
// Raw Ed25519 (RFC 8032) through libsodium, whose strict verification decides everywhere: no
// small-order or non-canonical point, no malleable S. Keys sign nothing but what a format built on
// this defines: SSHSIG (crypto/sshsig.h) for actors, C2SP notes (tlog/note.h) for logs.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/random.h"
#include "crypto/did.h"

namespace bw {

using Signature = std::array<std::uint8_t, 64>;

// Whether `signature` is that of the 32-byte public key over `bytes`.
bool verify_ed25519(const std::array<std::uint8_t, 32>& public_key, std::string_view bytes,
                    const Signature& signature);

// A private key: its bytes are wiped when it goes.
class SecretKey {
public:
  // Throws Error(usage) where the seed is not 32 bytes.
  explicit SecretKey(std::string_view seed_32_bytes);
  static SecretKey generate(const Random& random);
  ~SecretKey();
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  Did did() const;
  Signature sign(std::string_view bytes) const;
  std::string_view seed() const { return {reinterpret_cast<const char*>(bytes_.data()), 32}; }

private:
  std::array<std::uint8_t, 64> bytes_{};  // seed and public key, so that signing need not derive it again
};

}  // namespace bw
