#pragma once
// Text for people: Unicode folding for comparison, the width of text on a terminal, the closest
// known word for a typo, and outside text made harmless before it is shown.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

bool is_utf8(std::string_view text);

// NFKC with case folding (utf8proc), the form in which names are compared and words are indexed.
// `text` must be UTF-8.
std::string casefold(std::string_view text);

// Columns that `text` takes on a terminal (East Asian wide characters take two).
std::size_t terminal_width(std::string_view text);
// Cut to at most `columns`, ending in "…" where something was cut; never inside a grapheme.
std::string truncate_to_width(std::string_view text, std::size_t columns);

// Control characters, bidirectional overrides and invalid bytes replaced by U+FFFD, so that outside
// text can neither move a cursor nor disguise itself. Keeps LF where `keep_newlines`.
std::string printable(std::string_view text, bool keep_newlines = false);

// The candidate closest to `word` by edit distance, where one is close enough to be meant.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates);

// "unknown behaviour \"x\"" style helper: a hint "did you mean \"y\"?" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace bw
