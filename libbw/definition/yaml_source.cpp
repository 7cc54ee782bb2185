#include "definition/yaml_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace bw::yaml {
namespace {

constexpr std::string_view white = " \t\r\n";

bool starts_with_at(std::string_view text, std::size_t at, std::string_view wanted) {
  return text.substr(std::min(at, text.size())).starts_with(wanted);
}

// The offset of the first byte that is no part of a character. Lines keep the search cheap.
std::size_t first_invalid(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = line_end(text, at);
    if (!is_utf8(text.substr(at, end - at))) break;
    at = end;
  }
  for (std::size_t length = 1; at < text.size();) {
    if (length <= 4 && at + length <= text.size()) {
      if (is_utf8(text.substr(at, length))) {
        at += length;
        length = 1;
      } else {
        ++length;
      }
    } else {
      return at;
    }
  }
  return at;
}

// C0 and C1 controls, DEL, and a byte order mark inside the text. A CR is fine only before an LF.
std::optional<std::size_t> first_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool crlf = byte == '\r' && starts_with_at(text, i + 1, "\n");
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && !crlf) || byte == 0x7F) return i;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return i;
    if (starts_with_at(text, i, "\xEF\xBB\xBF")) return i;
  }
  return std::nullopt;
}

std::size_t quoted_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || !starts_with_at(text, i + 1, "'")) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

// A plain scalar says its characters in the order of the source; only white space is folded.
std::size_t plain_end(std::string_view text, std::size_t at, std::string_view value) {
  std::size_t end = at;
  for (const char wanted : value) {
    if (white.find(wanted) != std::string_view::npos) continue;
    const std::size_t found = text.find_first_not_of(white, end);
    if (found == std::string_view::npos || text[found] != wanted) return end;
    end = found + 1;
  }
  return end;
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(white) == std::string_view::npos;
}

// The lines of a block scalar are those indented at least as far as its first; the spaces by which its
// value's first line is indented further (possible with an indentation indicator) do not count.
std::size_t block_scalar_end(std::string_view text, std::size_t at, std::string_view value) {
  const std::size_t header_end = line_end(text, at);
  const std::string_view header = text.substr(at, header_end - at);
  const bool keep = header.substr(0, header.find('#')).find('+') != std::string_view::npos;
  if (is_blank(value)) {
    std::size_t end = header_end;
    while (keep && end < text.size() && is_blank(text.substr(end, line_end(text, end) - end)))
      end = line_end(text, end);
    return end;
  }
  const std::size_t first_text = value.find_first_not_of('\n');
  const std::size_t further = indentation(value.substr(first_text));
  std::optional<std::size_t> indent;
  std::size_t end = header_end;
  for (std::size_t line = header_end; line < text.size(); line = line_end(text, line)) {
    const std::string_view content = text.substr(line, line_end(text, line) - line);
    if (is_blank(content)) {
      if (keep) end = line_end(text, line);
      continue;
    }
    if (!indent) indent = indentation(content) - std::min(further, indentation(content));
    if (indentation(content) < *indent) break;
    end = line_end(text, line);
  }
  return end;
}

}  // namespace

std::size_t line_begin(std::string_view text, std::size_t at) {
  const std::size_t found = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return found == std::string_view::npos ? 0 : found + 1;
}

std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t found = text.find('\n', at);
  return found == std::string_view::npos ? text.size() : found + 1;
}

Mark mark_at(std::string_view text, std::size_t byte) {
  byte = std::min(byte, text.size());
  const std::size_t begin = line_begin(text, byte);
  const std::string_view before = text.substr(begin, byte - begin);
  const auto is_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return {
      .line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(begin), '\n')),
      .column = 1 + static_cast<int>(std::ranges::count_if(before, is_character))};
}

Problem problem_at(std::string_view text, std::string_view file, std::size_t byte, std::string code,
                   std::string message, std::string hint) {
  const Mark mark = mark_at(text, byte);
  return {Severity::error, std::string(file),  mark.line,      mark.column,
          std::move(code), std::move(message), std::move(hint)};
}

std::vector<Problem> unfit(std::string_view text, std::string_view file) {
  if (text.size() > max_bytes) {
    return {problem_at("", file, 0, "yaml-too-large",
                       fmt::format("the file has {} bytes; at most {} are allowed", text.size(), max_bytes),
                       "move long texts into files of their own and link to them")};
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return {problem_at(text, file, 0, "yaml-bom", "the file begins with a byte order mark",
                       "save it as \"UTF-8\" instead of \"UTF-8 with BOM\"")};
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return {problem_at("", file, 0, "yaml-encoding", "the file is written in UTF-16", "save it as UTF-8")};
  }
  if (!is_utf8(text)) {
    const std::size_t at = first_invalid(text);
    return {problem_at(text, file, at, "yaml-encoding",
                       fmt::format("the byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(text[at])),
                       "save the file as UTF-8")};
  }
  if (const auto at = first_control(text)) {
    return {problem_at(text, file, *at, "yaml-control-character", "a control character stands here",
                       "delete it; in a text write it as an escape in double quotes")};
  }
  return {};
}

std::optional<std::size_t> tab_in_indentation(std::string_view text, const std::vector<Span>& verbatim) {
  auto skipped = verbatim.begin();
  for (std::size_t line = 0; line < text.size(); line = line_end(text, line)) {
    const std::size_t content = text.find_first_not_of(" \t", line);
    const std::size_t tab = text.find('\t', line);
    if (tab == std::string_view::npos) return std::nullopt;
    if (tab > content || content == std::string_view::npos || text[content] == '\n' || text[content] == '\r')
      continue;
    while (skipped != verbatim.end() && skipped->end <= tab) ++skipped;
    if (skipped == verbatim.end() || tab < skipped->begin) return tab;
  }
  return std::nullopt;
}

std::size_t after_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t\r\n,[]{}", at), text.size());
    // Blanks, line ends and comments may stand between a property and what it describes.
    for (at = std::min(text.find_first_not_of(white, at), text.size()); at < text.size() && text[at] == '#';)
      at = std::min(text.find_first_not_of(white, line_end(text, at)), text.size());
  }
  return at;
}

std::size_t alias_end(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(" \t\r\n,[]{}", at), text.size());
}

std::size_t scalar_end(std::string_view text, std::size_t at, std::string_view value) {
  if (at >= text.size()) return text.size();
  switch (text[at]) {
    case '"':
    case '\'':
      return quoted_end(text, at);
    case '|':
    case '>':
      return block_scalar_end(text, at, value);
    default:
      return plain_end(text, at, value);
  }
}

std::size_t flow_end(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    if (text[from] == ']' || text[from] == '}') return from + 1;
    from = text[from] == '#' ? line_end(text, from) : from + 1;
  }
  return from;
}

}  // namespace bw::yaml
