#include "stream/stateless_checks.h"

#include <algorithm>

#include "stream/table.h"

namespace bw {
namespace {

void check_line(CheckedLine& line) {
  line.leaf = leaf_hash(line.line);
  auto entry = parse_entry(line.line);
  if (!entry) {
    line.problem = entry.reason();
    return;
  }
  if (!has_valid_signature(entry->event)) line.problem = "the signature is not the actor's";
  line.entry = *std::move(entry);
}

}  // namespace

std::vector<CheckedLine> check_lines(std::string_view content) {
  std::vector<CheckedLine> lines;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    lines.push_back({line, {}, std::nullopt, {}});
    check_line(lines.back());
  }
  return lines;
}

std::string table_problem(const Json& body, std::string_view content) {
  const auto table = parse_table(content);
  return table ? table_mismatch(body, *table) : table.reason();
}

}  // namespace bw
