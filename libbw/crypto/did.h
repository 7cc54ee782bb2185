#pragma once
// Did: an actor's name, `did:key:z6Mk…`: the multibase base58btc text of the multicodec prefix 0xed01
// and a 32-byte Ed25519 public key (https://w3c-ccg.github.io/did-key-spec/). A text that does not
// come out the same when encoded again is refused, so one key has one name.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bw {

class Did {
public:
  static Result<Did> parse(std::string_view text);
  // Any 32 bytes; whether they are a usable point is seen when a signature is checked.
  static Did from_public_key(const std::array<std::uint8_t, 32>& key);

  const std::array<std::uint8_t, 32>& public_key() const& { return key_; }
  std::array<std::uint8_t, 32> public_key() && { return key_; }
  std::string text() const;      // did:key:z6Mk…
  std::string short_id() const;  // z6Mk…, as in ref names and commit authors

  static Result<Did> from_short_id(std::string_view text);

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 mistakes the generated comparison
  friend auto operator<=>(const Did&, const Did&) = default;

private:
  Did() = default;
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace bw

template <>
struct std::hash<bw::Did> {
  std::size_t operator()(const bw::Did& did) const noexcept {
    std::size_t value = 0;  // a public key is uniform enough already
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | did.public_key()[i];
    return value;
  }
};
