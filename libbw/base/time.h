#pragma once
// Timestamp: whole seconds in UTC since 1970, in the years 1970 to 9999, with one text
// (`2026-11-20T06:30:00Z`). Leap seconds do not exist, as in POSIX.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bw {

struct Timestamp {
  std::int64_t seconds = 0;

  static constexpr std::int64_t last = 253402300799;  // 9999-12-31T23:59:59Z

  // Only the form `YYYY-MM-DDTHH:MM:SSZ` with an existing date.
  static Result<Timestamp> parse(std::string_view text);
  std::string text() const;

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

// The source of "now"; a parameter everywhere, so that a test can fix it.
using Clock = std::function<Timestamp()>;
Timestamp system_now();

// A fixed difference from UTC, as a world's definition states it: `+08:00`, `-03:30`, `Z`.
struct UtcOffset {
  std::int32_t seconds = 0;  // −14 h … +14 h

  static Result<UtcOffset> parse(std::string_view text);
  std::string text() const;
};

// A length of time such as `7d`, `90m`, `12h`, `30s`, `2w`.
struct Duration {
  std::int64_t seconds = 0;

  static Result<Duration> parse(std::string_view text);
};

// What people write: `2026-11-20`, `2026-11-20 18:00`, `yesterday`, `yesterday 18:00`, `today 9:30`,
// `now`, `-2h`; and what programs write: `2026-11-20T18:00:00.000+08:00` (RFC 3339), `…Z`. A time with an
// offset of its own means that; one without is what clocks at `offset` show. A date alone means its noon
// where that has passed, otherwise `now`, so that "today" is never in the future.
Result<Timestamp> parse_human_time(std::string_view text, Timestamp now, UtcOffset offset);

}  // namespace bw
