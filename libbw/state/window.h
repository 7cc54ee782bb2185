#pragma once
// Windows: the day, ISO week, month or year around a moment, as the clocks at a world's offset from UTC show
// it. Limits, caps and budgets are per window.

#include <cstdint>

#include "base/time.h"
#include "definition/model.h"

namespace bw {

// From `begin` to before `end`, in seconds since 1970.
struct TimeSpan {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};
// The day, ISO week, month or year around a moment as the clocks at `offset` show it.
TimeSpan window_of(Window per, Timestamp at, UtcOffset offset);

}  // namespace bw
