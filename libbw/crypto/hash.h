#pragma once
// SHA-256 (FIPS 180-4) through libcrypto, which uses the processor's SHA instructions.

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  std::string hex() const;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  // 64 lower-case hex digits.
  static std::optional<Digest> from_hex(std::string_view text);
  // Exactly 32 bytes.
  static std::optional<Digest> from_bytes(std::string_view bytes);

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

Digest sha256(std::string_view bytes);

// For input that arrives in parts.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256& add(std::string_view bytes);
  Digest finish();  // once

private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw

template <>
struct std::hash<bw::Digest> {
  std::size_t operator()(const bw::Digest& digest) const noexcept {
    std::size_t value = 0;  // the digest is uniform already
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | digest.bytes[i];
    return value;
  }
};
