#include "definition/yaml_builder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/yaml_source.h"

namespace bw::yaml {
namespace {

constexpr std::size_t max_problems = 100;  // a person mends no more at once
constexpr std::size_t max_key_bytes = 256;
constexpr std::string_view core_tag = "tag:yaml.org,2002:";
constexpr std::string_view digits = "0123456789";

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

bool is_real(std::string_view text) {
  text = without_sign(text);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!all_of(without_sign(text.substr(exponent + 1)), digits)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return all_of(text, digits);
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(point + 1);
  if (whole.empty()) return all_of(fraction, digits);
  return all_of(whole, digits) && (fraction.empty() || all_of(fraction, digits));
}

std::string_view kind_tag(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::string:
      return "str";
    case Kind::sequence:
      return "seq";
    case Kind::mapping:
      return "map";
  }
  return "";
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
  });
}

std::size_t skip_blank(std::string_view text, std::size_t at) {
  for (;;) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    if (at == text.size() || text[at] != '#') return at;
    at = line_end(text, at);
  }
}

}  // namespace

Kind core_kind(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return Kind::null;
  for (const std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"})
    if (text == word) return Kind::boolean;
  if (all_of(without_sign(text), digits)) return Kind::integer;
  if (text.starts_with("0o") && all_of(text.substr(2), "01234567")) return Kind::integer;
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF")) return Kind::integer;
  if (text == ".nan" || text == ".NaN" || text == ".NAN" || is_real(text)) return Kind::real;
  return Kind::string;
}

Mark Builder::place(std::size_t byte, int line) {
  byte = std::min(byte, text_.size());
  if (line + 1 != counted_.line || byte < counted_byte_) {
    counted_ = {.line = line + 1, .column = 1};
    counted_byte_ = line_begin(text_, byte);
  }
  for (; counted_byte_ < byte; ++counted_byte_)
    if ((static_cast<unsigned char>(text_[counted_byte_]) & 0xC0) != 0x80) ++counted_.column;
  return counted_;
}

void Builder::complain(const Mark& mark, std::string code, std::string message, std::string hint) {
  if (problems.size() >= max_problems) return;
  problems.push_back({Severity::error, std::string(file_), mark.line, mark.column, std::move(code),
                      std::move(message), std::move(hint)});
}

std::optional<Mark> Builder::open_collection() const {
  return open_.empty() ? std::nullopt : std::optional(open_.back().node.mark);
}

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  ++documents;
  first_event = last_event = static_cast<std::size_t>(mark.pos);
}

Node Builder::begin(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto byte = std::min(static_cast<std::size_t>(mark.pos), text_.size());
  if (nodes_ == 0) first_event = byte;
  last_event = byte;
  Node node;
  node.mark = place(byte, mark.line);
  node.span = {byte, byte};
  node.anchor = anchor;
  if (++nodes_ > max_nodes) {
    throw Refused{{Severity::error, std::string(file_), node.mark.line, node.mark.column,
                   "yaml-too-many-nodes", fmt::format("the file has more than {} values", max_nodes),
                   "split what it describes"}};
  }
  return node;
}

bool Builder::is_implicit_null(const YAML::Mark& mark) const {
  const auto byte = static_cast<std::size_t>(mark.pos);
  if (byte >= text_.size()) return true;
  if (text_[byte] == '&' || text_[byte] == '!') return false;
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n,:]}#", byte), text_.size());
  if (end == byte || core_kind(text_.substr(byte, end - byte)) != Kind::null) return true;
  // It may be the next key, called `null`: a value is indented further than the collection it is in.
  if (open_.empty() || !open_.back().node.block) return false;
  const std::size_t begin = open_.back().node.span.begin;
  return static_cast<std::size_t>(mark.column) <= begin - line_begin(text_, begin);
}

// yaml-cpp places a missing value at the token that follows, which may be many lines below.
void Builder::place_implicit_null(Node& node) const {
  if (open_.empty()) return;
  const Frame& frame = open_.back();
  if (frame.key) {
    node.mark = frame.key->mark;
    const std::size_t colon = skip_blank(text_, frame.key->span.end);
    const std::size_t end = colon < text_.size() && text_[colon] == ':' ? colon + 1 : frame.key->span.end;
    node.span = {end, end};
  } else if (frame.node.is_sequence() && frame.node.block) {
    const bool first = frame.node.children.empty();
    const Node& before = first ? frame.node : frame.node.children.back();
    const std::size_t dash = skip_blank(text_, first ? before.span.begin : before.span.end);
    const std::size_t end = std::min(dash + 1, text_.size());
    node.span = {end, end};
    const std::string_view between = text_.substr(before.span.begin, end - before.span.begin);
    node.mark = {.line = before.mark.line + static_cast<int>(std::ranges::count(between, '\n')),
                 .column = frame.node.mark.column};
  }
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const bool implicit = is_implicit_null(mark);
  Node node = begin(mark, anchor);
  node.kind = Kind::null;
  if (implicit) {
    place_implicit_null(node);
  } else {
    std::size_t end = alias_end(text_, node.span.begin);
    const std::size_t content = after_properties(text_, node.span.begin);
    if (content > node.span.begin && content < line_end(text_, end) &&
        core_kind(text_.substr(content, alias_end(text_, content) - content)) == Kind::null)
      end = alias_end(text_, content);
    node.span.end = end;
  }
  add(std::move(node));
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node node = begin(mark, anchor);
  node.through_alias = true;
  node.span.end = alias_end(text_, node.span.begin);
  add(std::move(node));
}

