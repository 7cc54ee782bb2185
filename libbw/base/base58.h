#pragma once
// base58btc, the alphabet in which keys and signatures are named in DIDs and credentials (multibase 'z';
// https://datatracker.ietf.org/doc/html/draft-msporny-base58-03): the bytes as one big number, and a '1'
// for each zero byte in front. A byte string has one text and a text one byte string. The work grows
// with the square of the length, so that there is a bound: keys take 34 bytes, signatures 64.

#include <optional>
#include <string>
#include <string_view>

namespace bw {

inline constexpr std::size_t max_base58_bytes = 128;

// Throws Error(usage) for more than `max_base58_bytes`.
std::string to_base58btc(std::string_view bytes);
// Nothing where a character is not of the alphabet, or for more bytes than that.
std::optional<std::string> from_base58btc(std::string_view text);

}  // namespace bw
