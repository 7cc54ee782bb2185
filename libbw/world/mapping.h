#pragma once
// Mapping files: how the columns of a CSV or JSON Lines file become rows of a table. YAML:
//
//     mapping: 1                             format version, required
//     format: csv                            or jsonl; nothing: by the name of the data file
//     delimiter: ";"                         of CSV, one character; nothing: ","
//     at: {column: date}                     required: 2014-01-20 (its noon), "2014-01-20 18:00" or the
//                                            exact form, in the world's UTC offset
//     behaviour: {value: map-aed}            required
//     quantity: {column: count}              nothing: 1
//     unit: {value: device}                  nothing: the behaviour's
//     place: {lat: {column: latitude}, lon: {column: longitude}}
//     attributes:                            facts about things, never about people
//       district: {column: city_district}
//     skip_empty: true                       an empty column gives no attribute (false: an empty one)
//
// Every source is a `column` (JSON Lines: a member) or one fixed `value` for all rows.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "definition/problem.h"

namespace bw {

// Where the text of one thing comes from.
struct Source {
  std::optional<std::string> column;
  std::string value;  // where there is no column
  Mark mark;          // in the mapping file
};

struct Mapping {
  enum class Format { csv, jsonl };

  std::optional<Format> format;
  char delimiter = ',';
  Source at;
  Source behaviour;
  std::optional<Source> quantity;
  std::optional<Source> unit;
  std::optional<Source> latitude;  // both or neither
  std::optional<Source> longitude;
  std::vector<std::pair<std::string, Source>> attributes;
  bool skip_empty = true;
};

struct MappingFile {
  std::optional<Mapping> mapping;  // there exactly where no problem is an error
  std::vector<Problem> problems;
};
// `file` is only the name used in problems.
MappingFile parse_mapping(std::string_view text, std::string_view file);

// Without a mapping file: the columns at, behaviour, quantity, unit, lat and lon, as far as the header
// has them.
Mapping plain_mapping(const std::vector<std::string>& header);
inline constexpr std::string_view plain_columns = "at, behaviour, quantity, unit, lat, lon";

}  // namespace bw
