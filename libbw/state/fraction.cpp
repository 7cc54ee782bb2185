#include "state/fraction.h"

#include <charconv>
#include <numeric>
#include <optional>

#include "base/error.h"

namespace bw {
namespace {

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Fraction::Fraction(std::uint32_t numerator, std::uint32_t denominator) {
  if (denominator == 0 || denominator > max_denominator || numerator > denominator) {
    throw Error(ErrorCode::invalid, "a fraction is not from 0 to 1 with a denominator of up to a million");
  }
  const std::uint32_t common = std::gcd(numerator, denominator);
  numerator_ = numerator / common;
  denominator_ = denominator / common;
}

Result<Fraction> Fraction::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return Reason{"not a fraction (write it like 2/3)"};
  const auto numerator = whole_number(text.substr(0, slash));
  const auto denominator = whole_number(text.substr(slash + 1));
  if (!numerator || !denominator) return Reason{"not a fraction (write it like 2/3)"};
  if (*denominator == 0) return Reason{"a fraction has the denominator 0"};
  if (*denominator > max_denominator) return Reason{"the denominator of a fraction is beyond a million"};
  if (*numerator > *denominator) return Reason{"a fraction is more than 1"};
  const Fraction fraction(*numerator, *denominator);
  if (fraction.text() != text) return Reason{"not in canonical form: write " + fraction.text()};
  return fraction;
}

std::string Fraction::text() const {
  return std::to_string(numerator_) + "/" + std::to_string(denominator_);
}

std::strong_ordering Fraction::compare_share(Decimal part, Decimal whole) const {
  // Products with whole numbers are exact, and below 10^18 here, which Decimal checks.
  return part * Decimal(denominator_) <=> whole * Decimal(numerator_);
}

}  // namespace bw
