#pragma once
// Sealing: bytes that only the holders of certain box keys can read. What is sealed is encrypted once,
// under a content key drawn for it alone (XChaCha20-Poly1305, IETF), and that key is wrapped to each
// reader's X25519 box key (libsodium's sealed box: an ephemeral X25519 key, its public half in front).
//
// Randomness is a parameter, so the ephemeral key comes from it and not from libsodium's own source; any
// crypto_box_seal_open opens the result.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/personal_seed.h"

namespace bw {

using BoxKey = std::array<std::uint8_t, 32>;  // X25519 public key

inline constexpr std::size_t content_key_bytes = 32;
inline constexpr std::size_t content_nonce_bytes = 24;
inline constexpr std::size_t content_tag_bytes = 16;
inline constexpr std::size_t wrapped_key_bytes = 32 + 16 + content_key_bytes;

// The ciphertext with its tag behind it, `content_tag_bytes` longer than the content. `key` and `nonce`
// have their sizes.
std::string encrypt_content(std::string_view content, std::string_view key, std::string_view nonce,
                            std::string_view associated);
// Nothing where key, nonce or associated data are others, or a byte was changed.
std::optional<std::string> decrypt_content(std::string_view ciphertext, std::string_view key,
                                           std::string_view nonce, std::string_view associated);

// A content key, for the holder of that box key. Nothing where the box key is of small order, to which
// anything would be open.
std::optional<std::string> wrap_key(std::string_view content_key, const BoxKey& to, const Random& random);
// Nothing where it was not wrapped to this seed's box key.
std::optional<std::string> unwrap_key(std::string_view wrapped, const PersonalSeed& seed);

}  // namespace bw
