#pragma once
// The paper backup: a person's secrets as a page that can be printed, with a QR code and the same text
// to type, in lines that each carry a checksum, so that a typing error is found in its line. The
// personal seed brings the recovery key with it (crypto/personal_seed.h). The actor's seed is there
// where bw made the key, and not where it is a key of ~/.ssh or of a card.
//
// The code is "BW1-" and seven lines of four groups of five characters of Crockford's base32 (no I, L,
// O, U). A line is 10 bytes and a checksum: the first 20 bits of SHA-256("bw.paper.v1", line number as a
// byte, the 10 bytes). The 70 bytes are: 1 and the actor's seed, or 0 and its public key; the personal
// seed; the first 5 bytes of SHA-256("bw.paper.v1", the 65 bytes before), which tell lines of two papers
// apart.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/did.h"
#include "crypto/personal_seed.h"

namespace bw {

struct PaperKey {
  Did actor;  // whose backup it is
  PersonalSeed personal_seed;
  std::optional<std::array<std::uint8_t, 32>> actor_seed;  // nothing where the key is not ours to copy

  // Seven lines with LF. Throws Error(usage) where the actor's seed is not that of the actor.
  std::string code() const;
  // Accepts what a person types back or a camera reads: any case, any spacing and line breaks, I and L
  // for 1, O for 0. A reason names the line that is wrong.
  static Result<PaperKey> parse(std::string_view typed);

  // A page for a terminal or printer: explanation, QR code drawn in half blocks, code lines.
  std::string page(std::string_view name) const;
  // The same as a self-contained SVG page (A4).
  std::string svg(std::string_view name) const;
};

}  // namespace bw
