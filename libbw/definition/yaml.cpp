#include "definition/yaml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/decimal.h"
#include "base/text.h"
#include "definition/yaml_builder.h"
#include "definition/yaml_source.h"

namespace bw::yaml {
namespace {

struct Explanation {
  std::string_view told;  // by yaml-cpp
  std::string_view message;
  std::string_view hint;
};

constexpr std::string_view indentation_hint =
    "lines of one list or mapping begin in the same column; put a text that contains \": \" or \" #\" in "
    "quotes";

constexpr std::array explanations = {
    Explanation{"illegal map value", "a \":\" stands where no value can begin", indentation_hint},
    Explanation{"end of map not found", "this does not continue the mapping it stands in", indentation_hint},
    Explanation{"end of sequence not found", "this does not continue the list it stands in",
                indentation_hint},
    Explanation{"illegal block entry", "a \"- \" stands where no list can begin", indentation_hint},
    Explanation{"illegal EOF in scalar", "a quoted text is never closed", "add the closing quote"},
    Explanation{"end of sequence flow not found", "a list opened with \"[\" is never closed",
                "add the \"]\""},
    Explanation{"end of map flow not found", "a mapping opened with \"{\" is never closed", "add the \"}\""},
    Explanation{"unknown token", "no value can begin with this character", "put the text in quotes"},
    Explanation{"the referenced anchor is not defined", "this alias has no anchor before it",
                "write the value out, or put a text that begins with \"*\" in quotes"},
};

Problem tab_problem(std::string_view text, std::string_view file, std::size_t tab) {
  return problem_at(text, file, tab, "yaml-tab", "a tab is used for indentation",
                    "YAML indents with spaces only; set your editor to insert spaces");
}

Problem explain(const YAML::Exception& error, std::string_view text, std::string_view file,
                const Builder& builder) {
  const auto at = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  const auto tab = tab_in_indentation(text, builder.block_scalars);
  if (tab && *tab <= line_end(text, std::min(at, text.size()))) return tab_problem(text, file, *tab);
  if (error.msg.find("illegal tab") != std::string::npos)
    return tab_problem(text, file, std::min(text.find('\t', line_begin(text, at)), text.size()));
  const auto* known = std::ranges::find(explanations, std::string_view(error.msg), &Explanation::told);
  if (known == explanations.end()) {
    return problem_at(text, file, at, "yaml-syntax", fmt::format("no valid YAML: {}", printable(error.msg)),
                      "");
  }
  Problem problem =
      problem_at(text, file, at, "yaml-syntax", std::string(known->message), std::string(known->hint));
  if (known->told.find("flow not found") != std::string_view::npos) {
    if (const auto opened = builder.open_collection()) {
      problem.line = opened->line;
      problem.column = opened->column;
    }
  } else if (known->told == "illegal EOF in scalar") {
    // The end of the file is no help; the quote stands behind the last thing that was understood.
    const std::size_t quote = text.find_first_of("\"'", builder.last_event);
    if (quote != std::string_view::npos) {
      const Mark mark = mark_at(text, quote);
      problem.line = mark.line;
      problem.column = mark.column;
    }
  }
  return problem;
}

// Copies the tree with every alias replaced by what it stands for.
class Expansion {
public:
  Expansion(const Node& root, std::string_view file) : file_(file) { collect(root); }

  bool needed() const { return aliases_ > 0; }

  Node expand(const Node& node, const Mark& cause, int depth) {
    if (depth > max_depth) refuse(cause, "yaml-too-deep", "aliases expand to values nested too deep");
    if (++nodes_ > max_nodes || (bytes_ += node.text.size()) > max_expanded_bytes)
      refuse(cause, "yaml-too-many-nodes", "the aliases of the file expand to too much");
    if (node.through_alias) return expand_alias(node, cause, depth);
    const bool anchored = node.anchor != 0;
    if (anchored) active_.push_back(node.anchor);
    Node copy;
    copy_own(node, copy);
    copy.children.reserve(node.children.size());
    for (const Node& child : node.children)
      copy.children.push_back(expand(child, outside_ ? child.mark : cause, depth + 1));
    if (anchored) active_.pop_back();
    return copy;
  }

private:
  void collect(const Node& node) {
    if (node.through_alias) {
      ++aliases_;
    } else if (node.anchor != 0) {
      anchored_.emplace(node.anchor, &node);
    }
    for (const Node& child : node.children) collect(child);
  }

