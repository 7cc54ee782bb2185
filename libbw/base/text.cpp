#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "base/error.h"

namespace bw {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view ellipsis = "\xE2\x80\xA6";     // U+2026

struct CodePoint {
  std::int32_t value = 0xFFFD;  // what an invalid byte is taken for
  std::size_t bytes = 1;
  bool valid = false;
};

// The code point at the front of a text that is not empty.
CodePoint front(std::string_view text) {
  std::int32_t value = 0;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (bytes <= 0) return {};
  return {value, static_cast<std::size_t>(bytes), true};
}

struct Grapheme {
  std::size_t bytes = 0;
  std::size_t width = 0;
};

// The user-perceived character (UAX #29) at the front of a text that is not empty.
Grapheme front_grapheme(std::string_view text) {
  constexpr std::int32_t emoji_presentation = 0xFE0F;
  constexpr std::size_t widest = 2;  // a flag or a family is several wide code points in two columns
  Grapheme grapheme;
  CodePoint previous;
  std::int32_t state = 0;
  while (grapheme.bytes < text.size()) {
    const CodePoint next = front(text.substr(grapheme.bytes));
    if (grapheme.bytes > 0 && utf8proc_grapheme_break_stateful(previous.value, next.value, &state)) break;
    const auto columns = static_cast<std::size_t>(utf8proc_charwidth(next.value));
    grapheme.width = next.value == emoji_presentation && grapheme.width > 0
                         ? widest
                         : std::min(widest, grapheme.width + columns);
    grapheme.bytes += next.bytes;
    previous = next;
  }
  return grapheme;
}

bool is_harmless(std::int32_t value) {
  switch (utf8proc_category(value)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    case UTF8PROC_CATEGORY_CF:
      break;
    default:
      return true;
  }
  constexpr std::int32_t needed[] = {0x200C, 0x200D, 0x200E, 0x200F, 0x061C};  // ZWNJ ZWJ LRM RLM ALM
  return std::find(std::begin(needed), std::end(needed), value) != std::end(needed) ||
         // Signs such as the Arabic number sign are "format" to Unicode, and visible.
         utf8proc_get_property(value)->boundclass == UTF8PROC_BOUNDCLASS_PREPEND;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  while (!text.empty()) {
    const CodePoint next = front(text);
    points.push_back(static_cast<char32_t>(next.value));
    text.remove_prefix(next.bytes);
  }
  return points;
}

// Optimal string alignment: edits that turn `a` into `b`, where no part is edited twice.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b) {
  std::vector<std::size_t> two_above;
  std::vector<std::size_t> above(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
    }
    two_above = std::move(above);
    above = std::move(row);
  }
  return above.back();
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = front(text);
    if (!next.valid) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

std::string casefold(std::string_view text) {
  constexpr auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
  if (size < 0) throw Error(ErrorCode::invalid, "text that is not UTF-8");
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

std::size_t terminal_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Grapheme next = front_grapheme(text);
    width += next.width;
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string truncate_to_width(std::string_view text, std::size_t columns) {
  std::size_t width = 0;
  std::size_t at = 0;
  std::size_t cut = 0;  // where the text ends if the ellipsis must follow
  while (at < text.size()) {
    const Grapheme next = front_grapheme(text.substr(at));
    width += next.width;
    if (width > columns) {
      return columns == 0 ? std::string() : std::string(text.substr(0, cut)).append(ellipsis);
    }
    at += next.bytes;
    if (width < columns) cut = at;
  }
  return std::string(text);
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = front(text);
    const bool kept = next.valid && (is_harmless(next.value) || (keep_newlines && next.value == '\n'));
    result.append(kept ? text.substr(0, next.bytes) : replacement);
    text.remove_prefix(next.bytes);
  }
  return result;
}

std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t longest = 128;  // ids are shorter; what is longer is no typo
  if (word.size() > 4 * longest || !is_utf8(word)) return std::nullopt;
  const std::u32string wanted = code_points(casefold(word));
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > 4 * longest || !is_utf8(candidate)) continue;
    const std::u32string known = code_points(casefold(candidate));
    const bool begins = wanted.size() >= 2 && known.starts_with(wanted);
    const std::size_t distance = known == wanted ? 0 : begins ? 1 : edit_distance(wanted, known);
    const std::size_t allowed = begins ? 1 : (std::max(wanted.size(), known.size()) + 2) / 3;
    // At least one character must agree, or every one-letter word would be close to every other.
    if (distance > allowed || (distance > 0 && distance >= std::min(wanted.size(), known.size()))) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::optional<std::string> meant = closest(word, candidates);
  return meant ? "did you mean \"" + printable(*meant) + "\"?" : "";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace bw
