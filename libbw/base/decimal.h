#pragma once
// Decimal: an exact decimal number, the only kind of number that quantities, points and money use.
// It is a whole number of 10^-9 in 128 bits, limited to 18 digits before the point, so that sums of
// a billion values stay exact and addition is commutative and associative on every machine.
//
// One text per value: no sign on zero, no leading zeros, no trailing zeros after the point, no
// exponent: "0", "-3", "0.5", "1250.75".

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bw {

class Decimal {
public:
  constexpr Decimal() = default;
  // Throws Error(invalid) where `whole` has more than 18 digits.
  explicit Decimal(std::int64_t whole) : Decimal(checked(static_cast<Nanos>(whole) * one)) {}

  // Accepts only the canonical text; says why it refuses another.
  static Result<Decimal> parse(std::string_view text);
  // Accepts what people and devices write as well: leading zeros, a plus sign, trailing zeros after
  // the point. Still ASCII, still no exponent, still exact.
  static Result<Decimal> parse_lenient(std::string_view text);

  std::string text() const;

  bool is_negative() const { return nanos_ < 0; }
  bool is_zero() const { return nanos_ == 0; }

  // Throws Error(invalid) where the result would not fit.
  friend Decimal operator+(Decimal a, Decimal b);
  friend Decimal operator-(Decimal a, Decimal b);
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  // Rounds half to even at the ninth digit after the point; throws where the result would not fit.
  friend Decimal operator*(Decimal a, Decimal b);
  // Rounds in the same way; throws where `b` is zero as well.
  friend Decimal operator/(Decimal a, Decimal b);
  // numerator/denominator of it, towards zero at the last of `digits` (0 to 9) after the point; nothing is
  // rounded before that. Throws where the denominator is zero, or the result would not fit.
  Decimal share(std::uint32_t numerator, std::uint32_t denominator, int digits) const;

  friend constexpr auto operator<=>(const Decimal&, const Decimal&) = default;

private:
  __extension__ using Nanos = __int128;
  static constexpr std::int64_t one = 1'000'000'000;

  static Decimal checked(Nanos nanos);

  Nanos nanos_ = 0;
};

}  // namespace bw
