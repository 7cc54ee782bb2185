#pragma once
// Sealed openings: a detail that only the stewards of that moment can read. It travels in bundles and lies
// on branch `details` beside the public ones; the world sees that it is there, about how long it is, and
// who can open it, and nothing else. Its text is strict JSON:
//
//     {"ciphertext":"…","keys":[{"key":"…","to":"<box key>"}],"nonce":"…","v":1}
//
// What is encrypted is the opening in its file form (stream/details.h), filled up with zero bytes to 1, 2,
// 4, … 512 KiB, so that a length tells only which of ten it is. Associated data: four parts, each preceded
// by its length as 8 big-endian bytes: "bw.sealed.v1", world, event id, field. So a sealed opening moved to
// another event, field or world opens nowhere.
//
// Whoever seals can seal nonsense: only readers find out. What they open is an opening like any other,
// and must match what the event committed to.

#include <string>
#include <string_view>
#include <vector>

#include "crypto/sealed_box.h"
#include "stream/details.h"

namespace bw {

inline constexpr std::size_t max_sealed_readers = 64;
inline constexpr std::size_t max_sealed_bytes = 768u << 10;  // of the text

struct WrappedKey {
  BoxKey to{};
  std::string key;  // 80 bytes
};

struct SealedOpening {
  std::string field;
  std::vector<WrappedKey> keys;  // 1 to 64, ascending by `to`
  std::string nonce;             // 24 bytes
  std::string ciphertext;        // one of the ten lengths, and the tag

  std::string text() const;
  static Result<SealedOpening> parse(std::string field, std::string_view text);

  bool is_for(const BoxKey& reader) const;
};

// What `size` bytes are filled up to.
std::size_t padded_size(std::size_t size);

// Seals to these readers, whose order and repetition mean nothing. Error(refused) where there is none, more
// than 64, or a key that cannot be sealed to.
SealedOpening seal_opening(const Event& event, const Opening& opening, const std::vector<BoxKey>& readers,
                           const Random& random);

// The opening, which matches the event; the reason where it is not for this seed, was not sealed for this
// event and field, or is not what the event committed to.
Result<Opening> open_sealed(const Event& event, const SealedOpening& sealed, const PersonalSeed& seed);

}  // namespace bw
