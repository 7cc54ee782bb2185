#include "stream/line_file.h"

#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace bw {

void set_torn_tail_aside(const std::filesystem::path& path, const std::filesystem::path& torn) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (ignored || size == 0) return;
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(-1, std::ios::end);
  if (stream.get() == '\n') return;
  const std::string content = read_file(path, max_line_file_bytes);
  const std::size_t end = content.rfind('\n') == std::string::npos ? 0 : content.rfind('\n') + 1;
  // The tail is safe in its own file, whole or not at all, before it leaves this one.
  const std::string before = read_file_if_exists(torn, max_line_file_bytes).value_or("");
  write_file(torn, before + content.substr(end) + "\n", 0600);
  std::error_code failure;
  std::filesystem::resize_file(path, end, failure);
  if (failure) {
    throw Error(ErrorCode::cannot, fmt::format("cannot shorten {}: {}", path.string(), failure.message()));
  }
}

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
