#include "crypto/did.h"

#include <algorithm>

#include "base/base58.h"

namespace bw {
namespace {

constexpr std::string_view method = "did:key:";
constexpr char multibase_base58btc = 'z';
constexpr std::string_view multicodec_ed25519 = "\xed\x01";

// A key with its prefix is a number of 34 bytes that begins with 0xed: always 47 base58 digits.
constexpr std::size_t digit_count = 47;

}  // namespace

Did Did::from_public_key(const std::array<std::uint8_t, 32>& key) {
  Did did;
  did.key_ = key;
  return did;
}

std::string Did::short_id() const {
  std::string bytes(multicodec_ed25519);
  bytes.append(key_.begin(), key_.end());
  return multibase_base58btc + to_base58btc(bytes);
}

std::string Did::text() const {
  return std::string(method) + short_id();
}

Result<Did> Did::from_short_id(std::string_view text) {
  if (text.empty() || text.front() != multibase_base58btc)
    return Reason{"a key name does not begin with z6Mk"};
  text.remove_prefix(1);
  if (text.size() != digit_count) return Reason{"a key name does not have the length of an Ed25519 key"};
  const auto bytes = from_base58btc(text);
  if (!bytes) return Reason{"a key name has a character that base58 does not use"};
  Did did;
  if (!bytes->starts_with(multicodec_ed25519) ||
      bytes->size() != multicodec_ed25519.size() + did.key_.size()) {
    return Reason{"a key name is not that of an Ed25519 key"};
  }
  std::copy(bytes->begin() + multicodec_ed25519.size(), bytes->end(), did.key_.begin());
  return did;
}

Result<Did> Did::parse(std::string_view text) {
  if (!text.starts_with(method)) return Reason{"a DID does not begin with did:key:"};
  return from_short_id(text.substr(method.size()));
}

}  // namespace bw
