#include "definition/outline.h"

#include <algorithm>

#include "definition/yaml_source.h"

namespace bw::yaml {
namespace {

std::size_t skip_blank_and_comments(std::string_view text, std::size_t at) {
  for (;;) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    if (at == text.size() || text[at] != '#') return at;
    at = line_end(text, at);
  }
}

std::size_t last_line_end(std::string_view text, const Span& span) {
  const bool whole_lines = span.end > span.begin && text[span.end - 1] == '\n';
  return whole_lines ? span.end : line_end(text, span.end);
}

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, line_end(text, at) - at);
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool only_spaces(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

// The end of the comments in [from, to) that are indented deeper than `column` and so go with the child
// before them.
std::size_t deeper_comments_end(std::string_view text, std::size_t from, std::size_t to, std::size_t column) {
  std::size_t end = from;
  for (std::size_t line = from; line < to; line = line_end(text, line)) {
    if (is_blank(line_at(text, line))) continue;
    if (text.find_first_not_of(' ', line) - line <= column) break;
    end = line_end(text, line);
  }
  return end;
}

// The comment lines directly above the first child.
std::size_t first_begin(std::string_view text, const Node& node, std::size_t from, std::size_t own) {
  std::size_t begin = line_begin(text, own);
  bool separated = false;
  while (begin > from) {
    const std::size_t above = line_begin(text, begin - 1);
    const std::string_view line = line_at(text, above);
    const std::size_t content = std::min(line.find_first_not_of(" \t\r\n"), line.size());
    separated = is_blank(line);
    if (above < from || separated || line[content] != '#') break;
    begin = above;
  }
  return node.is_sequence() || separated ? begin : line_begin(text, own);
}

}  // namespace

std::optional<Outline> outline(std::string_view text, const Node& node, std::size_t from, std::size_t to) {
  if (!node.block || node.is_scalar() || node.children.empty() || node.through_alias) return std::nullopt;
  Outline result;
  std::size_t at = after_properties(text, node.span.begin);
  for (const Node& child : node.children) {
    at = skip_blank_and_comments(text, at);
    const bool fits = node.is_sequence() ? at < text.size() && text[at] == '-' : at == child.key_span.begin;
    const std::size_t line = line_begin(text, at);
    const bool first = result.blocks.empty();
    if (first) result.column = at - line;
    const bool alone = only_spaces(text.substr(line, at - line));
    if (!fits || at - line != result.column || (!first && !alone)) return std::nullopt;
    if (first) result.shares_line = !alone;
    result.blocks.push_back({at, at, last_line_end(text, child.span)});
    at = std::max(child.span.end, at + 1);
  }
  std::vector<Block>& blocks = result.blocks;
  if (!result.shares_line) blocks.front().begin = first_begin(text, node, from, blocks.front().own);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool last = i + 1 == blocks.size();
    const std::size_t limit = last ? std::max(to, blocks[i].end) : line_begin(text, blocks[i + 1].own);
    if (blocks[i].end > limit) return std::nullopt;
    blocks[i].end = deeper_comments_end(text, blocks[i].end, limit, result.column);
    if (!last) blocks[i + 1].begin = blocks[i].end;
  }
  return result;
}

std::string reindent(std::string_view text, std::size_t from, std::size_t to) {
  if (from == to) return std::string(text);
  std::string out(line_at(text, 0));
  for (std::size_t line = out.size(); line < text.size(); line = line_end(text, line)) {
    std::string_view content = line_at(text, line);
    if (!is_blank(content) && to > from) out.append(to - from, ' ');
    const std::size_t spaces = std::min(content.find_first_not_of(' '), content.size());
    if (to < from) content.remove_prefix(std::min(from - to, spaces));
    out += content;
  }
  return out;
}

Piece piece_of(std::string_view text, const Outline& outline, std::size_t index, std::size_t column) {
  const Block& block = outline.blocks[index];
  const bool shares = index == 0 && outline.shares_line;
  const std::size_t line = shares ? block.own : line_begin(text, block.own);
  // An empty first line makes reindent() move every line of the comments.
  const std::string comments = "\n" + std::string(text.substr(block.begin, line - block.begin));
  return {reindent(comments, outline.column, column).substr(1),
          reindent(text.substr(block.own, block.end - block.own), outline.column, column)};
}

std::string lines_of(const Piece& piece, std::size_t column, bool shares_line) {
  if (shares_line && piece.comments.empty()) return piece.body;
  return (shares_line ? "\n" : "") + piece.comments + std::string(column, ' ') + piece.body;
}

}  // namespace bw::yaml
