#pragma once
// HMAC-SHA256 (RFC 2104): what this machine wrote for itself, known again. Never between people: they sign.

#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace bw {

inline constexpr std::size_t mac_key_bytes = 32;

// `key`: exactly `mac_key_bytes`, random.
Digest mac(std::string_view key, std::string_view bytes);
// Compares in constant time.
bool is_mac(const Digest& claimed, std::string_view key, std::string_view bytes);

}  // namespace bw
