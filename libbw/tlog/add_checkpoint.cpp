#include "tlog/add_checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/bytes.h"

namespace bw {
namespace {

constexpr std::string_view old_word = "old ";

// Takes the next line off `rest`; nothing where no LF is left.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<TreeSize> parse_old_size(std::string_view line) {
  if (!line.starts_with(old_word)) return std::nullopt;
  line.remove_prefix(old_word.size());
  TreeSize size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (error != std::errc{} || fmt::to_string(size) != line) return std::nullopt;
  return size;
}

}  // namespace

Result<AddCheckpoint> AddCheckpoint::parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) return Reason{"a request to a witness is larger than 136 KiB"};
  AddCheckpoint request;
  auto line = take_line(bytes);
  const auto old_size = line ? parse_old_size(*line) : std::nullopt;
  if (!old_size) return Reason{"a request to a witness does not begin with \"old <size>\""};
  request.old_size = *old_size;
  for (line = take_line(bytes); line && !line->empty(); line = take_line(bytes)) {
    if (request.proof.size() == max_proof) return Reason{"a consistency proof has more than 63 hashes"};
    const auto hash = from_base64(*line);
    const auto digest = hash ? Digest::from_bytes(*hash) : std::nullopt;
    if (!digest) return Reason{"a hash of the consistency proof is not 32 bytes in base64"};
    request.proof.push_back(*digest);
  }
  if (!line) return Reason{"a request to a witness has no empty line before its checkpoint"};
  Result<Note> checkpoint = Note::parse(bytes);
  if (!checkpoint) return Reason{checkpoint.reason()};
  const auto head = Checkpoint::parse(checkpoint->text);
  if (!head) return Reason{head.reason()};
  if (request.old_size > head->size) return Reason{"the old size is larger than the checkpoint's"};
  request.checkpoint = *std::move(checkpoint);
  return request;
}

std::string AddCheckpoint::text() const {
  std::string result = fmt::format("{}{}\n", old_word, old_size);
  for (const Digest& hash : proof) result += to_base64(hash.view()) + '\n';
  return result + '\n' + checkpoint.bytes();
}

Result<Note> take_cosignatures(const Note& checkpoint, std::string_view answer,
                               const std::vector<NoteVerifier>& witnesses) {
  if (answer.size() > Note::max_bytes) return Reason{"the answer of a witness is larger than 128 KiB"};
  const auto answered = Note::parse(checkpoint.text + "\n" + std::string(answer));
  if (!answered) return Reason{"that is no answer of a witness: " + answered.reason()};
  if (answered->text != checkpoint.text)
    return Reason{"that is no answer of a witness: it holds more than signature lines"};
  Note result = checkpoint;
  for (const NoteVerifier& witness : witnesses) {
    const auto claims = [&](const NoteSignature& each) {
      return each.name == witness.name && each.key_id == witness.key_id;
    };
    const auto found = std::find_if(answered->signatures.begin(), answered->signatures.end(), claims);
    if (found == answered->signatures.end()) continue;
    if (!cosigned_at(*answered, witness)) {
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
