#pragma once
// The names of events and worlds: SHA-256 digests that must not be mixed up. A world is named by its
// first event, `world.created`.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace bw {

template <class Tag>
struct Id {
  Digest digest;

  std::string text() const { return digest.hex(); }
  // The first digits, enough for a person to tell ids apart.
  std::string short_text() const { return text().substr(0, 10); }

  static std::optional<Id> parse(std::string_view text) {
    const auto digest = Digest::from_hex(text);
    return digest ? std::optional<Id>(Id{*digest}) : std::nullopt;
  }

  friend auto operator<=>(const Id&, const Id&) = default;
};

using EventId = Id<struct EventTag>;
using WorldId = Id<struct WorldTag>;

}  // namespace bw

template <class Tag>
struct std::hash<bw::Id<Tag>> {
  std::size_t operator()(const bw::Id<Tag>& id) const noexcept { return std::hash<bw::Digest>{}(id.digest); }
};
