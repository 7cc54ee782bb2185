#include "tlog/text_lines.h"

#include <charconv>

#include <fmt/format.h>

#include "base/bytes.h"

namespace bw {
namespace {

constexpr std::size_t max_hashes = 63;

}  // namespace

std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<TreeSize> parse_plain_number(std::string_view text) {
  TreeSize number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || fmt::to_string(number) != text) return std::nullopt;
  return number;
}

Result<std::vector<Digest>> take_hashes(std::string_view& rest) {
  std::vector<Digest> hashes;
  for (auto line = take_line(rest); line; line = take_line(rest)) {
    if (line->empty()) return hashes;
    if (hashes.size() == max_hashes) return Reason{"there are more than 63 hashes"};
    const auto hash = from_base64(*line);
    const auto digest = hash ? Digest::from_bytes(*hash) : std::nullopt;
    if (!digest) return Reason{"a hash is not 32 bytes in base64"};
    hashes.push_back(*digest);
  }
  return Reason{"no empty line follows the hashes"};
}

std::string hash_lines(const std::vector<Digest>& hashes) {
  std::string lines;
  for (const Digest& hash : hashes) lines += to_base64(hash.view()) + '\n';
  return lines;
}

}  // namespace bw
