#include "hub/words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

#include <utf8proc.h>

#include "base/text.h"

namespace bw {
namespace {

struct Range {
  std::int32_t first;
  std::int32_t last;
};

// Blocks of Unicode 14 whose scripts are written without spaces between words, and Hangul, whose words
// carry particles.
constexpr std::array<Range, 14> unspaced_blocks = {{
    {0x0E00, 0x0EFF},    // Thai, Lao
    {0x1000, 0x109F},    // Myanmar
    {0x1100, 0x11FF},    // Hangul Jamo
    {0x1780, 0x17FF},    // Khmer
    {0x2E80, 0x2FDF},    // CJK and Kangxi radicals
    {0x3005, 0x3007},    // iteration mark, closing mark, zero
    {0x3040, 0x30FF},    // Hiragana, Katakana
    {0x3100, 0x31FF},    // Bopomofo, Hangul compatibility Jamo, Katakana extensions
    {0x3400, 0x4DBF},    // CJK extension A
    {0x4E00, 0x9FFF},    // CJK
    {0xA960, 0xA97F},    // Hangul Jamo extended A
    {0xAC00, 0xD7FF},    // Hangul
    {0xF900, 0xFAFF},    // CJK compatibility
    {0x20000, 0x3FFFF},  // CJK extensions B and on
}};

enum class Kind { gap, spaced, unspaced };

Kind kind_of(std::int32_t value) {
  const auto category = utf8proc_category(value);
  const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
  const bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
  const bool digit = category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
  if (!letter && !mark && !digit) return Kind::gap;
  const bool unspaced =
      !digit && std::any_of(unspaced_blocks.begin(), unspaced_blocks.end(),
                            [&](const Range& block) { return value >= block.first && value <= block.last; });
  return unspaced ? Kind::unspaced : Kind::spaced;
}

struct Run {
  Kind kind = Kind::gap;
  std::vector<std::string_view> characters;
};

// Each row of characters of one kind; false from `visit` ends it.
void for_each_run(std::string_view folded, const std::function<bool(const Run&)>& visit) {
  Run run;
  while (!folded.empty()) {
    std::int32_t value = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(folded.data()),
                                       static_cast<utf8proc_ssize_t>(folded.size()), &value);
    const auto bytes = static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 1));
    const Kind kind = kind_of(value);
    if (kind != run.kind) {
      if (run.kind != Kind::gap && !visit(run)) return;
      run = {kind, {}};
    }
    if (kind != Kind::gap) run.characters.push_back(folded.substr(0, bytes));
    folded.remove_prefix(bytes);
  }
  if (run.kind != Kind::gap) visit(run);
}

// The word that a run of a spaced script is; a longer one is known by its beginning.
std::string word_of(const Run& run) {
  std::string word;
  for (std::size_t i = 0; i < std::min(run.characters.size(), max_word_characters); ++i)
    word += run.characters[i];
  return word;
}

std::string pair_at(const Run& run, std::size_t i) {
  return std::string(run.characters[i]).append(run.characters[i + 1]);
}

}  // namespace

std::string indexed_words(std::string_view text, std::size_t max_bytes) {
  std::string words;
  if (!is_utf8(text)) return words;
  const auto add = [&](std::string_view word) {
    if (words.size() + word.size() + 1 > max_bytes) return false;
    if (!words.empty()) words += ' ';
    words += word;
    return true;
  };
  const std::string folded = casefold(text);
  for_each_run(folded, [&](const Run& run) {
    if (run.kind == Kind::spaced) return add(word_of(run));
    for (std::size_t i = 0; i < run.characters.size(); ++i) {
      if (!add(run.characters[i])) return false;
      if (i + 1 < run.characters.size() && !add(pair_at(run, i))) return false;
    }
    return true;
  });
  return words;
}

std::vector<Term> query_terms(std::string_view query) {
  constexpr std::size_t shortest_prefix = 3;
  std::vector<Term> terms;
  if (!is_utf8(query)) return terms;
  const auto add = [&](Term term) {
    if (std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
    return terms.size() < max_query_terms;
  };
  const std::string folded = casefold(query);
  for_each_run(folded, [&](const Run& run) {
    if (run.kind == Kind::spaced) return add({word_of(run), run.characters.size() >= shortest_prefix});
    if (run.characters.size() == 1) return add({std::string(run.characters.front()), false});
    for (std::size_t i = 0; i + 1 < run.characters.size(); ++i) {
      if (!add({pair_at(run, i), false})) return false;
    }
    return true;
  });
  return terms;
}

bool holds(std::string_view words, const Term& term) {
  for (const std::string_view word : split(words, ' ')) {
    if (term.prefix ? word.starts_with(term.word) : word == term.word) return true;
  }
  return false;
}

}  // namespace bw
