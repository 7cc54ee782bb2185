#include "tlog/witness_request.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"

namespace bw {
namespace {

constexpr std::string_view old_word = "old ";
// What a checkpoint's text may be in front of signature lines, for the parser of notes.
constexpr std::string_view any_text = "-\n";

// Takes the next line off `rest`; nothing where no LF is left.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<TreeSize> parse_size(std::string_view text) {
  TreeSize size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || fmt::to_string(size) != text) return std::nullopt;
  return size;
}

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
  auto line = take_line(bytes);
  if (!line || !line->starts_with(old_word))
    return Reason{"a request to a witness does not begin with \"old \""};
  const auto size = parse_size(line->substr(old_word.size()));
  if (!size) return Reason{"the old size of a request to a witness is not a plain number"};
  request.old_size = *size;
  for (line = take_line(bytes); line && !line->empty(); line = take_line(bytes)) {
    if (request.proof.size() == max_hashes) return Reason{"a request to a witness has more than 63 hashes"};
    const auto hash = from_base64(*line);
    const auto digest = hash ? Digest::from_bytes(*hash) : std::nullopt;
    if (!digest) return Reason{"a hash of a request to a witness is not 32 bytes in base64"};
    request.proof.push_back(*digest);
  }
  if (!line) return Reason{"a request to a witness has no empty line before its checkpoint"};
  Result<Note> checkpoint = Note::parse(bytes);
  if (!checkpoint) return Reason{checkpoint.reason()};
  request.checkpoint = *std::move(checkpoint);
  return request;
}

std::string WitnessRequest::text() const {
  std::string result = fmt::format("{}{}\n", old_word, old_size);
  for (const Digest& hash : proof) result += to_base64(hash.view()) + '\n';
  return result + '\n' + checkpoint.bytes();
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

}  // namespace bw
