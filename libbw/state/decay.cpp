#include "state/decay.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/rounding.h"

namespace bw {
namespace {

__extension__ using Wide = __int128;

constexpr Wide nano = 1'000'000'000;
constexpr Wide unit = nano * nano;  // 1 in the numbers with 18 digits after the point

// A value that is not negative as a whole number of 10^-9, and back.
Wide nanos_of(Decimal value) {
  const std::string text = value.text();
  const std::size_t point = std::min(text.find('.'), text.size());
  Wide nanos = 0;
  for (const char digit : text.substr(0, point)) nanos = nanos * 10 + (digit - '0');
  for (std::size_t i = 1; i <= 9; ++i)
    nanos = nanos * 10 + (point + i < text.size() ? text[point + i] - '0' : 0);
  return nanos;
}
Decimal from_nanos(Wide nanos) {
  return Decimal(static_cast<std::int64_t>(nanos / nano)) +
         Decimal(static_cast<std::int64_t>(nanos % nano)) / Decimal(static_cast<std::int64_t>(nano));
}

// (share / 10^18)^exponent, in the same numbers. Two of them are at most 10^18 each, so that their product
// stays within 128 bits.
Wide power(Wide share, std::int64_t exponent) {
  Wide result = unit;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = result * share / unit;
    share = share * share / unit;
  }
  return result;
}

// value × share / 10^18 rounded down, for a value of at most 10^27: the share is split in two, so that no
// product leaves 128 bits.
Wide times(Wide value, Wide share) {
  return (value * (share / nano) + value * (share % nano) / nano) / nano;
}

}  // namespace

Decimal decayed(Decimal value, Decimal loss, std::int64_t windows, int digits) {
  if (loss.is_negative() || loss > Decimal(1))
    throw Error(ErrorCode::usage, "a loss of " + loss.text() + " is not within 0 and 1");
  if (windows <= 0) return value;
  const Wide left = power(nanos_of(Decimal(1) - loss) * nano, windows);
  const Decimal size = value.is_negative() ? Decimal() - value : value;
  const Decimal kept = rounded_down(from_nanos(times(nanos_of(size), left)), digits);
  return value.is_negative() ? Decimal() - kept : kept;
}

Decimal decayed(Decimal value, const Decay& decay, Timestamp since, Timestamp now, UtcOffset offset,
                int digits) {
  const std::int64_t ended = window_number(decay.per, now, offset) - window_number(decay.per, since, offset);
  return decayed(value, decay.loss, std::max<std::int64_t>(ended, 0), digits);
}

}  // namespace bw
