#pragma once
// How the pieces of a backup are encrypted, with keys from the personal seed, so that the paper key opens
// them and whoever stores them learns nothing but sizes and times. A piece is
//
//     header (24 random bytes) || messages of libsodium's secretstream (XChaCha20-Poly1305), each of 64 KiB
//     of plaintext but the last, which alone carries the tag FINAL
//
// over the content, padded with 0x80 and zeros to one of few lengths. Every message is bound to the piece's
// context (its backup and place), so that no piece opens in another's place, cut short, or continued.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/personal_seed.h"

namespace bw {

// Subkeys 4 and 5 of the personal seed.
struct BackupKeys {
  std::array<std::uint8_t, 32> pieces{};
  std::array<std::uint8_t, 32> names{};

  explicit BackupKeys(const PersonalSeed& seed);
  ~BackupKeys();  // wipes
  BackupKeys(const BackupKeys&) = delete;
  BackupKeys& operator=(const BackupKeys&) = delete;
};

inline constexpr std::size_t max_piece_content = std::size_t{5} << 20;
inline constexpr std::size_t max_sealed_piece = std::size_t{6} << 20;

// The length to which content is padded: at least 1 KiB, then by PADMÉ (Nikitin and others, "Reducing
// Metadata Leakage from Encrypted Files", 2019): at most an eighth more, and the length tells only its
// magnitude.
std::size_t padded_piece_size(std::size_t content);

// Throws Error(usage) where the content is larger than 5 MiB.
std::string seal_piece(const BackupKeys& keys, std::string_view context, std::string_view content,
                       const Random& random);
Result<std::string> open_piece(const BackupKeys& keys, std::string_view context, std::string_view sealed);

// A name for a backup that its owner alone recognises as hers: 48 hex digits of 16 random bytes and 8 of
// their BLAKE2b under the key for names.
std::string make_backup_name(const BackupKeys& keys, const Random& random);
bool is_backup_name(std::string_view name);  // by its form, whosever it is
bool is_own_backup_name(const BackupKeys& keys, std::string_view name);

}  // namespace bw
