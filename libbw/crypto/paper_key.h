#pragma once
// The paper backup: a person's seed and recovery key as a page that can be printed, with a QR code
// (libqrcodegen) and the same text in groups with a checksum per line, so that a typing error is
// found in its line.

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/did.h"

namespace bw {

struct PaperKey {
  Did actor;                                   // whose backup it is
  std::array<std::uint8_t, 32> personal_seed{};  // crypto/personal_seed.h
  std::array<std::uint8_t, 32> actor_seed{};     // all zero where the actor key is not ours to copy
  std::array<std::uint8_t, 32> recovery_seed{};  // Ed25519 key announced beforehand, subkey 3

  // The machine-readable core: "BW1-" and base32 groups of five, a checksum per line.
  std::string code() const;
  // Accepts what a person types back: any case, any spacing. A reason names the line that is wrong.
  static Result<PaperKey> parse(std::string_view typed);
  // A page for a terminal or printer: explanation, QR code drawn in half blocks, code lines.
  std::string page(std::string_view name) const;
  // The same as a self-contained SVG page.
  std::string svg(std::string_view name) const;
};

}  // namespace bw
