#pragma once
// StreamState: what a verified prefix of a stream amounts to. Verification folds commits into it, an
// append starts from it, and it can be saved, so that only what is new is verified again.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/repository.h"
#include "stream/authority.h"
#include "stream/ids.h"
#include "tlog/checkpoint.h"
#include "tlog/merkle.h"

namespace bw {

inline constexpr std::string_view stream_ref = "refs/heads/stream";
inline constexpr std::string_view details_ref = "refs/heads/details";
inline constexpr std::string_view main_ref = "refs/heads/main";
inline constexpr std::int64_t max_clock_lead = 300;  // seconds that `recorded` may run ahead of a clock

// The ids of all entries in order, with constant-time lookup: 32 bytes for the id and about 8 for an
// open-addressing table of positions, since a stream of a million entries is searched by every append.
class EventIndex {
public:
  void push_back(const EventId& id);
  std::optional<std::uint64_t> find(const EventId& id) const;  // the lowest index
  std::uint64_t size() const { return ids_.size(); }
  const EventId& operator[](std::uint64_t index) const { return ids_[index]; }
  // Every id that begins with these hexadecimal digits, at most `most`.
  std::vector<EventId> with_prefix(std::string_view hex, std::size_t most) const;

  std::string bytes() const;  // the ids, 32 bytes each
  static EventIndex from_bytes(std::string_view bytes);

private:
  std::size_t slot_of(const EventId& id) const;
  void grow();

  std::vector<EventId> ids_;
  std::vector<std::uint32_t> slots_;  // index + 1; 0 is free
};

struct StreamState {
  std::optional<git::Oid> head;
  Authority authority;
  MerkleTree tree;  // over every entry up to head
  std::int64_t last_recorded = 0;
  std::optional<Checkpoint> checkpoint;  // the last one
  // Roots at the ends of commits since then: the sizes that the next checkpoint may cover.
  std::map<TreeSize, Digest> boundaries;
  EventIndex ids;

  TreeSize size() const { return tree.size(); }
  TreeSize covered() const { return checkpoint ? checkpoint->size : 0; }
  TreeSize pending() const { return size() - covered(); }

  // One line with the SHA-256 of all that follows, one of JSON, and the ids.
  std::string bytes() const;
  // Throws Error(invalid) where the bytes are not what `bytes()` gave.
  static StreamState from_bytes(std::string_view bytes);
};

}  // namespace bw
