#pragma once
// Date: a day of the Gregorian calendar, `2027-06-30`, in the years 1970 to 9999; which seconds it spans
// depends on the world's UTC offset.

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace bw {

struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;

  // Only the form `YYYY-MM-DD` with an existing day.
  static Result<Date> parse(std::string_view text);
  std::string text() const;

  // Its first and its last second.
  Timestamp begins(UtcOffset offset) const;
  Timestamp ends(UtcOffset offset) const;

  friend constexpr auto operator<=>(const Date&, const Date&) = default;
};

}  // namespace bw
