#include "stream/bundling.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parallel.h"

namespace bw {
namespace {

// What the form of a bundle adds: the header without its lists; around an event; for an opening, its own
// line and its place in the header's list; the same of a table. Ids, salts and roots included, each a
// little more than it can be.
constexpr std::size_t header_bytes = 1024;
constexpr std::size_t event_frame = 16;
constexpr std::size_t opening_frame = 400;
constexpr std::size_t table_frame = 200;

Error table_error(const Event& event, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("the table of event {}: {}", event.id.short_text(), why)};
}

std::string rows_of(const Journal& journal, const Event& event, const Json& body) {
  const auto root = Digest::from_hex(body.at("root").get<std::string>());
  auto rows = root ? journal.table_rows(*root) : std::nullopt;
  if (!rows) throw table_error(event, "its rows are not in the journal");
  return *std::move(rows);
}

// What travels of one entry.
struct Part {
  std::vector<BundledOpening> openings;
  std::vector<BundledSealed> sealed;
  std::optional<std::string> rows;
  std::size_t bytes = 0;
};

// The table of an event whose rows are not read yet.
struct RowsOf {
  const Event* event = nullptr;
  std::string rows;
};

std::vector<Table> read_tables(const std::vector<RowsOf>& all) {
  std::vector<Table> tables(all.size());
  on_all_cores(all.size(), [&](std::size_t i) {
    auto table = parse_table(all[i].rows);
    if (!table) throw table_error(*all[i].event, table.reason());
    tables[i] = *std::move(table);
  });
  return tables;
}

SealedOpening seal(const Event& event, const Opening& opening, const Sealing& sealing) {
  if (!sealing.readers.empty()) return seal_opening(event, opening, sealing.readers, sealing.random);
  throw Error(ErrorCode::refused,
              fmt::format("\"{}\" of event {} is sealed, and no steward of this world has announced a key to "
                          "seal it to",
                          opening.field, event.id.short_text()),
              "a steward announces one with the next append; or take the event back (bw undo " +
                  event.id.short_text() + ") and log it with --visibility private");
}

Part part_of(const Journal& journal, const JournalEntry& entry, const Sealing& sealing) {
  Part part;
  part.bytes = entry.event.line.size() + event_frame;
  for (JournalOpening& item : journal.with_large_openings(entry).openings) {
    if (item.visibility == Visibility::private_) continue;
    part.bytes += 2 * item.opening.field.size() + opening_frame;
    if (item.visibility == Visibility::sealed) {
      part.sealed.push_back({entry.event.id, seal(entry.event, item.opening, sealing)});
      part.bytes += part.sealed.back().opening.text().size();
      continue;
    }
    part.bytes += item.opening.value_text.size();
    part.openings.push_back({entry.event.id, std::move(item.opening), item.visibility});
  }
  if (entry.event.kind != "behaviour.tabled") return part;
  const Json body = entry.event.body();
  if (body.at("rows") != "public") return part;
  part.rows = rows_of(journal, entry.event, body);
  part.bytes += part.rows->size() + table_frame;
  return part;
}

}  // namespace

Bundle next_bundle(const Journal& journal, const std::vector<JournalEntry>& entries, std::size_t& next,
                   const Did& actor, const WorldId& world, Timestamp at, const BundleLimits& limits,
                   const Sealing& sealing) {
  Bundle bundle{actor, at, world, {}, {}, {}, {}, {}};
  std::size_t bytes = header_bytes;
  std::vector<RowsOf> rows;
  for (; next < entries.size() && bundle.events.size() < limits.events; ++next) {
    Part part = part_of(journal, entries[next], sealing);
    const std::size_t openings =
        bundle.openings.size() + bundle.sealed.size() + part.openings.size() + part.sealed.size();
    const bool fits = bytes + part.bytes <= limits.bytes && openings <= limits.openings;
    if (!fits && !bundle.events.empty()) break;
    if (!fits) {
      throw Error(ErrorCode::invalid,
                  fmt::format("event {} with its openings is more than a bundle holds",
                              entries[next].event.id.short_text()),
                  "take it back (bw undo " + entries[next].event.id.short_text() + ") and log it in parts");
    }
    bytes += part.bytes;
    bundle.events.push_back(entries[next].event);
    std::move(part.openings.begin(), part.openings.end(), std::back_inserter(bundle.openings));
    std::move(part.sealed.begin(), part.sealed.end(), std::back_inserter(bundle.sealed));
    if (part.rows) rows.push_back({&entries[next].event, *std::move(part.rows)});
  }
  bundle.tables = read_tables(rows);
  return bundle;
}

}  // namespace bw