void Builder::type_scalar(Node& node, const std::string& tag) {
  const std::string_view name = tag;
  if (name == "!" || node.quoted) {
    node.kind = Kind::string;
    if (name.empty() || name == "!" || name == "?" || name == "tag:yaml.org,2002:str") return;
  } else {
    node.kind = core_kind(node.text);
    if (name.empty() || name == "?") return;
  }
  if (name == "tag:yaml.org,2002:str") {
    node.kind = Kind::string;
  } else if (name == "tag:yaml.org,2002:float" && node.kind == Kind::integer) {
    node.kind = Kind::real;
  } else if (!name.starts_with(core_tag) || name.substr(core_tag.size()) != kind_tag(node.kind)) {
    complain(node.mark, "yaml-tag", fmt::format("the tag <{}> cannot be used here", printable(name)),
             "delete the tag; put text that must stay text in quotes");
  }
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& value) {
  Node node = begin(mark, anchor);
  const std::size_t content = after_properties(text_, node.span.begin);
  const char first = content < text_.size() ? text_[content] : '\0';
  node.text = value;
  node.block = first == '|' || first == '>';
  node.quoted = node.block || first == '"' || first == '\'';
  node.span.end = scalar_end(text_, content, value);
  if (node.span.end == std::string_view::npos) {
    throw Refused{{Severity::error, std::string(file_), node.mark.line, node.mark.column, "yaml-syntax",
                   "a quoted text is never closed", "add the closing quote"}};
  }
  if (node.block) block_scalars.push_back({content, node.span.end});
  type_scalar(node, tag);
  if (has_control(value) || !is_utf8(value)) {
    complain(node.mark, "yaml-control-character", "the text contains an escaped control character",
             "only line ends and tabs are allowed");
    node.text = printable(value, true);
  }
  add(std::move(node));
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value style) {
  Node node = begin(mark, anchor);
  node.kind = Kind::sequence;
  open(std::move(node), tag, style);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) {
  Node node = begin(mark, anchor);
  node.kind = Kind::mapping;
  open(std::move(node), tag, style);
}

void Builder::open(Node node, const std::string& tag, YAML::EmitterStyle::value style) {
  node.block = style == YAML::EmitterStyle::Block;
  if (!tag.empty() && tag != "?" && tag != "!" && tag != fmt::format("{}{}", core_tag, kind_tag(node.kind))) {
    complain(node.mark, "yaml-tag", fmt::format("the tag <{}> cannot be used here", printable(tag)),
             "delete the tag");
  }
  if (open_.size() >= static_cast<std::size_t>(max_depth)) {
    throw Refused{{Severity::error, std::string(file_), node.mark.line, node.mark.column, "yaml-too-deep",
                   fmt::format("values are nested more than {} levels deep", max_depth),
                   "a definition never needs more than about ten"}};
  }
  open_.push_back({std::move(node), std::nullopt, {}});
}

void Builder::close() {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  const std::size_t content = after_properties(text_, node.span.begin);
  const bool bracketed =
      !node.block && content < text_.size() && (text_[content] == '[' || text_[content] == '{');
  const std::size_t last = node.children.empty() ? content : node.children.back().span.end;
  if (bracketed) {
    node.span.end = flow_end(text_, node.children.empty() ? content + 1 : last);
  } else {
    node.span.end = std::max(last, node.span.begin);
  }
  add(std::move(node));
}

void Builder::take_key(Frame& frame, const Node& node) {
  Key key{node.text, node.mark, node.span, false};
  const std::string shown = printable(node.text.substr(0, max_key_bytes));
  if (!node.is_scalar() || node.through_alias || node.kind != Kind::string) {
    complain(node.mark, "yaml-key", "a key must be a text",
             node.is_scalar() && !node.through_alias ? fmt::format("write \"{}\" in quotes", shown)
                                                     : "write the key out as a word");
    key.refused = true;
  } else if (node.text.size() > max_key_bytes) {
    complain(node.mark, "yaml-key", fmt::format("the key is longer than {} bytes", max_key_bytes), "");
    key.refused = true;
  } else if (node.text == "<<" && !node.quoted) {
    complain(node.mark, "yaml-merge-key", "merge keys (<<) are not supported",
             "write the values out where they are needed");
    key.refused = true;
  } else if (const auto [first, fresh] = frame.lines.emplace(node.text, node.mark.line); !fresh) {
    complain(node.mark, "yaml-duplicate-key",
             fmt::format("the key \"{}\" stands here a second time; the first is on line {}", shown,
                         first->second),
             "keep one of the two");
    key.refused = true;
  }
  frame.key = std::move(key);
}

void Builder::add(Node node) {
  if (open_.empty()) {
    if (!root) root = std::move(node);
    return;
  }
  Frame& frame = open_.back();
  if (frame.node.is_sequence()) {
    frame.node.children.push_back(std::move(node));
  } else if (!frame.key) {
    take_key(frame, node);
  } else {
    const Key key = *std::exchange(frame.key, std::nullopt);
    if (key.refused) return;
    node.key = key.text;
    node.key_mark = key.mark;
    node.key_span = key.span;
    frame.node.children.push_back(std::move(node));
  }
}

}  // namespace bw::yaml
