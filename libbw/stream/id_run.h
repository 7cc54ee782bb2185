#pragma once
// IdRun: many event ids with their positions in the log, sorted by id, in a file that never changes.
//
//     records   <id, 32 bytes><index, 8 bytes big-endian>, sorted; a block is 128 of them
//     fences    for each block <its first id, 32 bytes><SHA-256 of the block, 32 bytes>
//
// The SHA-256 of the fences is the run's name, so that whoever vouches for the name vouches for every
// record. To find an id, the fences, which are kept in memory (half a byte per id), say in which block it
// would be; that one block is read and checked against its fence. A run opens in the time that its fences
// take to be hashed: 0.3 ms where it holds a million ids.
//
// A run that was written by this process is trusted as it is, and keeps a Bloom filter of a byte per id:
// what verification asks it most of the time is an id that it does not hold.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/open_file.h"
#include "stream/ids.h"

namespace bw {

struct IdRecord {
  EventId id;
  std::uint64_t index = 0;

  friend auto operator<=>(const IdRecord&, const IdRecord&) = default;
};

class IdRun {
public:
  // Error(invalid) where there is none, or another.
  static std::shared_ptr<const IdRun> open(const std::filesystem::path& folder, const Digest& name,
                                           std::uint64_t count);

  std::uint64_t size() const { return count_; }
  const Digest& name() const { return name_; }
  // Whether it is a file of that folder, under its name.
  bool lies_in(const std::filesystem::path& folder) const;

  // The lowest index of the id. Error(invalid) where the block that would hold it is damaged.
  std::optional<std::uint64_t> find(const EventId& id) const;
  // The number of the first block that can hold ids not before `id`.
  std::size_t block_of(const EventId& id) const;
  std::size_t blocks() const { return fences_.size(); }
  std::vector<IdRecord> read_block(std::size_t number) const;

private:
  friend class IdRunWriter;
  struct Fence {
    EventId first;
    Digest block;
  };

  explicit IdRun(OpenFile file) : file_(std::move(file)) {}
  bool may_hold(const EventId& id) const;

  OpenFile file_;
  std::filesystem::path path_;  // empty for a scratch file
  std::uint64_t count_ = 0;
  Digest name_;
  std::vector<Fence> fences_;
  std::vector<std::uint64_t> filter_;  // empty where none was made
};

// Writes one, record by record in order. Of several records of one id only the first is kept.
class IdRunWriter {
public:
  // `most`: how many records there may be. With a folder the run becomes a file there, made where it is
  // missing; without one a scratch file.
  IdRunWriter(std::uint64_t most, std::optional<std::filesystem::path> folder);
  void add(const IdRecord& record);
  std::shared_ptr<const IdRun> finish();  // once

private:
  void end_block();

  std::optional<std::filesystem::path> folder_;
  std::shared_ptr<IdRun> run_;
  std::string block_;
  std::optional<EventId> last_;
};

}  // namespace bw
