#pragma once
// Entries: an event with the time at which the log took it, one line of `log/`:
//
//     {"event":{…},"recorded":1795155000}
//
// The line without its LF is the leaf of the world's transparency log. A log file holds 256 entries;
// file N lies at the path that C2SP tlog-tiles gives N (`log/000.jsonl`, `log/x001/234.jsonl`), so a
// full file never changes again and a copy fetches only what is new.

#include <cstdint>
#include <string>
#include <string_view>

#include "stream/event.h"

namespace bw {

inline constexpr std::uint64_t entries_per_file = 256;
inline constexpr std::size_t max_entry_bytes = max_event_bytes + 64;
inline constexpr std::size_t max_log_file_bytes = entries_per_file * (max_entry_bytes + 1);

struct Entry {
  Event event;
  std::int64_t recorded = 0;  // Unix seconds
};

std::string entry_line(std::string_view event_line, std::int64_t recorded);
Result<Entry> parse_entry(std::string_view line);

// "log/000.jsonl" for 0; any number of groups of three digits.
std::string log_path(std::uint64_t file_number);

}  // namespace bw
