#include "definition/date.h"

#include <fmt/format.h>

namespace bw {
namespace {

constexpr std::int64_t day_seconds = 86400;

}  // namespace

Result<Date> Date::parse(std::string_view text) {
  // A day exists where its midnight does.
  if (text.size() == 10 && Timestamp::parse(fmt::format("{}T00:00:00Z", text))) {
    const auto number = [&](std::size_t at, std::size_t width) {
      int value = 0;
      for (const char digit : text.substr(at, width)) value = value * 10 + (digit - '0');
      return value;
    };
    return Date{.year = number(0, 4), .month = number(5, 2), .day = number(8, 2)};
  }
  return Reason{"not a day like 2027-06-30 that exists, in the years 1970 to 9999"};
}

std::string Date::text() const {
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

Timestamp Date::begins(UtcOffset offset) const {
  const auto midnight = Timestamp::parse(fmt::format("{}T00:00:00Z", text()));
  return Timestamp{midnight->seconds - offset.seconds};
}

Timestamp Date::ends(UtcOffset offset) const {
  return Timestamp{begins(offset).seconds + day_seconds - 1};
}

}  // namespace bw
