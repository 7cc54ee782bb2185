#pragma once
// Words: how text is cut up for search, the same way when it is indexed and when it is asked for. Text is
// folded first (base/text.h), so case, width and compatibility forms do not matter.
//
//   * Scripts that separate words by spaces give words: letters, marks and digits in a row.
//   * Scripts that do not (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese) give every character and every
//     two neighbours, so that a word of any length is found: SQLite's own trigrams find no Chinese word
//     of two characters, which most are.
//
// What comes out are letters, marks, digits and spaces only, so nothing that anybody writes can become
// an operator of the database.

#include <string>
#include <string_view>
#include <vector>

namespace bw {

inline constexpr std::size_t max_query_terms = 64;
inline constexpr std::size_t max_word_characters = 64;

// The words of a text with a space between them; at most `max_bytes`, cut between words. Text that is not
// UTF-8 has none.
std::string indexed_words(std::string_view text, std::size_t max_bytes);

struct Term {
  std::string word;
  bool prefix = false;  // longer words count too
  friend bool operator==(const Term&, const Term&) = default;
};

// What a query asks for: each once, the first `max_query_terms`. A run of several characters of a script
// without spaces asks for its pairs; a spaced word of at least three characters for what begins with it.
std::vector<Term> query_terms(std::string_view query);

// Whether words from `indexed_words` hold the term.
bool holds(std::string_view words, const Term& term);

}  // namespace bw
