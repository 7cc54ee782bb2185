#include "tlog/witness_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "tlog/cosignature.h"
#include "tlog/text_lines.h"

namespace bw {
namespace {

constexpr std::string_view old_word = "old ";
// What a checkpoint's text may be in front of signature lines, for the parser of notes.
constexpr std::string_view any_text = "-\n";

// A checkpoint of an empty tree that names another root: the one fault of form that the specification counts
// as one of consistency.
bool is_empty_with_a_root(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() != 4 || lines[1] != "0") return false;
  const auto root = from_base64(lines[2]);
  return root && Digest::from_bytes(*root);
}

// Whether one of the keys signed the note, and none is claimed to have that did not.
bool signed_by_any(const Note& note, const std::vector<NoteVerifier>& keys) {
  bool found = false;
  for (const NoteVerifier& key : keys) {
    const bool claimed = std::any_of(
        note.signatures.begin(), note.signatures.end(),
        [&](const NoteSignature& each) { return each.name == key.name && each.key_id == key.key_id; });
    if (claimed && !note.verified_by(key)) return false;
    found |= claimed;
  }
  return found;
}

}  // namespace

Result<WitnessRequest> WitnessRequest::parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) return Reason{"a request to a witness is larger than 132 KiB"};
  WitnessRequest request;
  const auto line = take_line(bytes);
  if (!line || !line->starts_with(old_word))
    return Reason{"a request to a witness does not begin with \"old \""};
  const auto size = parse_plain_number(line->substr(old_word.size()));
  if (!size) return Reason{"the old size of a request to a witness is not a plain number"};
  request.old_size = *size;
  auto hashes = take_hashes(bytes);
  if (!hashes) return Reason{"in a request to a witness " + hashes.reason()};
  request.proof = *std::move(hashes);
  Result<Note> checkpoint = Note::parse(bytes);
  if (!checkpoint) return Reason{checkpoint.reason()};
  request.checkpoint = *std::move(checkpoint);
  return request;
}

std::string WitnessRequest::text() const {
  return fmt::format("{}{}\n{}\n{}", old_word, old_size, hash_lines(proof), checkpoint.bytes());
}

WitnessJudgement judge(const WitnessRequest& request, std::span<const NoteVerifier> logs,
                       const std::optional<Checkpoint>& latest) {
  const std::string_view origin = origin_of(request.checkpoint);
  std::vector<NoteVerifier> keys;
  std::copy_if(logs.begin(), logs.end(), std::back_inserter(keys),
               [&](const NoteVerifier& key) { return key.name == origin; });
  if (keys.empty())
    return {
        WitnessAnswer::unknown_log, fmt::format("no key of the log {} is trusted", printable(origin)), {}};
  if (!signed_by_any(request.checkpoint, keys))
    return {WitnessAnswer::not_signed, "no trusted key of the log signed the checkpoint", {}};
  const Result<Checkpoint> checkpoint = Checkpoint::parse(request.checkpoint.text);
  if (!checkpoint) {
    const bool only_root = is_empty_with_a_root(request.checkpoint.text);
    return {only_root ? WitnessAnswer::not_consistent : WitnessAnswer::malformed, checkpoint.reason(), {}};
  }
  if (request.old_size > checkpoint->size) {
    return {WitnessAnswer::malformed,
            fmt::format("the old size, {}, is larger than the checkpoint's, {}", request.old_size,
                        checkpoint->size),
            *checkpoint};
  }
  const Checkpoint seen = latest.value_or(Checkpoint{std::string(origin), 0, MerkleTree().root()});
  if (request.old_size != seen.size) {
    return {
        WitnessAnswer::other_size,
        fmt::format("the old size is {}, but what was cosigned last covers {}", request.old_size, seen.size),
        *checkpoint};
  }
  if (request.old_size == 0
          ? !request.proof.empty()
          : !extends(seen.size, seen.root, checkpoint->size, checkpoint->root, request.proof)) {
    return {WitnessAnswer::not_consistent,
            fmt::format("the log of {} entries is not proved to begin with the {} that were cosigned",
                        checkpoint->size, seen.size),
            *checkpoint};
  }
  return {WitnessAnswer::cosigned, "", *checkpoint};
}

std::string_view origin_of(const Note& note) {
  return std::string_view(note.text).substr(0, note.text.find('\n'));
}

Note signed_by(const Note& note, std::span<const NoteVerifier> keys) {
  Note kept{note.text, {}};
  for (const NoteVerifier& key : keys) {
    if (!note.verified_by(key)) continue;
    const auto its = std::find_if(
        note.signatures.begin(), note.signatures.end(),
        [&](const NoteSignature& each) { return each.name == key.name && each.key_id == key.key_id; });
    kept.add(*its);
  }
  return kept;
}

std::string signature_lines(const std::vector<NoteSignature>& signatures) {
  return Note{std::string(any_text), signatures}.bytes().substr(any_text.size() + 1);
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  Result<Note> note = Note::parse(std::string(any_text) + "\n" + std::string(lines));
  if (!note) return Reason{note.reason()};
  if (note->text != any_text) return Reason{"an empty line among signature lines"};
  return note->signatures;
}

Result<Note> with_answer(const Note& checkpoint, std::string_view answer,
                         const std::vector<NoteVerifier>& witnesses) {
  if (answer.size() > Note::max_bytes) return Reason{"the answer of a witness is larger than 128 KiB"};
  const auto lines = parse_signature_lines(answer);
  if (!lines) return Reason{"that is no answer of a witness: " + lines.reason()};
  const Note answered{checkpoint.text, *lines};
  Note result = checkpoint;
  for (const NoteVerifier& witness : witnesses) {
    const auto claims = [&](const NoteSignature& each) {
      return each.name == witness.name && each.key_id == witness.key_id;
    };
    const auto found = std::find_if(lines->begin(), lines->end(), claims);
    if (found == lines->end()) continue;
    if (!cosigned_at(answered, witness)) {
      return Reason{fmt::format("the cosignature of {} does not verify: it is of another checkpoint, or bent",
                                witness.name)};
    }
    if (std::none_of(result.signatures.begin(), result.signatures.end(), claims) &&
        result.signatures.size() == Note::max_signatures) {
      return Reason{"the checkpoint has 32 signatures already"};
    }
    result.add(*found);
  }
  return result;
}

}  // namespace bw
