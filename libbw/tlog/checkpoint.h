#pragma once
// Checkpoints (https://c2sp.org/tlog-checkpoint): the note text "origin\nsize\nroot\n" that a log key
// signs. A world's origin is "bw/<world id>". Extension lines are refused: ours never have any.

#include <string>
#include <string_view>

#include "base/result.h"
#include "tlog/merkle.h"
#include "tlog/note.h"

namespace bw {

struct Checkpoint {
  std::string origin;
  TreeSize size = 0;
  Digest root;

  std::string text() const;
  static Result<Checkpoint> parse(std::string_view note_text);
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace bw
