#include "definition/conflict_markers.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "definition/path_names.h"

namespace bw {
namespace {

constexpr char marker_begin = '\x01';
constexpr char marker_end = '\x02';

}  // namespace

std::string marked_conflict(std::size_t marker, std::string_view ours, std::string_view theirs,
                            const MergeLabels& labels) {
  const std::string number = fmt::format("{}{}{}", marker_begin, marker, marker_end);
  return fmt::format("{0}<<<<<<< {1}\n{2}{0}=======\n{3}{0}>>>>>>> {4}\n", number, labels.ours, ours, theirs,
                     labels.theirs);
}

bool is_marker(std::string_view marked, std::size_t at) {
  return at < marked.size() && marked[at] == marker_begin;
}

MergedYaml with_plain_markers(std::string_view marked, const std::vector<NamedConflict>& conflicts) {
  MergedYaml result;
  std::map<std::size_t, int> lines;
  int line = 1;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (is_marker(marked, i)) {
      const std::size_t end = marked.find(marker_end, i);
      std::size_t number = 0;
      std::from_chars(marked.data() + i + 1, marked.data() + end, number);
      lines.emplace(number, line);  // the first of its three
      i = end;
      continue;
    }
    if (marked[i] == '\n') ++line;
    result.text += marked[i];
  }
  for (const NamedConflict& conflict : conflicts)
    result.conflicts.push_back({path_text(conflict.path), conflict.sentence, lines[conflict.marker]});
  return result;
}

std::string decided_for_ours(std::string_view marked) {
  std::string out;
  bool keep = true;
  for (std::size_t line = 0; line < marked.size();) {
    const std::size_t end = std::min(marked.find('\n', line), marked.size() - 1) + 1;
    if (is_marker(marked, line)) {
      keep = marked[marked.find(marker_end, line) + 1] != '=';
    } else if (keep) {
      out += marked.substr(line, end - line);
    }
    line = end;
  }
  return out;
}

}  // namespace bw
