// What people type: times, durations, decimals, dates.

#include "base/decimal.h"
#include "base/time.h"
#include "definition/date.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  const bw::Timestamp now{1795155000};
  if (const auto time = bw::Timestamp::parse(input)) MUST(time->text() == input);
  if (const auto time = bw::parse_human_time(input, now, {3600})) MUST(bw::Timestamp::parse(time->text()));
  if (const auto decimal = bw::Decimal::parse(input)) MUST(decimal->text() == input);
  if (const auto decimal = bw::Decimal::parse_lenient(input)) MUST(bw::Decimal::parse(decimal->text()));
  (void)bw::Duration::parse(input);
  (void)bw::UtcOffset::parse(input);
  (void)bw::Date::parse(input);
}
