#pragma once
// Text encodings of byte strings: hex, base64 (RFC 4648 §4, padded) and base64url (§5, unpadded).
// A byte string is a `std::string`. Decoders are strict: the one text that the encoder gives is the
// one text that is accepted (lower-case hex, no white space, no spare bits set).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

// `value` as 8 (4) big-endian bytes.
std::string big_endian_64(std::uint64_t value);
std::string big_endian_32(std::uint32_t value);

}  // namespace bw
