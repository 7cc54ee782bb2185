#pragma once
// EventIndex: the ids of all entries of a stream, to be asked whether an event stands there already, and
// where. Every append of one event into a million asks that, and every verification of a million entries
// asks it a million times, so neither memory nor the time to open it may grow with the stream: the last
// ids are in memory, the others in runs (stream/id_run.h), each at least twice as large as the next.
//
// To be saved with a state, an index is settled into a folder first; from then on few ids are left that
// the state itself must hold. Copies share their runs.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "stream/id_run.h"
#include "stream/ids.h"

namespace bw {

class EventIndex {
public:
  void push_back(const EventId& id);
  std::optional<std::uint64_t> find(const EventId& id) const;  // the lowest index
  std::uint64_t size() const { return settled_ + recent_.size(); }
  // The id of an entry; for tests and the like, since it reads whole runs. Error(usage) where there is none,
  // or where an earlier entry has the same id.
  EventId operator[](std::uint64_t index) const;
  // Every id that begins with these hexadecimal digits, at most `most`.
  std::vector<EventId> with_prefix(std::string_view hex, std::size_t most) const;

  // Puts all ids but the last few thousand into runs in that folder, and removes what earlier runs it
  // replaced. Error(cannot) where the folder cannot be written.
  void settle(const std::filesystem::path& runs);

  // Of a settled index: its runs, and the ids that are in none, 32 bytes each. Throws Error(usage) where it
  // is not settled.
  Json runs_json() const;
  std::string recent_bytes() const;
  // Error(invalid) where these are not what the two gave, or a run is missing or damaged.
  static EventIndex restore(const Json& runs_json, std::string_view recent,
                            const std::filesystem::path& runs);

private:
  void remember(const EventId& id);
  std::size_t slot_of(const EventId& id) const;
  void grow();
  // Makes one run of the recent ids and of the last `merged` runs.
  void merge(std::size_t merged, const std::optional<std::filesystem::path>& folder);
  std::size_t worth_merging() const;

  std::vector<std::shared_ptr<const IdRun>> runs_;
  std::uint64_t settled_ = 0;         // how many entries have their ids in runs
  std::vector<EventId> recent_;       // the ids of those after them
  std::vector<std::uint32_t> slots_;  // open addressing: position in recent_ + 1; 0 is free
  bool settled_in_folder_ = true;     // no run is a scratch file
};

}  // namespace bw
