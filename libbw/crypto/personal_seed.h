#pragma once
// The personal seed: 32 secret bytes per person from which the keys other than the actor key come
// (libsodium's KDF, context "bw-keys1"): subkey 1 is the X25519 private key that opens sealed
// contents, subkeys 2 and 3 are the Ed25519 seeds of the key that signs badges and of the recovery
// key, which is announced beforehand and otherwise only on paper (crypto/paper_key.h). The seed is
// kept beside the actor key, and encrypted when the actor key is: XChaCha20-Poly1305 under
// Argon2id(passphrase) with 64 MiB and 2 passes, as costly to try as OpenSSH's own default.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/ed25519.h"

namespace bw {

struct PersonalSeed {
  std::array<std::uint8_t, 32> bytes{};

  ~PersonalSeed();  // wipes

  static PersonalSeed generate(const Random& random);

  std::array<std::uint8_t, 32> box_public_key() const;  // X25519
  SecretKey credential_key() const;
  std::array<std::uint8_t, 32> credential_public_key() const;
  SecretKey recovery_key() const;
  std::array<std::uint8_t, 32> recovery_public_key() const;

  // The file text, one line with LF: "bw-seed-v1 plain <base64url of the seed>" where the passphrase is
  // empty, else "bw-seed-v1 argon2id <base64url of salt (16), nonce (24), ciphertext and tag (48)>".
  std::string file_text(const std::string& passphrase, const Random& random) const;
  // A wrong passphrase is a reason; one for a plain file is ignored.
  static Result<PersonalSeed> parse_file(std::string_view text, const std::string& passphrase);
  static bool is_encrypted(std::string_view file_text);

  friend bool operator==(const PersonalSeed& a, const PersonalSeed& b) { return a.bytes == b.bytes; }
};

}  // namespace bw
