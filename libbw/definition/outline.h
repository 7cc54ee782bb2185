#pragma once
// Outline: which lines of the source belong to which child of a block collection, comments included, so
// that a child can be cut out, put in or replaced without touching its neighbours.
//
//     goals:
//       # What we want.           ← belongs to the item below it
//       - id: a                   ← `own`: the dash (of a mapping: the key)
//         title: A
//           # deeper: still of a
//
//       # About b, with the blank line above.
//       - id: b
//
// A blank or comment line belongs to the child that follows, unless it is indented deeper than the
// children are; comments at the head of a mapping belong to the mapping.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/yaml.h"

namespace bw::yaml {

struct Block {
  std::size_t begin = 0;  // of its first comment line; the same as `own` where it shares its line
  std::size_t own = 0;    // its key or dash
  std::size_t end = 0;    // behind the LF of its last line
};

struct Outline {
  std::size_t column = 0;    // bytes before each key or dash on its line
  bool shares_line = false;  // the first child stands behind a dash: `- id: a`
  std::vector<Block> blocks;

  std::size_t begin() const { return blocks.front().begin; }
  std::size_t end() const { return blocks.back().end; }
};

// Nothing where the collection is empty, in flow style, or not one child a line (explicit `?` keys,
// anchors before keys). `from` and `to` are the bytes within which its comments may lie: the block of the
// collection itself. `text` must end with LF.
std::optional<Outline> outline(std::string_view text, const Node& node, std::size_t from, std::size_t to);

// A child as text that can be put elsewhere: its comment lines, each ending with LF, and its own lines,
// the first without indentation.
struct Piece {
  std::string comments;
  std::string body;
};

// The piece of a block, indented for children in `column`.
Piece piece_of(std::string_view text, const Outline& outline, std::size_t index, std::size_t column);

// The lines of a piece, unless it `shares_line`, which takes the indentation off its first line.
std::string lines_of(const Piece& piece, std::size_t column, bool shares_line);

// Every line but the first moved from one column to another.
std::string reindent(std::string_view text, std::size_t from, std::size_t to);

}  // namespace bw::yaml
