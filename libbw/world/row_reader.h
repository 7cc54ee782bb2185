#pragma once
// Reading rows: a CSV file (RFC 4180, through libcsv in its strict mode) or JSON Lines, one row after
// another, in memory that does not grow with the file. What is wrong with one row (a stray quote,
// bytes that are not UTF-8, a field of ten megabytes) is said of that row, and reading goes on behind it.

#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

inline constexpr std::size_t max_field_bytes = std::size_t{64} << 10;
inline constexpr std::size_t max_json_line_bytes = 1u << 20;

struct InputFault {
  std::size_t column = 0;  // the CSV field, counted from 1; 0: the row as a whole
  std::string what;
};

struct InputRow {
  std::size_t line = 0;  // of the file, counted from 1, where the row begins
  // For each wanted column its text, in the order asked for; a JSON number as it was written. Empty
  // where a JSON row lacks the member.
  std::vector<std::string> cells;
  std::vector<std::size_t> columns;  // of each cell: the CSV field, counted from 1; 0 in JSON Lines
  std::optional<InputFault> fault;
};

using OnRow = std::function<void(const InputRow&)>;
// Receives the names in the first row, and returns those that are wanted, each once.
using OnHeader = std::function<std::vector<std::string>(const std::vector<std::string>& header)>;

// Why the text of a cell is none: bytes that are not UTF-8, control characters other than tab and the
// ends of lines. Empty where it is fit.
std::string cell_problem(std::string_view text);

// A byte order mark at the beginning is skipped, empty lines are too. Error(invalid) where the header
// itself cannot be read or names a wanted column twice.
void read_csv(std::istream& input, char delimiter, const OnHeader& on_header, const OnRow& on_row);

// One object per line; members that are not wanted may hold anything.
void read_json_lines(std::istream& input, const std::vector<std::string>& wanted, const OnRow& on_row);

}  // namespace bw
