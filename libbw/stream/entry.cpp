#include "stream/entry.h"

#include <charconv>

#include <fmt/format.h>

#include "tlog/tiles.h"

namespace bw {
namespace {

constexpr std::string_view event_start = "{\"event\":";
constexpr std::string_view recorded_start = ",\"recorded\":";

}  // namespace

std::string entry_line(std::string_view event_line, std::int64_t recorded) {
  return fmt::format("{}{}{}{}}}", event_start, event_line, recorded_start, recorded);
}

Result<Entry> parse_entry(std::string_view line) {
  const std::size_t cut = line.rfind(recorded_start);
  if (line.size() > max_entry_bytes || !line.starts_with(event_start) || cut == std::string_view::npos) {
    return Reason{"not an entry of the form {\"event\":{…},\"recorded\":seconds}"};
  }
  const std::string_view number = line.substr(cut + recorded_start.size());
  std::int64_t recorded = 0;
  std::from_chars(number.data(), number.data() + number.size(), recorded);
  if (recorded < 0 || recorded > Timestamp::last || fmt::format("{}}}", recorded) != number) {
    return Reason{"the time at which it was recorded is not a number of seconds"};
  }
  auto event = parse_event(line.substr(event_start.size(), cut - event_start.size()));
  if (!event) return Reason{event.reason()};
  return Entry{*std::move(event), recorded};
}

std::string log_path(std::uint64_t file_number) {
  return "log/" + tile_number(file_number) + ".jsonl";
}

}  // namespace bw
