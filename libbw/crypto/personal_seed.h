#pragma once
// The personal seed: 32 secret bytes per person from which the keys other than the actor key come
// (libsodium's KDF, context "bw-keys1"): subkey 1 is the X25519 key that opens sealed contents,
// subkey 2 the Ed25519 key that signs badges. Kept beside the actor key; encrypted (Argon2id and
// XChaCha20-Poly1305 of libsodium) when the actor key is.

#include <array>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace bw {

struct PersonalSeed {
  std::array<std::uint8_t, 32> bytes{};

  static PersonalSeed generate(const Random& random);
  std::array<std::uint8_t, 32> box_public_key() const;         // X25519, subkey 1
  std::array<std::uint8_t, 32> credential_public_key() const;  // Ed25519, subkey 2

  // The file text: one line, "bw-seed-v1 plain <base64url>" or "bw-seed-v1 argon2id <base64url>".
  std::string file_text(const std::string& passphrase, const Random& random) const;
  // A wrong passphrase is a reason.
  static Result<PersonalSeed> parse_file(std::string_view text, const std::string& passphrase);
  static bool is_encrypted(std::string_view file_text);
};

}  // namespace bw