  Node expand_alias(const Node& alias, const Mark& cause, int depth) {
    const auto target = anchored_.find(alias.anchor);
    if (target == anchored_.end())
      refuse(cause, "yaml-alias", "this alias means a key or a value that is not kept");
    if (std::ranges::find(active_, alias.anchor) != active_.end())
      refuse(cause, "yaml-alias-cycle", "this alias stands inside the very value it means");
    const bool was_outside = std::exchange(outside_, false);
    Node copy = expand(*target->second, cause, depth);
    outside_ = was_outside;
    copy.through_alias = true;
    copy.mark = alias.mark;
    copy.span = alias.span;
    copy.block = false;
    copy.anchor = 0;
    copy.key = alias.key;
    copy.key_mark = alias.key_mark;
    copy.key_span = alias.key_span;
    return copy;
  }

  static void copy_own(const Node& from, Node& to) {
    to.kind = from.kind;
    to.text = from.text;
    to.quoted = from.quoted;
    to.block = from.block;
    to.mark = from.mark;
    to.span = from.span;
    to.anchor = from.anchor;
    to.key = from.key;
    to.key_mark = from.key_mark;
    to.key_span = from.key_span;
  }

  [[noreturn]] void refuse(const Mark& mark, std::string code, std::string message) const {
    throw Refused{{Severity::error, std::string(file_), mark.line, mark.column, std::move(code),
                   std::move(message), "write the value out instead"}};
  }

