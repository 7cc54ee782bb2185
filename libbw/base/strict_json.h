#pragma once
// Strict JSON: the subset of RFC 8785 (JCS) in which everything that is signed or committed to is
// written. One value has one text, so two parsers can never disagree about what was signed:
//
//   * UTF-8 without a byte order mark, and no white space between tokens;
//   * object keys are [a-z0-9_]+, sorted bytewise, unique (for ASCII, JCS order is byte order);
//   * strings with minimal escapes: \" \\ \b \f \n \r \t, and \u00xx in lower case for the other
//     control characters; nothing else is escaped;
//   * integers from −(2^53−1) to 2^53−1 without leading zeros, "-0", fraction or exponent;
//   * nesting of at most 16 levels.
//
// The check is one pass without allocation; whatever it accepts, any JSON parser reads alike.

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace bw {

using Json = nlohmann::json;

namespace strict_json {

inline constexpr int max_depth = 16;
inline constexpr std::int64_t max_integer = (std::int64_t{1} << 53) - 1;

// A member of an object: its key and the text of its value, as spans of the text they came from.
struct Member {
  std::string_view key;
  std::string_view value;
};

// Empty where `text` is one strict value; otherwise why not, with the byte offset.
std::string problem(std::string_view text);

// The members of a strict object in order; spans live as long as `text`.
Result<std::vector<Member>> members(std::string_view text);

// The contents of a span that holds a string without any escape; nothing for other spans.
// Ids, keys, times and digests never need an escape.
std::optional<std::string_view> plain_string(std::string_view value);

// Parses a text after checking it.
Result<Json> parse(std::string_view text);

// The one strict text of a value. Throws Error(invalid) where it has none: a float, a key or a string
// outside the subset, too deep.
std::string text(const Json& value);

}  // namespace strict_json
}  // namespace bw
