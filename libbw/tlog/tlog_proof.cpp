#include "tlog/tlog_proof.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "tlog/text_lines.h"

namespace bw {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";

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
  const auto index = parse_plain_number(line->substr(index_word.size()));
  if (!index) return Reason{"the index of a proof is not a plain number"};
  proof.index = *index;
  auto hashes = take_hashes(bytes);
  if (!hashes) return Reason{"in a proof " + hashes.reason()};
  proof.hashes = *std::move(hashes);
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
  return result + hash_lines(hashes) + '\n' + checkpoint.bytes();
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
