#pragma once
// What a log asks of a witness (https://c2sp.org/tlog-witness, add-checkpoint): the size that the witness
// cosigned last, the hashes which prove that the log only grew since, and the checkpoint to cosign:
//
//     old <size>
//     <hash in base64>      0 to 63 of them
//     (an empty line)
//     <checkpoint>
//
// and how a witness judges it, with the numbers by which the specification tells its answers apart. Whoever
// serves HTTP adds nothing but the carrying. Every parser accepts one text per value.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/note.h"
#include "tlog/proof.h"

namespace bw {

struct WitnessRequest {
  static constexpr std::size_t max_bytes = Note::max_bytes + (4u << 10);

  TreeSize old_size = 0;
  std::vector<Digest> proof;  // RFC 6962 §2.1.2, from the old size to the checkpoint's
  Note checkpoint;

  // Syntax only, and of the checkpoint only that it is a note. Whatever is accepted, `text()` gives back.
  static Result<WitnessRequest> parse(std::string_view bytes);
  std::string text() const;
};

enum class WitnessAnswer : int {
  cosigned = 200,        // the signature lines
  malformed = 400,       // not of the form, or the old size is larger than the checkpoint's
  not_signed = 403,      // no trusted key of the log signed it, or one that it names did not
  unknown_log = 404,     // this witness trusts no key for that origin
  other_size = 409,      // the old size is not what this witness cosigned last: it tells that size
  not_consistent = 422,  // the log did not just grow since then, or the hashes do not prove it
};

struct WitnessJudgement {
  WitnessAnswer answer = WitnessAnswer::cosigned;
  std::string reason;                    // a sentence; empty where it may be cosigned
  std::optional<Checkpoint> checkpoint;  // once it is known to be one that the log signed
};

// Judges by the keys that the witness trusts, whatever logs they are of, and the checkpoint of that origin
// that it cosigned last. The checks are made in the specification's order. Checkpoints with extension lines
// are refused as malformed.
WitnessJudgement judge(const WitnessRequest& request, std::span<const NoteVerifier> logs,
                       const std::optional<Checkpoint>& latest);

// The first line of a note's text: of a checkpoint, the log's name.
std::string_view origin_of(const Note& note);

// The note with only the signatures by these keys that verify.
Note signed_by(const Note& note, std::span<const NoteVerifier> keys);

// Signature lines as they stand below a note, each with LF, and back. At least one.
std::string signature_lines(const std::vector<NoteSignature>& signatures);
Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);

// The checkpoint with those of the answer's cosignatures that verify by one of the witnesses; others are
// ignored, as the specification wants. A reason where the answer is not signature lines, or where a line that
// claims to be of one of the witnesses does not verify.
Result<Note> with_answer(const Note& checkpoint, std::string_view answer,
                         const std::vector<NoteVerifier>& witnesses);

}  // namespace bw