  std::string_view file_;
  std::unordered_map<std::size_t, const Node*> anchored_;
  std::vector<std::size_t> active_;
  std::size_t aliases_ = 0;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  bool outside_ = true;  // not below an alias: places in messages are those of the nodes themselves
};

std::optional<Problem> second_document(std::string_view text, std::string_view file, const Builder& first,
                                       const Builder& second) {
  if (second.documents == 0) return std::nullopt;
  // Where the indentation is broken, yaml-cpp takes the rest for another document without a "---".
  const std::size_t from = first.root ? first.root->span.end : 0;
  const std::string_view between =
      text.substr(std::min(from, text.size()), second.first_event - std::min(from, second.first_event));
  if (between.find("---") != std::string_view::npos || between.find("...") != std::string_view::npos ||
      !first.root) {
    return problem_at(text, file, second.first_event, "yaml-documents", "a second document begins here",
                      "a definition is one document; delete the \"---\" and what follows, or merge the two");
  }
  return problem_at(text, file, second.first_event, "yaml-syntax",
                    "this does not belong to the list or mapping before it", std::string(indentation_hint));
}

void parse_events(std::string_view text, std::string_view file, Document& document) {
  Builder builder(text, file);
  Builder rest(text, file);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    // One more than wanted, never "until there are none": on a stray "," yaml-cpp finds empty documents
    // without end.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(rest);
  } catch (const Refused& refused) {
    builder.problems.push_back(refused.problem);
    builder.root.reset();
  } catch (const YAML::Exception& error) {
    if (rest.documents == 0) {
      builder.problems.push_back(explain(error, text, file, builder));
      builder.root.reset();
    }
  }
  document.problems = std::move(builder.problems);
  if (!builder.root) return;
  if (auto problem = second_document(text, file, builder, rest)) {
    document.problems.push_back(std::move(*problem));
    return;
  }
  if (const auto tab = tab_in_indentation(text, builder.block_scalars))
    document.problems.push_back(tab_problem(text, file, *tab));
  try {
    Expansion expansion(*builder.root, file);
    document.root = expansion.needed() ? expansion.expand(*builder.root, builder.root->mark, 0)
                                       : std::move(*builder.root);
  } catch (const Refused& refused) {
    document.problems.push_back(refused.problem);
  }
}

std::optional<std::size_t> directive(std::string_view text) {
  for (std::size_t line = 0; line < text.size(); line = line_end(text, line)) {
    if (text[line] == '%') return line;
    const std::size_t content = text.find_first_not_of(" \t\r\n", line);
    if (content == std::string_view::npos || (text[content] != '#' && content < line_end(text, line)))
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Decimal> as_decimal(const Node& node) {
  if (node.kind != Kind::integer && node.kind != Kind::real && node.kind != Kind::string) return std::nullopt;
  const auto value =
      node.kind == Kind::string ? Decimal::parse(node.text) : Decimal::parse_lenient(node.text);
  return value ? std::optional(*value) : std::nullopt;
}

bool same_scalar(const Node& a, const Node& b) {
  if (a.kind == b.kind && (a.text == b.text || a.kind == Kind::null)) return true;
  if (a.kind == Kind::string && b.kind == Kind::string) return false;
  if (a.kind == Kind::boolean && b.kind == Kind::boolean) return (a.text[0] | 0x20) == (b.text[0] | 0x20);
  const auto x = as_decimal(a);
  const auto y = as_decimal(b);
  return x && y && *x == *y;
}

Json number(const Node& node) {
  const char* begin = node.text.data();
  const char* end = begin + node.text.size();
  if (begin != end && *begin == '+') ++begin;
  if (node.kind == Kind::integer) {
    const bool octal = node.text.starts_with("0o");
    const bool hex = node.text.starts_with("0x");
    std::int64_t whole = 0;
    const auto [stop, error] =
        std::from_chars(octal || hex ? begin + 2 : begin, end, whole, octal ? 8 : (hex ? 16 : 10));
    if (error == std::errc() && stop == end) return whole;
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  return error == std::errc() && stop == end ? Json(value) : Json(node.text);
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
  if (kind != Kind::mapping) return nullptr;
  const auto found = std::ranges::find(children, wanted, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

std::string_view Node::id() const {
  const Node* value = find("id");
  return value && value->is_scalar() ? std::string_view(value->text) : std::string_view();
}

Document parse(std::string_view text, std::string_view file) {
  Document document;
  document.problems = unfit(text, file);
  if (!document.problems.empty()) return document;
  if (const auto at = directive(text)) {
    document.problems = {
        problem_at(text, file, *at, "yaml-directive", "directives (%) are not supported", "delete the line")};
    return document;
  }
  parse_events(text, file, document);
  if (!document.root && document.problems.empty()) {
    document.problems = {problem_at(text, file, 0, "yaml-empty", "the file is empty",
                                    "start from a template: bw init --list-templates")};
  }
  return document;
}

bool same(const Node& a, const Node& b) {
  if (a.is_scalar() && b.is_scalar()) return same_scalar(a, b);
  if (a.kind != b.kind || a.children.size() != b.children.size()) return false;
  if (a.is_sequence()) return std::ranges::equal(a.children, b.children, same);
  // Sorted by key, since a hostile mapping may have a hundred thousand keys.
  const auto by_key = [](const Node& node) {
    std::vector<const Node*> sorted;
    for (const Node& child : node.children) sorted.push_back(&child);
    std::ranges::sort(sorted, {}, [](const Node* n) -> std::string_view { return n->key; });
    return sorted;
  };
  return std::ranges::equal(by_key(a), by_key(b),
                            [](const Node* x, const Node* y) { return x->key == y->key && same(*x, *y); });
}

Json to_json(const Node& node, std::size_t max_string) {
  switch (node.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return (node.text[0] | 0x20) == 't';
    case Kind::integer:
    case Kind::real:
      return number(node);
    case Kind::string: {
      std::size_t end = std::min(max_string, node.text.size());
      while (end < node.text.size() && end > 0 && (static_cast<unsigned char>(node.text[end]) & 0xC0) == 0x80)
        --end;
      return node.text.substr(0, end);
    }
    case Kind::sequence: {
      Json array = Json::array();
      for (const Node& child : node.children) array.push_back(to_json(child, max_string));
      return array;
    }
    case Kind::mapping: {
      Json object = Json::object();
      for (const Node& child : node.children) object[child.key] = to_json(child, max_string);
      return object;
    }
  }
  return nullptr;
}

namespace {

// Writes until `width` bytes are there; what is cut afterwards need not have been written.
void write_brief(const Node& node, std::size_t width, std::string& out) {
  if (out.size() > width) return;
  if (node.is_scalar()) {
    const bool ambiguous = node.kind == Kind::string && core_kind(node.text) != Kind::string;
    std::string shown = node.kind == Kind::null ? "null" : node.text.substr(0, 4 * width);
    std::ranges::replace(shown, '\n', ' ');
    shown = printable(shown);
    out += ambiguous ? fmt::format("\"{}\"", shown) : shown;
    return;
  }
  out += node.is_sequence() ? '[' : '{';
  for (const Node& child : node.children) {
    if (out.size() > width) return;
    if (&child != &node.children.front()) out += ", ";
    if (node.is_mapping()) out += printable(child.key) + ": ";
    write_brief(child, width, out);
  }
  out += node.is_sequence() ? ']' : '}';
}

}  // namespace

std::string brief(const Node& node, std::size_t width) {
  std::string out;
  write_brief(node, 4 * width, out);
  return truncate_to_width(out, width);
}

}  // namespace bw::yaml
