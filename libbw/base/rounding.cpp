#include "base/rounding.h"

#include <string>

namespace bw {

Decimal rounded_down(Decimal value, int digits) {
  std::string text = value.text();
  const std::size_t point = text.find('.');
  const auto kept = static_cast<std::size_t>(digits);
  if (point == std::string::npos || text.size() - point - 1 <= kept) return value;
  text.resize(digits == 0 ? point : point + 1 + kept);
  return *Decimal::parse_lenient(text);
}

Decimal rounded_half_even(Decimal value, int digits) {
  // 10^-digits, and half of it: with the ninth digit there is nothing to round.
  if (digits >= 9) return value;
  Decimal step(1);
  for (int i = 0; i < digits; ++i) step = step / Decimal(10);
  const Decimal kept = rounded_down(value, digits);
  const bool negative = value.is_negative();
  const Decimal rest = negative ? kept - value : value - kept;
  const Decimal half = step / Decimal(2);
  if (rest < half) return kept;
  const std::string text = kept.text();
  const std::size_t point = text.find('.');
  // A last digit that is not written is a zero.
  const bool last_is_written = digits == 0 || (point != std::string::npos &&
                                               text.size() - point - 1 == static_cast<std::size_t>(digits));
  const bool odd = last_is_written && (text.back() - '0') % 2 != 0;
  if (rest == half && !odd) return kept;
  return negative ? kept - step : kept + step;
}

Decimal floor_of(Decimal value) {
  const Decimal whole = rounded_down(value, 0);
  return whole > value ? whole - Decimal(1) : whole;
}

Decimal ceiling_of(Decimal value) {
  const Decimal whole = rounded_down(value, 0);
  return whole < value ? whole + Decimal(1) : whole;
}

}  // namespace bw
