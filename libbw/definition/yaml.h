#pragma once
// YAML as definitions use it: one document of the YAML 1.2 core schema, read into a tree that knows
// where everything stands in its source, so that messages can point and edits can keep comments.
//
// yaml-cpp does the parsing; the tree is built from its events, because its own nodes accept duplicate
// keys, forget how a scalar was quoted and expand aliases without bound. Refused, each with its place:
// more than 1 MiB, bytes that are not UTF-8, a byte order mark, control characters, tabs in
// indentation, more than 64 levels, more than 200,000 nodes or 16 MiB of text with aliases expanded,
// an alias inside its own anchor, duplicate keys, keys that are not strings, merge keys (`<<`), a
// second document, directives, tags outside the core schema.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "definition/problem.h"

namespace bw::yaml {

inline constexpr std::size_t max_bytes = 1u << 20;
inline constexpr int max_depth = 64;
inline constexpr std::size_t max_nodes = 200'000;
inline constexpr std::size_t max_expanded_bytes = 16u << 20;

enum class Kind { null, boolean, integer, real, string, sequence, mapping };

// Bytes of the source, the end not included.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Node {
  Kind kind = Kind::null;
  std::string text;     // of a scalar: what it says, quotes and folding undone; a number as it was written
  bool quoted = false;  // a scalar in quotes or a block scalar
  bool block = false;   // a collection in block style, or a `|` or `>` scalar: it has lines of its own
  bool through_alias = false;  // written as `*name`; `mark` and `span` are those of the alias
  Mark mark;
  Span span;               // with its anchor and tag; without comments around it
  std::size_t anchor = 0;  // which `&name` of the document it carries, counted from 1; 0: none

  // Of a value in a mapping: the key it stands under, otherwise empty.
  std::string key;
  Mark key_mark;
  Span key_span;

  std::vector<Node> children;  // items of a sequence, or values of a mapping, in the order written

  bool is_scalar() const { return kind != Kind::sequence && kind != Kind::mapping; }
  bool is_mapping() const { return kind == Kind::mapping; }
  bool is_sequence() const { return kind == Kind::sequence; }

  // The value under `key` of a mapping; null where there is none.
  const Node* find(std::string_view wanted) const;
  // The `id` of a mapping that has one as a scalar; otherwise empty.
  std::string_view id() const;
};

struct Document {
  std::optional<Node> root;  // empty only where the text cannot be read as YAML at all
  std::vector<Problem> problems;
};

// `file` is only the name used in problems.
Document parse(std::string_view text, std::string_view file);

// Same meaning: kinds, texts and children equal; the order of a mapping's keys, places and style aside.
// A number equals whatever writes the same decimal: `3`, `3.0` and `"3"`.
bool same(const Node& a, const Node& b);

// As JSON. A string longer than `max_string` bytes is cut there (for checks that must not be fed more).
Json to_json(const Node& node, std::size_t max_string = std::string::npos);

// A scalar as short YAML, for messages: `3`, `"0.5"`, `[a, b]`, cut to about `width` characters.
std::string brief(const Node& node, std::size_t width = 60);

// The place of a byte of `text`.
Mark mark_at(std::string_view text, std::size_t byte);

// An error at that place of the text of `file`.
Problem problem_at(std::string_view text, std::string_view file, std::size_t byte, std::string code,
                   std::string message, std::string hint);

}  // namespace bw::yaml
