#include "base/time.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace bw {
namespace {

constexpr std::int64_t day = 86400;

// Exactly `width` digits at the front of `text`, which is shortened by them.
std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t width = 0;
  while (width < text.size() && width < most && text[width] >= '0' && text[width] <= '9') ++width;
  if (width < least) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + width, value);
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

const Reason outside{"a year outside 1970 to 9999"};

// Seconds since 1970 of the midnight that begins a date which exists, `YYYY-MM-DD`.
Result<std::int64_t> take_date(std::string_view& text) {
  static const Reason none{"not a time like 2026-11-20, 2026-11-20 18:00 or 2026-11-20T18:00+02:00"};
  const auto year = take_digits(text, 4, 9);
  if (!year || !take(text, '-')) return none;
  const auto month = take_digits(text, 2, 2);
  if (!month || !take(text, '-')) return none;
  const auto day_of_month = take_digits(text, 2, 2);
  if (!day_of_month) return none;
  if (*year < 1970 || *year > 9999) return outside;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day_of_month)}};
  if (!date.ok()) return Reason{"a day that the calendar does not have"};
  return std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count() * day};
}

// Seconds since midnight of `H:MM`, `HH:MM` or `HH:MM:SS`.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hour = take_digits(text, 1, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, ':')) {
    const auto seconds = take_digits(text, 2, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    second = *seconds;
  }
  return *hour * 3600 + *minute * 60 + second;
}

// What may follow a clock as RFC 3339 has it: a fraction of a second, which is dropped, and the offset from
// UTC; nothing means the offset given.
Result<UtcOffset> take_zone(std::string_view text, UtcOffset local) {
  if (take(text, '.') && !take_digits(text, 1, 9)) return Reason{"not a fraction of a second"};
  if (text.empty()) return local;
  return UtcOffset::parse(text);
}

Result<Timestamp> in_range(std::int64_t seconds) {
  if (seconds < 0 || seconds > Timestamp::last) return outside;
  return Timestamp{seconds};
}

}  // namespace

Result<Timestamp> Timestamp::parse(std::string_view text) {
  std::string_view rest = text;
  if (rest.size() == 20) {
    const auto midnight = take_date(rest);
    if (midnight && take(rest, 'T')) {
      const auto clock = take_clock(rest);
      if (clock && rest == "Z") return Timestamp{*midnight + *clock};
    }
  }
  return Reason{"not a time like 2026-11-20T06:30:00Z that exists"};
}

std::string Timestamp::text() const {
  const std::chrono::sys_days days{std::chrono::days{seconds / day}};
  const std::chrono::year_month_day date{days};
  const std::int64_t clock = seconds % day;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock / 3600,
                     clock / 60 % 60, clock % 60);
}

Timestamp system_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{std::chrono::duration_cast<std::chrono::seconds>(now).count()};
}

Result<UtcOffset> UtcOffset::parse(std::string_view text) {
  if (text == "Z") return UtcOffset{};
  std::string_view rest = text;
  if (rest.size() == 6 && (rest.front() == '+' || rest.front() == '-')) {
    const int sign = rest.front() == '-' ? -1 : 1;
    rest.remove_prefix(1);
    const auto hours = take_digits(rest, 2, 2);
    if (hours && take(rest, ':')) {
      const auto minutes = take_digits(rest, 2, 2);
      const int total = *hours * 3600 + minutes.value_or(99) * 60;
      if (minutes && *minutes < 60 && total <= 14 * 3600) return UtcOffset{sign * total};
    }
  }
  return Reason{"not an offset from UTC like +08:00"};
}

std::string UtcOffset::text() const {
  const int size = seconds < 0 ? -seconds : seconds;
  return fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', size / 3600, size / 60 % 60);
}

Result<Duration> Duration::parse(std::string_view text) {
  std::string_view rest = text;
  const auto count = take_digits(rest, 1, 6);
  if (count && rest.size() == 1) {
    switch (rest.front()) {
      case 's':
        return Duration{*count};
      case 'm':
        return Duration{*count * std::int64_t{60}};
      case 'h':
        return Duration{*count * std::int64_t{3600}};
      case 'd':
        return Duration{*count * day};
      case 'w':
        return Duration{*count * (7 * day)};
      default:
        break;
    }
  }
  return Reason{"not a length of time like 30m, 12h, 7d or 2w"};
}

Result<Timestamp> parse_human_time(std::string_view text, Timestamp now, UtcOffset offset) {
  if (Result<Timestamp> exact = Timestamp::parse(text)) return exact;
  if (text == "now") return now;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    const Result<Duration> from_now = Duration::parse(text.substr(1));
    if (!from_now) return Reason{from_now.reason()};
    return in_range(now.seconds + (text.front() == '-' ? -from_now->seconds : from_now->seconds));
  }

  const std::int64_t local_midnight = (now.seconds + offset.seconds) / day * day;
  std::string_view rest = text;
  std::int64_t midnight = local_midnight;
  if (rest.starts_with("today")) {
    rest.remove_prefix(5);
  } else if (rest.starts_with("yesterday")) {
    rest.remove_prefix(9);
    midnight -= day;
  } else if (rest.starts_with("tomorrow")) {
    rest.remove_prefix(8);
    midnight += day;
  } else {
    const auto date = take_date(rest);
    if (!date) return Reason{date.reason()};
    midnight = *date;
  }
  if (rest.empty()) {
    Result<Timestamp> noon = in_range(midnight + day / 2 - offset.seconds);
    if (noon && midnight == local_midnight && *noon > now) return now;
    return noon;
  }
  if (take(rest, ' ') || take(rest, 'T')) {
    const auto clock = take_clock(rest);
    if (!clock) return Reason{"not a time of day like 18:00"};
    const auto zone = take_zone(rest, offset);
    if (!zone) return Reason{zone.reason()};
    return in_range(midnight + *clock - zone->seconds);
  }
  return Reason{"not a time of day like 18:00"};
}

}  // namespace bw
