#include "stream/torn_tail.h"

#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace bw {
namespace {

constexpr std::size_t max_bytes = std::size_t{4} << 30;

}  // namespace

bool is_torn(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file, ignored);
  if (ignored || size == 0) return false;
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(-1, std::ios::end);
  return stream.get() != '\n';
}

void set_torn_tail_aside(const std::filesystem::path& file, const std::filesystem::path& aside) {
  if (!is_torn(file)) return;
  const std::string content = read_file(file, max_bytes);
  const std::size_t end = content.rfind('\n') == std::string::npos ? 0 : content.rfind('\n') + 1;
  const std::string before = read_file_if_exists(aside, max_bytes).value_or("");
  write_file(aside, before + content.substr(end) + "\n", 0600);
  std::error_code failure;
  std::filesystem::resize_file(file, end, failure);
  if (failure)
    throw Error(ErrorCode::cannot, fmt::format("cannot shorten {}: {}", file.string(), failure.message()));
}

}  // namespace bw
