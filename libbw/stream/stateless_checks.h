#pragma once
// The checks of a stream that need nothing but the bytes themselves: form and signature of an entry,
// rows of a table. They are most of the work of verifying, and run ahead of it (stream/read_ahead.h).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "stream/entry.h"
#include "tlog/merkle.h"

namespace bw {

struct CheckedLine {
  std::string_view line;
  Digest leaf;
  std::optional<Entry> entry;  // also where only the signature is wrong
  std::string problem;         // empty where all is well
};
// The lines of `content`, in order; spans of it.
std::vector<CheckedLine> check_lines(std::string_view content);

// Why these bytes are not the table that the event with this body commits to; empty where they are.
std::string table_problem(const Json& body, std::string_view content);

}  // namespace bw
