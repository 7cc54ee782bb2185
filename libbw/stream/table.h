#pragma once
// Tables: bulk data as one event. A table is up to 10,000 row lines (4 MiB), each a strict JSON object
// without LF; its name is the RFC 6962 root over the lines, so that one row can be proved without its
// neighbours. The event `behaviour.tabled` commits to it:
//
//     {"count":145,"root":"<64 hex>","rows":"public",
//      "totals":[{"behaviour":"map-aed","quantity":"145","unit":"device"}]}
//
// With "rows":"private" only this much is published; the rows, each salted, stay in the journal.
// A row has the members `at`, `behaviour`, `quantity`, `unit`, and optionally `attributes` (facts about
// things, never about people: field → string), `place` ({"lat","lon"} in decimal degrees, WGS 84) and
// `salt` (43 characters, in tables whose rows stay private). Published rows cannot be erased.
//
// A world verifies a million rows at a time: reading one costs about a microsecond.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace bw {

inline constexpr std::size_t max_table_rows = 10'000;
inline constexpr std::size_t max_table_bytes = 4u << 20;
inline constexpr std::size_t max_row_bytes = 4u << 10;
inline constexpr std::size_t max_id_bytes = 64;  // of a behaviour, of a unit

struct Place {
  Decimal latitude;   // degrees, −90 … 90
  Decimal longitude;  // degrees, −180 … 180
};

struct Row {
  Timestamp at;
  std::string behaviour;
  Decimal quantity;
  std::string unit;
  std::map<std::string, std::string, std::less<>> attributes;
  std::optional<Place> place;
  std::optional<std::string> salt;  // base64url

  std::string line() const;  // throws Error(invalid) where it has no strict form
  static Result<Row> parse(std::string_view line);
};

// "LAT,LON" in decimal degrees, as people type it.
Result<Place> parse_place(std::string_view text);
Json place_json(const Place& place);

struct Table {
  std::string content;  // the row lines, each with its LF
  std::size_t count = 0;
  Digest root;
  // (behaviour, unit) → sum
  std::map<std::pair<std::string, std::string>, Decimal> totals;

  // Where every row is salted, the table is private.
  bool salted = false;

  // The body of the event that commits to it.
  Json body() const;
};

// Checks every row and computes count, root and totals. The reason names the row, counted from 1.
Result<Table> parse_table(std::string_view content);

// Whether an event's body commits to exactly this table; otherwise why not.
std::string table_mismatch(const Json& body, const Table& table);

// Where a table lies in the stream's tree: tables/<2 hex>/<2 hex>/<root>.jsonl.
std::string table_path(const Digest& root);

}  // namespace bw
