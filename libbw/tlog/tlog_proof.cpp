#include "tlog/tlog_proof.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"

namespace bw {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";
constexpr std::size_t max_hashes = 63;  // one for each level of the largest tree

// Takes the next line off `rest`; nothing where no LF is left.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<TreeSize> parse_index(std::string_view text) {
  TreeSize index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || fmt::to_string(index) != text) return std::nullopt;
  return index;
}

}  // namespace

Result<TlogProof> TlogProof::parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) return Reason{"a proof is larger than 256 KiB"};
  if (!bytes.starts_with(first_line)) return Reason{"a proof does not begin with \"c2sp.org/tlog-proof@v1\""};
  bytes.remove_prefix(first_line.size());
  TlogProof proof;
  auto line = take_line(bytes);
  if (line && line->starts_with(extra_word)) {
    const auto extra = from_base64(line->substr(extra_word.size()));
    if (!extra || extra->empty()) return Reason{"the extra data of a proof is not in base64"};
    if (extra->size() > max_extra) return Reason{"the extra data of a proof is larger than 64 KiB"};
    proof.extra = *extra;
    line = take_line(bytes);
  }
  if (!line || !line->starts_with(index_word)) return Reason{"a proof does not name its index"};
  const auto index = parse_index(line->substr(index_word.size()));
  if (!index) return Reason{"the index of a proof is not a plain number"};
  proof.index = *index;
  for (line = take_line(bytes); line && !line->empty(); line = take_line(bytes)) {
    if (proof.hashes.size() == max_hashes) return Reason{"a proof has more than 63 hashes"};
    const auto hash = from_base64(*line);
    const auto digest = hash ? Digest::from_bytes(*hash) : std::nullopt;
    if (!digest) return Reason{"a hash of a proof is not 32 bytes in base64"};
    proof.hashes.push_back(*digest);
  }
  if (!line) return Reason{"a proof has no empty line before its checkpoint"};
  Result<Note> checkpoint = Note::parse(bytes);
  if (!checkpoint) return Reason{checkpoint.reason()};
  if (const auto head = Checkpoint::parse(checkpoint->text); !head) return Reason{head.reason()};
  proof.checkpoint = *std::move(checkpoint);
  return proof;
}

std::string TlogProof::text() const {
  std::string result(first_line);
  if (!extra.empty()) result += fmt::format("{}{}\n", extra_word, to_base64(extra));
  result += fmt::format("{}{}\n", index_word, index);
  for (const Digest& hash : hashes) result += to_base64(hash.view()) + '\n';
  return result + '\n' + checkpoint.bytes();
}

Result<ProvenEntry> check_proof(const TlogProof& proof, const Digest& leaf, const ProofPolicy& policy) {
  const Result<Checkpoint> checkpoint = Checkpoint::parse(proof.checkpoint.text);
  if (!checkpoint) return Reason{checkpoint.reason()};
  if (checkpoint->origin != policy.origin) {
    return Reason{fmt::format("the checkpoint is of the log {}, not of {}", printable(checkpoint->origin),
                              printable(policy.origin))};
  }
  if (std::none_of(policy.logs.begin(), policy.logs.end(),
                   [&](const NoteVerifier& log) { return proof.checkpoint.verified_by(log); })) {
    return Reason{"no trusted key of the log signed the checkpoint"};
  }
  if (!includes(checkpoint->size, checkpoint->root, proof.index, leaf, proof.hashes)) {
    return Reason{fmt::format("the hashes do not lead from the entry at index {} to the checkpoint's root",
                              proof.index)};
  }
  ProvenEntry proven{*checkpoint, cosigned(proof.checkpoint, policy.witnesses)};
  if (!proven.cosigned.enough) {
    return Reason{fmt::format("too few witnesses cosigned the checkpoint: {}", proven.cosigned.by.size())};
  }
  return proven;
}

}  // namespace bw
