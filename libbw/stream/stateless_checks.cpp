#include "stream/stateless_checks.h"

#include <algorithm>
#include <thread>

#include "stream/table.h"

namespace bw {
namespace {

// Calls `work(i)` for every i below `count`, on as many threads as are worth being started.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, std::size_t worth_a_thread, const Work& work) {
  const std::size_t workers = std::clamp<std::size_t>(count / worth_a_thread, 1, std::max(1U, threads));
  const auto share = [&](std::size_t worker) {
    for (std::size_t i = worker; i < count; i += workers) work(i);
  };
  std::vector<std::jthread> pool;
  for (std::size_t worker = 1; worker < workers; ++worker) pool.emplace_back(share, worker);
  share(0);
}

void check_line(CheckedLine& line) {
  auto entry = parse_entry(line.line);
  if (!entry) {
    line.problem = entry.reason();
    return;
  }
  if (!has_valid_signature(entry->event)) line.problem = "the signature is not the actor's";
  line.entry = *std::move(entry);
}

void check_table(CheckedTable& checked) {
  const auto table = parse_table(checked.content);
  checked.problem = table ? table_mismatch(checked.body, *table) : table.reason();
}

}  // namespace

std::vector<CheckedLine> check_lines_on_all_cores(std::string_view content, unsigned threads) {
  std::vector<CheckedLine> lines;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    lines.push_back({line, std::nullopt, {}});
  }
  in_parallel(lines.size(), threads, 8, [&](std::size_t i) { check_line(lines[i]); });
  return lines;
}

void check_tables_on_all_cores(std::vector<CheckedTable>& tables, unsigned threads) {
  in_parallel(tables.size(), threads, 1, [&](std::size_t i) { check_table(tables[i]); });
}

}  // namespace bw
