#include "base/decimal.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace bw {
namespace {

constexpr std::size_t max_whole_digits = 18;
constexpr std::size_t max_fraction_digits = 9;

// Whether a number that parse_lenient accepted is written the one way that text() writes it.
bool is_canonical(std::string_view text, bool zero) {
  if (text.front() == '+') return false;
  const bool negative = text.front() == '-';
  if (negative && zero) return false;
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const std::size_t point = digits.find('.');
  const bool leading_zero = digits.front() == '0' && digits.size() > 1 && point != 1;
  return !leading_zero && (point == std::string_view::npos || digits.back() != '0');
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Decimal Decimal::checked(Nanos nanos) {
  constexpr Nanos limit = static_cast<Nanos>(1'000'000'000'000'000'000) * one;
  if (nanos >= limit || nanos <= -limit) {
    throw Error(ErrorCode::invalid, "a number grew past 18 digits before the point");
  }
  Decimal result;
  result.nanos_ = nanos;
  return result;
}

Result<Decimal> Decimal::parse_lenient(std::string_view text) {
  bool negative = false;
  std::string_view digits = text;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) {
    negative = digits.front() == '-';
    digits.remove_prefix(1);
  }
  const std::size_t point = digits.find('.');
  std::string_view whole = digits.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view{} : digits.substr(point + 1);
  if (whole.empty() || !all_digits(whole) || !all_digits(fraction) ||
      (point != std::string_view::npos && fraction.empty())) {
    return Reason{"not a plain decimal number (write it like 3, 0.5 or 1250.75)"};
  }
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  if (whole.size() > max_whole_digits) return Reason{"more than 18 digits before the decimal point"};
  if (fraction.size() > max_fraction_digits) return Reason{"more than 9 digits after the decimal point"};

  // Both parts fit into 64 bits, in which counting is several times as fast.
  std::int64_t before_point = 0;
  for (const char c : whole) before_point = before_point * 10 + (c - '0');
  std::int64_t after_point = 0;
  for (std::size_t i = 0; i < max_fraction_digits; ++i) {
    after_point = after_point * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  }
  const Nanos nanos = static_cast<Nanos>(before_point) * one + after_point;
  Decimal value;
  value.nanos_ = negative ? -nanos : nanos;
  return value;
}

Result<Decimal> Decimal::parse(std::string_view text) {
  Result<Decimal> value = parse_lenient(text);
  if (value && !is_canonical(text, value->is_zero()))
    return Reason{"not in canonical form: write " + value->text()};
  return value;
}

std::string Decimal::text() const {
  const Nanos size = nanos_ < 0 ? -nanos_ : nanos_;
  std::string text = nanos_ < 0 ? "-" : "";
  text += std::to_string(static_cast<std::int64_t>(size / one));
  auto fraction = static_cast<std::int64_t>(size % one);
  if (fraction == 0) return text;
  std::array<char, max_fraction_digits> digits{};
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, fraction /= 10)
    *digit = static_cast<char>('0' + fraction % 10);
  text.push_back('.');
  text.append(digits.data(), digits.size());
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

Decimal operator+(Decimal a, Decimal b) {
  return Decimal::checked(a.nanos_ + b.nanos_);
}
Decimal operator-(Decimal a, Decimal b) {
  return Decimal::checked(a.nanos_ - b.nanos_);
}

Decimal operator*(Decimal a, Decimal b) {
  // b is split at its point, so that no step leaves 128 bits: |a| < 10^27 nanos times |part| < 10^9 fits,
  // and the product with the whole part is checked before anything is added to it.
  const Decimal::Nanos whole = b.nanos_ / Decimal::one;
  const Decimal::Nanos part = b.nanos_ % Decimal::one;
  Decimal::Nanos product = 0;
  if (__builtin_mul_overflow(a.nanos_, whole, &product)) {
    throw Error(ErrorCode::invalid, "a number grew past 18 digits before the point");
  }
  product = Decimal::checked(product).nanos_;
  const Decimal::Nanos scaled = a.nanos_ * part;
  Decimal::Nanos quotient = scaled / Decimal::one;
  const Decimal::Nanos remainder = scaled % Decimal::one;
  const Decimal::Nanos twice = (remainder < 0 ? -remainder : remainder) * 2;
  const bool odd = (quotient + product) % 2 != 0;
  if (twice > Decimal::one || (twice == Decimal::one && odd)) quotient += scaled < 0 ? -1 : 1;
  return Decimal::checked(product + quotient);
}

Decimal operator/(Decimal a, Decimal b) {
  if (b.nanos_ == 0) throw Error(ErrorCode::invalid, "a number is divided by zero");
  // |a| < 10^27 nanos, so that this stays below 10^36.
  const Decimal::Nanos scaled = a.nanos_ * Decimal::one;
  Decimal::Nanos quotient = scaled / b.nanos_;
  const Decimal::Nanos remainder = scaled % b.nanos_;
  const auto magnitude = [](Decimal::Nanos value) { return value < 0 ? -value : value; };
  const Decimal::Nanos twice = magnitude(remainder) * 2;
  const bool odd = quotient % 2 != 0;
  const bool negative = (scaled < 0) != (b.nanos_ < 0);
  if (twice > magnitude(b.nanos_) || (twice == magnitude(b.nanos_) && odd)) quotient += negative ? -1 : 1;
  return Decimal::checked(quotient);
}

Decimal Decimal::share(std::uint32_t numerator, std::uint32_t denominator, int digits) const {
  if (denominator == 0) throw Error(ErrorCode::invalid, "a number is divided by zero");
  Nanos step = one;
  for (int digit = 0; digit < digits && step > 1; ++digit) step /= 10;
  // Below 10^27 times 2^32, which is below 2^122.
  const Nanos exact = nanos_ * numerator / denominator;
  return checked(exact - exact % step);
}

}  // namespace bw
