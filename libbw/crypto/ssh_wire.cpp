#include "crypto/ssh_wire.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace bw::ssh_wire {
namespace {

template <class Array>
std::string_view view(const Array& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string string(std::string_view content) {
  return big_endian_32(static_cast<std::uint32_t>(content.size())).append(content);
}

std::string public_key_blob(const Did& did) {
  return string(ed25519_type) + string(view(did.public_key()));
}

std::string signature_blob(const Signature& signature) {
  return string(ed25519_type) + string(view(signature));
}

std::string_view Reader::bytes(std::size_t count) {
  if (count > rest_.size()) {
    failed_ = true;
    rest_ = {};
    return {};
  }
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint32_t Reader::number() {
  std::uint32_t value = 0;
  for (const char byte : bytes(4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string_view Reader::string() {
  return bytes(number());
}

Result<Did> parse_public_key_blob(std::string_view blob) {
  Reader reader(blob);
  const std::string_view type = reader.string();
  if (reader.failed() || type.empty()) return Reason{"the public key is damaged"};
  if (type != ed25519_type) {
    return Reason{"the key is of type " + truncate_to_width(printable(type.substr(0, 64)), 64) +
                  "; only ssh-ed25519 keys can sign here"};
  }
  const std::string_view bytes = reader.string();
  std::array<std::uint8_t, 32> key{};
  if (!reader.complete() || bytes.size() != key.size()) return Reason{"the public key is damaged"};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return Did::from_public_key(key);
}

std::optional<Signature> parse_signature_blob(std::string_view blob) {
  Reader reader(blob);
  const std::string_view type = reader.string();
  const std::string_view bytes = reader.string();
  Signature signature{};
  if (!reader.complete() || type != ed25519_type || bytes.size() != signature.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), signature.begin());
  return signature;
}

std::string armor(std::string_view label, std::string_view bytes) {
  constexpr std::size_t columns = 70;
  const std::string encoded = to_base64(bytes);
  std::string text = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < encoded.size(); at += columns) {
    text.append(encoded, at, columns).push_back('\n');
  }
  return text + "-----END " + std::string(label) + "-----\n";
}

}  // namespace bw::ssh_wire
