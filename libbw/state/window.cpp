#include "state/window.h"

#include <chrono>

namespace bw {
namespace {

constexpr std::int64_t day = 86400;

// The first second of a local day, as UTC.
std::int64_t begin_of(std::chrono::sys_days local_day, UtcOffset offset) {
  return local_day.time_since_epoch().count() * day - offset.seconds;
}

}  // namespace

TimeSpan window_of(Window per, Timestamp at, UtcOffset offset) {
  using namespace std::chrono;
  const sys_days today = floor<days>(sys_seconds{seconds{at.seconds + offset.seconds}});
  const year_month_day date{today};
  switch (per) {
    case Window::day:
      return {begin_of(today, offset), begin_of(today + days{1}, offset)};
    case Window::week: {
      const sys_days monday = today - (weekday{today} - Monday);
      return {begin_of(monday, offset), begin_of(monday + days{7}, offset)};
    }
    case Window::month: {
      const sys_days first{date.year() / date.month() / 1};
      const sys_days next{(date.year() / date.month() + months{1}) / 1};
      return {begin_of(first, offset), begin_of(next, offset)};
    }
    case Window::year:
      return {begin_of(sys_days{date.year() / 1 / 1}, offset),
              begin_of(sys_days{(date.year() + years{1}) / 1 / 1}, offset)};
    case Window::ever:
      break;
  }
  return {0, Timestamp::last + 1};
}

}  // namespace bw
