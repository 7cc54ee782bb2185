#include "world/claim.h"

#include <chrono>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace bw {
namespace {

Timestamp at(std::string_view text) {
  return *Timestamp::parse(text);
}
std::string text(std::int64_t seconds) {
  return Timestamp{seconds}.text();
}

const UtcOffset china = *UtcOffset::parse("+08:00");

}  // namespace

TEST_CASE("windows follow the world's clocks, not UTC") {
  // 17:00 UTC is already the next day there.
  const TimeSpan day = window_of(Window::day, at("2026-03-01T17:00:00Z"), china);
  CHECK(text(day.begin) == "2026-03-01T16:00:00Z");
  CHECK(text(day.end) == "2026-03-02T16:00:00Z");
}

TEST_CASE("a week is an ISO week: from Monday, also across the turn of a year") {
  const TimeSpan week = window_of(Window::week, at("2027-01-01T12:00:00Z"), {});  // a Friday
  CHECK(text(week.begin) == "2026-12-28T00:00:00Z");
  CHECK(text(week.end) == "2027-01-04T00:00:00Z");
  const TimeSpan monday = window_of(Window::week, at("2026-12-28T00:00:00Z"), {});
  CHECK(monday.begin == week.begin);
  const TimeSpan sunday = window_of(Window::week, at("2026-12-27T23:59:59Z"), {});
  CHECK(sunday.end == week.begin);
}

TEST_CASE("months and years have their own lengths") {
  const TimeSpan month = window_of(Window::month, at("2028-02-29T00:00:00Z"), {});
  CHECK(text(month.begin) == "2028-02-01T00:00:00Z");
  CHECK(text(month.end) == "2028-03-01T00:00:00Z");
  const TimeSpan december = window_of(Window::month, at("2026-12-31T23:00:00Z"), {});
  CHECK(text(december.end) == "2027-01-01T00:00:00Z");
  const TimeSpan year = window_of(Window::year, at("2026-12-31T17:00:00Z"), china);
  CHECK(text(year.begin) == "2026-12-31T16:00:00Z");
  CHECK(window_of(Window::ever, at("2026-01-01T00:00:00Z"), china).begin == 0);
}

TEST_CASE("every moment lies in its own window, and all moments of a window agree on it") {
  CHECK(rc::check("windows partition time", [] {
    const auto seconds = *rc::gen::inRange<std::int64_t>(0, Timestamp::last - std::int64_t{86400} * 400);
    const auto offset = UtcOffset{*rc::gen::inRange(-14 * 60, 14 * 60) * 60};
    const auto per = *rc::gen::element(Window::day, Window::week, Window::month, Window::year, Window::ever);
    const TimeSpan window = window_of(per, {seconds}, offset);
    RC_ASSERT(window.begin <= seconds);
    RC_ASSERT(seconds < window.end);
    const TimeSpan last = window_of(per, {window.end - 1}, offset);
    RC_ASSERT(last.begin == window.begin);
    RC_ASSERT(last.end == window.end);
    if (per != Window::ever) RC_ASSERT(window_of(per, {window.end}, offset).begin == window.end);
  }));
}

}  // namespace bw
