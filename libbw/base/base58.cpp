#include "base/base58.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/error.h"

namespace bw {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

constexpr std::uint8_t no_digit = 255;
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

// In 32-bit limbs, the least significant first; `used` of them, the topmost of which is not zero.
struct Number {
  std::array<std::uint32_t, max_base58_bytes / 4> limbs{};
  std::size_t used = 0;

  // number = number * factor + digit; false where it outgrows its limbs.
  bool append(std::uint32_t factor, std::uint64_t digit) {
    for (std::size_t i = 0; i < used; ++i) {
      digit += std::uint64_t{limbs[i]} * factor;
      limbs[i] = static_cast<std::uint32_t>(digit);
      digit >>= 32;
    }
    if (digit == 0) return true;
    if (used == limbs.size()) return false;
    limbs[used++] = static_cast<std::uint32_t>(digit);
    return true;
  }

  // number = number / divisor; the remainder.
  std::uint32_t remove(std::uint32_t divisor) {
    std::uint64_t remainder = 0;
    for (std::size_t i = used; i-- > 0;) {
      remainder = remainder << 32 | limbs[i];
      limbs[i] = static_cast<std::uint32_t>(remainder / divisor);
      remainder %= divisor;
    }
    while (used > 0 && limbs[used - 1] == 0) --used;
    return static_cast<std::uint32_t>(remainder);
  }
};

}  // namespace

std::string to_base58btc(std::string_view bytes) {
  if (bytes.size() > max_base58_bytes)
    throw Error(ErrorCode::usage, "too many bytes to be written in base58");
  const std::size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size());
  Number number;
  for (const char byte : bytes) number.append(256, static_cast<unsigned char>(byte));
  std::string text;
  text.reserve(bytes.size() * 138 / 100 + 1);  // log 256 / log 58 = 1.366
  while (number.used > 0) text += alphabet[number.remove(58)];
  text.append(zeros, alphabet.front());
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<std::string> from_base58btc(std::string_view text) {
  const std::size_t zeros = std::min(text.find_first_not_of(alphabet.front()), text.size());
  Number number;
  for (const char c : text.substr(zeros)) {
    const std::uint8_t digit = digit_values[static_cast<unsigned char>(c)];
    if (digit == no_digit || !number.append(58, digit)) return std::nullopt;
  }
  std::string bytes;
  while (number.used > 0) bytes += static_cast<char>(number.remove(256));
  if (bytes.size() + zeros > max_base58_bytes) return std::nullopt;
  bytes.append(zeros, '\0');
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

}  // namespace bw
