#pragma once
// What a log asks of a witness (https://c2sp.org/tlog-witness, `add-checkpoint`): to cosign a checkpoint that
// grew out of the one that this witness cosigned last. The request is the body that the specification posts;
// here it may as well be a file or a pipe:
//
//     old <size of the checkpoint that the witness cosigned last; 0 for none>
//     <base64 of a hash of the consistency proof>       up to 63 lines, none where the old size is 0
//
//     <the signed checkpoint>
//
// The answer is one or more signature lines of a note.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"

namespace bw {

struct AddCheckpoint {
  static constexpr std::size_t max_proof = 63;
  static constexpr std::size_t max_bytes = Note::max_bytes + (8u << 10);

  TreeSize old_size = 0;
  std::vector<Digest> proof;  // RFC 6962 consistency proof from the old size to the checkpoint's
  Note checkpoint;

  // Syntax only, that of the checkpoint included. Whatever is accepted, `text()` gives back.
  static Result<AddCheckpoint> parse(std::string_view bytes);
  std::string text() const;
};

// The checkpoint with those of the answer's cosignatures that verify by one of the witnesses; others are
// ignored, as the specification wants. A reason where the answer is not signature lines, or where a line that
// claims to be of one of the witnesses does not verify.
Result<Note> take_cosignatures(const Note& checkpoint, std::string_view answer,
                               const std::vector<NoteVerifier>& witnesses);

}  // namespace bw
