#pragma once
// Text for people: Unicode folding for comparison, the width of text on a terminal, the closest
// known word for a typo, and outside text made harmless before it is shown. Unicode is utf8proc's.

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// Well-formed UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

// NFKC with case folding (NFKC_Casefold of Unicode §3.13), the form in which names are compared and
// words are indexed: ignorable characters vanish, `ＡＥＤ`, `Aed` and `aed` become one. Folding twice
// changes nothing more. Throws Error(invalid) where `text` is not UTF-8.
std::string casefold(std::string_view text);

// Columns that `text` takes on a terminal: East Asian wide characters and emoji take two, combining
// marks none, an invalid byte one. Control characters count as nothing: see `printable`.
std::size_t terminal_width(std::string_view text);
// Cut to at most `columns`, ending in "…" where something was cut; never inside a grapheme.
std::string truncate_to_width(std::string_view text, std::size_t columns);

// Control characters, bidirectional embeddings and overrides, invisible format characters and invalid
// bytes replaced by U+FFFD, so that outside text can neither move a cursor nor disguise itself. Joiners
// and direction marks stay, since Persian, Indic scripts and emoji are written with them. Keeps LF
// where `keep_newlines`.
std::string printable(std::string_view text, bool keep_newlines = false);

// The candidate closest to `word` by edit distance (insertion, deletion, substitution, and swapping
// neighbours, without regard to case), where one is close enough to be meant: one edit per three
// characters, or the beginning of a longer word. The first candidate wins a tie.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates);

// The hint `did you mean "y"?` for an Error, or "" where no candidate is close.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

// The parts between separators; always at least one, which may be empty. Spans live as long as `text`.
std::vector<std::string_view> split(std::string_view text, char separator);
// The parts would be views of a text that is gone.
template <std::same_as<std::string> Temporary>
std::vector<std::string_view> split(Temporary&& text, char separator) = delete;

}  // namespace bw
