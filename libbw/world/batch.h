#pragma once
// Batches: a CSV or JSON Lines file of any length into tables of at most 10,000 rows, one event each,
// through a mapping file that says which column means what (world/mapping.h). Read as a stream: memory
// does not grow with the file.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "world/record.h"

namespace bw {

struct BatchOptions {
  std::filesystem::path file;  // read once from its beginning to its end: may be /dev/stdin
  std::optional<std::filesystem::path> mapping =
      {};                   // nothing: columns at, behaviour, quantity, unit, lat, lon
  bool keep_going = false;  // leave bad rows out instead of writing nothing
  bool dry_run = false;
  bool salted = false;  // private rows: only root and totals are published
};

struct BadRow {
  std::size_t line = 0;    // of the file, counted from 1
  std::size_t column = 0;  // the CSV field, counted from 1; 0 where it is the row as a whole
  std::string what;
};
inline constexpr std::size_t max_named_bad_rows = 100;

struct Batch {
  std::size_t rows = 0;     // good ones
  std::vector<BadRow> bad;  // the first 100
  std::size_t bad_count = 0;
  std::size_t tables = 0;
  std::vector<Event> events;  // one per table; empty where nothing was written
  std::map<std::pair<std::string, std::string>, Decimal> totals;  // (behaviour, unit) → sum
};

// What messages call an input: its path, or "standard input".
std::string name_of_input(const std::filesystem::path& file);

// Nothing is written where a row is bad, unless `keep_going`. Errors: invalid (the mapping, with
// file:line:column; a column that the file lacks, with the closest; no rows at all), refused (a table
// with the very same rows was recorded before), cannot (the file cannot be read).
Batch record_batch(const Environment& environment, const World& world, const Signer& signer,
                   const BatchOptions& options);

}  // namespace bw
