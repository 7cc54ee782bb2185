// CSV and JSON Lines, and the mapping files that say what their columns mean.

#include <sstream>

#include "base/error.h"
#include "fuzz.h"
#include "world/mapping.h"
#include "world/row_reader.h"

void fuzz(std::string_view input) {
  const auto mapping = bw::parse_mapping(input, "map.yaml");
  MUST(mapping.mapping.has_value() != bw::has_errors(mapping.problems));
  std::size_t wanted = 0;
  const auto on_row = [&](const bw::InputRow& row) {
    MUST(row.fault || row.cells.size() == wanted);
    for (const std::string& cell : row.cells) MUST(row.fault || cell.size() <= bw::max_field_bytes);
  };
  try {
    std::istringstream csv{std::string(input)};
    bw::read_csv(
        csv, ',',
        [&](const std::vector<std::string>& header) {
          const std::vector<std::string> first(header.begin(), header.begin() + (header.empty() ? 0 : 1));
          wanted = first.size();
          return first;
        },
        on_row);
  } catch (const bw::Error&) {  // a header that cannot be read
  }
  std::istringstream lines{std::string(input)};
  wanted = 2;
  bw::read_json_lines(lines, {"at", "quantity"}, on_row);
}
