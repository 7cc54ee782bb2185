#include "crypto/did.h"

#include <algorithm>

namespace bw {
namespace {

constexpr std::string_view method = "did:key:";
constexpr std::string_view base58btc = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr char multibase_base58btc = 'z';

// A key with its prefix is a number of 34 bytes that begins with 0xed: always 47 base58 digits. A
// positional number of a fixed length has one text, so no second text can mean the same key.
constexpr std::size_t digit_count = 47;
// The number in 32-bit limbs, the least significant first. The topmost holds 0xed01.
using Number = std::array<std::uint32_t, 9>;
constexpr std::uint32_t multicodec_ed25519 = 0xed01;

constexpr std::uint8_t no_digit = 255;
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < base58btc.size(); ++i) {
    values[static_cast<unsigned char>(base58btc[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

// number = number * 58 + digit; false where it outgrows its limbs.
bool append_digit(Number& number, std::uint64_t digit) {
  for (std::uint32_t& limb : number) {
    digit += std::uint64_t{limb} * 58;
    limb = static_cast<std::uint32_t>(digit);
    digit >>= 32;
  }
  return digit == 0;
}

std::uint32_t remove_digit(Number& number) {
  std::uint64_t remainder = 0;
  for (std::size_t i = number.size(); i-- > 0;) {
    remainder = remainder << 32 | number[i];
    number[i] = static_cast<std::uint32_t>(remainder / 58);
    remainder %= 58;
  }
  return static_cast<std::uint32_t>(remainder);
}

}  // namespace

Did Did::from_public_key(const std::array<std::uint8_t, 32>& key) {
  Did did;
  did.key_ = key;
  return did;
}

std::string Did::short_id() const {
  Number number{};
  number.back() = multicodec_ed25519;
  for (std::size_t i = 0; i < key_.size(); ++i) {
    number[7 - i / 4] |= std::uint32_t{key_[i]} << (24 - 8 * (i % 4));
  }
  std::string text(1 + digit_count, multibase_base58btc);
  for (std::size_t i = digit_count; i > 0; --i) text[i] = base58btc[remove_digit(number)];
  return text;
}

std::string Did::text() const {
  return std::string(method) + short_id();
}

Result<Did> Did::from_short_id(std::string_view text) {
  if (text.empty() || text.front() != multibase_base58btc)
    return Reason{"a key name does not begin with z6Mk"};
  text.remove_prefix(1);
  if (text.size() != digit_count) return Reason{"a key name does not have the length of an Ed25519 key"};
  Number number{};
  for (const char c : text) {
    const std::uint8_t digit = digit_values[static_cast<unsigned char>(c)];
    if (digit == no_digit) return Reason{"a key name has a character that base58 does not use"};
    if (!append_digit(number, digit)) return Reason{"a key name is too large"};
  }
  if (number.back() != multicodec_ed25519) return Reason{"a key name is not that of an Ed25519 key"};
  Did did;
  for (std::size_t i = 0; i < did.key_.size(); ++i) {
    did.key_[i] = static_cast<std::uint8_t>(number[7 - i / 4] >> (24 - 8 * (i % 4)));
  }
  return did;
}

Result<Did> Did::parse(std::string_view text) {
  if (!text.starts_with(method)) return Reason{"a DID does not begin with did:key:"};
  return from_short_id(text.substr(method.size()));
}

}  // namespace bw
