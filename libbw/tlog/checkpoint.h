#pragma once
// Checkpoints (https://c2sp.org/tlog-checkpoint): the note text "origin\nsize\nroot\n" that a log key
// signs. A world's origin is "bw/<world id>". Extension lines are refused: ours never have any, and
// they would be text that nothing commits to.

#include <string>
#include <string_view>

#include "base/result.h"
#include "tlog/merkle.h"
#include "tlog/note.h"

namespace bw {

struct Checkpoint {
  std::string origin;  // one line, not empty
  TreeSize size = 0;
  Digest root;

  // The text of the note, to be signed.
  std::string text() const;
  // Takes the text of a note that was verified. Whatever is accepted, `text()` gives back.
  static Result<Checkpoint> parse(std::string_view note_text);
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace bw
