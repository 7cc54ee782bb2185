#pragma once
// Fraction: an exact part of a whole, from nothing to all of it, as quorums, thresholds and dampings are
// declared. Two thirds have no decimal text, and a vote must not hang on the ninth digit.
//
// One text per value: numerator/denominator in lowest terms, "0/1", "1/2", "2/3", "1/1".

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"

namespace bw {

class Fraction {
public:
  static constexpr std::uint32_t max_denominator = 1'000'000;

  constexpr Fraction() = default;
  // Reduced to lowest terms. Throws Error(invalid) where it is more than one, or the denominator is 0 or
  // too large.
  Fraction(std::uint32_t numerator, std::uint32_t denominator);

  // Accepts only the canonical text; says why it refuses another.
  static Result<Fraction> parse(std::string_view text);
  std::string text() const;

  std::uint32_t numerator() const { return numerator_; }
  std::uint32_t denominator() const { return denominator_; }

  // That part of a whole, towards zero at the last of `digits` (0 to 9) after the point.
  Decimal of(Decimal whole, int digits) const { return whole.share(numerator_, denominator_, digits); }

  // How part/whole compares with this fraction, by cross products: exact, also for a whole of zero, which
  // every part equals. Neither may be negative; throws Error(invalid) where `whole` is 10^12 or more.
  std::strong_ordering compare_share(Decimal part, Decimal whole) const;

  friend bool operator==(const Fraction&, const Fraction&) = default;

private:
  std::uint32_t numerator_ = 0;
  std::uint32_t denominator_ = 1;
};

}  // namespace bw
