#pragma once
// The checks of a stream that need nothing but the bytes themselves: form and signature of an entry,
// rows of a table. They are most of the work of verifying, and run on as many threads as are given.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "stream/entry.h"

namespace bw {

struct CheckedLine {
  std::string_view line;
  std::optional<Entry> entry;  // also where only the signature is wrong
  std::string problem;         // empty where all is well
};
// The lines of `content`, in order; spans of it.
std::vector<CheckedLine> check_lines_on_all_cores(std::string_view content, unsigned threads);

// A table of the stream's tree and the body of the event that commits to it.
struct CheckedTable {
  std::string path;
  Json body;
  std::string content;
  std::string problem;  // found by the check; empty where all is well
};
void check_tables_on_all_cores(std::vector<CheckedTable>& tables, unsigned threads);

}  // namespace bw
