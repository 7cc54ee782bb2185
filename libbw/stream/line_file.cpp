#include "stream/line_file.h"

#include "base/files.h"
#include "stream/torn_tail.h"

namespace bw {

std::vector<std::string> complete_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  const auto content = read_file_if_exists(path, max_line_file_bytes);
  if (!content) return lines;
  for (std::size_t start = 0;;) {
    const std::size_t end = content->find('\n', start);
    if (end == std::string::npos) break;
    lines.push_back(content->substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

void append_lines(const std::filesystem::path& path, const std::filesystem::path& torn,
                  const std::string& lines) {
  set_torn_tail_aside(path, torn);
  append_file(path, lines);
}

}  // namespace bw
