#pragma once
// Receipts: a steward's signed answer to a bundle, event by event. One signed line (namespace
// bw.receipt.v1), left at refs/bw/receipt/<sender>/<bundle sha256> as `receipt.json` of a commit:
//
//     {"actor":"<steward>","at":…,"bundle":"<sha256>","events":[{"event":"<id>","index":7,
//      "result":"admitted"},…],"v":1,"world":"<id>","sig":"…"}

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/event.h"

namespace bw {

inline constexpr std::size_t max_receipt_bytes = 8u << 20;

struct Verdict {
  enum class Kind { admitted, duplicate, refused };
  Kind kind = Kind::refused;
  EventId event;
  std::optional<std::uint64_t> index;  // admitted, duplicate: where in the log
  std::string reason;                  // refused: why
};
std::string_view text_of(Verdict::Kind kind);

struct Receipt {
  Did actor;
  Timestamp at;
  Digest bundle;
  WorldId world;
  std::vector<Verdict> verdicts;
};

std::string write_receipt(const Receipt& receipt, const Signer& signer);
// Form and signature; whether the actor was a steward is for the caller to ask the authority.
Result<Receipt> parse_receipt(std::string_view line);

// refs/bw/inbox/<sender>/<sha256> and refs/bw/receipt/<sender>/<sha256>.
std::string inbox_ref(const Did& sender, const Digest& bundle);
std::string receipt_ref(const Did& sender, const Digest& bundle);
inline constexpr std::string_view inbox_prefix = "refs/bw/inbox/";
inline constexpr std::string_view receipt_prefix = "refs/bw/receipt/";

// What such a ref says that it holds. Nothing where a name has another form.
struct BundleName {
  Did sender;
  Digest bundle;
};
std::optional<BundleName> parse_bundle_ref(std::string_view ref);

}  // namespace bw
