#pragma once
// JCS, the JSON Canonicalization Scheme (RFC 8785): the one text of a JSON value, whose digest is signed in
// credentials. Members are sorted by the UTF-16 code units of their names, strings escape only what they
// must, and there is no white space.
//
// Our own formats use a subset with a reader that is stricter and faster (base/strict_json.h), in which
// a text is the canonical one or is refused. Credentials are documents of others, with keys such as
// "@context", laid out as their writers like; so they are parsed, and written again canonically.
//
// Numbers are integers from −(2^53−1) to 2^53−1. The text that RFC 8785 gives other numbers depends on how a
// double is printed; a credential that has one is refused rather than guessed at.

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strict_json.h"

namespace bw::jcs {

inline constexpr int max_depth = 32;

// The canonical text; the reason where a value has none: a fraction, a number that is too large, text that is
// not UTF-8, or deeper than `max_depth`.
Result<std::string> text(const Json& value);

// Parses any JSON text (RFC 8259) of at most `max_bytes`. Refused are what two readers could understand
// differently, or not at all: a name that stands twice in an object, a byte order mark, half a surrogate
// pair, deeper than `max_depth`, something behind the value.
Result<Json> parse(std::string_view text, std::size_t max_bytes);

}  // namespace bw::jcs
