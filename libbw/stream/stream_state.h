#pragma once
// StreamState: what a verified prefix of a stream amounts to. Verification folds commits into it, an
// append starts from it, and it can be saved, so that only what is new is verified again.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/repository.h"
#include "stream/authority.h"
#include "stream/event_index.h"
#include "stream/ids.h"
#include "stream/withdrawal.h"
#include "tlog/checkpoint.h"
#include "tlog/merkle.h"

namespace bw {

inline constexpr std::string_view stream_ref = "refs/heads/stream";
inline constexpr std::string_view details_ref = "refs/heads/details";
inline constexpr std::string_view main_ref = "refs/heads/main";
inline constexpr std::int64_t max_clock_lead = 300;  // seconds that `recorded` may run ahead of a clock

struct StreamState {
  std::optional<git::Oid> head;
  Authority authority;
  MerkleTree tree;  // over every entry up to head
  std::int64_t last_recorded = 0;
  std::optional<Checkpoint> checkpoint;  // the last one
  std::optional<Checkpoint> cosigned;    // the last one behind which enough witnesses stood
  // Roots at the ends of commits since then: the sizes that the next checkpoint may cover.
  std::map<TreeSize, Digest> boundaries;
  // The last checkpoints, of which the next cosigned one must be: size → root, not below the last cosigned
  // one.
  static constexpr std::size_t max_recent = 256;
  std::map<TreeSize, Digest> recent;
  EventIndex ids;
  Withdrawals withdrawn;

  // The withdrawal in effect of that field, or null.
  const Withdrawal* withdrawal_of(const Event& event, std::string_view field) const {
    return withdrawn.of(event, field, authority.persons());
  }
  bool is_withdrawn(const Event& event, std::string_view field) const {
    return withdrawal_of(event, field) != nullptr;
  }

  TreeSize size() const { return tree.size(); }
  TreeSize covered() const { return checkpoint ? checkpoint->size : 0; }
  TreeSize pending() const { return size() - covered(); }

  // To be saved: one line with the SHA-256 of all that follows, one of JSON, and the last ids; the others are
  // in the files that `ids.settle(runs)` made before, which the JSON names by their digests. So what is
  // written, and read again, does not grow with the stream.
  std::string bytes() const;
  // Throws Error(invalid) where the bytes are not what `bytes()` gave, or one of those files is missing.
  static StreamState from_bytes(std::string_view bytes, const std::filesystem::path& runs = {});
};

}  // namespace bw
