#include "base/time.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace bw;

namespace {

Timestamp at(std::string_view text) {
  const Result<Timestamp> time = Timestamp::parse(text);
  REQUIRE_MESSAGE(time, text, ": ", time.reason());
  return *time;
}

const UtcOffset beijing{8 * 3600};

std::string human(std::string_view text, std::string_view now = "2026-11-20T06:30:00Z",
                  UtcOffset offset = beijing) {
  const Result<Timestamp> time = parse_human_time(text, at(now), offset);
  return time ? time->text() : "refused: " + time.reason();
}

}  // namespace

TEST_CASE("a time has one text") {
  CHECK(at("1970-01-01T00:00:00Z").seconds == 0);
  CHECK(at("2026-11-20T06:30:00Z").seconds == 1795156200);
  CHECK(at("9999-12-31T23:59:59Z").seconds == Timestamp::last);
  CHECK(at("2024-02-29T00:00:00Z").text() == "2024-02-29T00:00:00Z");
  CHECK(at("2000-02-29T12:00:00Z").text() == "2000-02-29T12:00:00Z");
  CHECK(rc::check("text round trip", [] {
    const Timestamp time{*rc::gen::inRange<std::int64_t>(0, Timestamp::last + 1)};
    const Result<Timestamp> again = Timestamp::parse(time.text());
    RC_ASSERT(again);
    RC_ASSERT(*again == time);
  }));
}

TEST_CASE("times that do not exist or are written otherwise are refused") {
  for (const char* text : {"",
                           "0000-01-01T00:00:00Z",
                           "0001-01-01T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "10000-01-01T00:00:00Z",
                           "99999-01-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2026-02-30T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-13-10T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T23:60:00Z",
                           "2026-11-20T23:59:60Z",
                           "2026-11-20T06:30:00z",
                           "2026-11-20t06:30:00Z",
                           "2026-11-20 06:30:00Z",
                           "2026-11-20T06:30:00",
                           "2026-11-20T06:30Z",
                           "2026-11-20T06:30:00+00:00",
                           "2026-11-20T06:30:00.0Z",
                           " 2026-11-20T06:30:00Z",
                           "2026-11-20T06:30:00Z ",
                           "2026-11-20T06:30:00Z\n",
                           "2026-11-20T 6:30:00Z",
                           "2026-11-20T6:030:00Z",
                           "+026-11-20T06:30:00Z",
                           "-026-11-20T06:30:00Z",
                           "２026-11-20T06:30:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(Timestamp::parse(text));
  }
  CHECK_FALSE(Timestamp::parse(std::string_view("2026-11-20T06:30:00\0", 20)));
  CHECK_FALSE(Timestamp::parse("0000-01-01T00:00:00Z").reason().empty());
}

TEST_CASE("what is accepted as a time is its text") {
  CHECK(rc::check("one changed byte is refused or another time", [] {
    std::string text = Timestamp{*rc::gen::inRange<std::int64_t>(0, Timestamp::last + 1)}.text();
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    if (const Result<Timestamp> time = Timestamp::parse(text)) RC_ASSERT(time->text() == text);
  }));
}

TEST_CASE("an offset from UTC is hours and minutes up to fourteen") {
  const std::pair<const char*, int> offsets[] = {{"Z", 0},           {"+00:00", 0},     {"+08:00", 28800},
                                                 {"-03:30", -12600}, {"+14:00", 50400}, {"-14:00", -50400}};
  for (const auto& [text, seconds] : offsets) {
    const Result<UtcOffset> offset = UtcOffset::parse(text);
    REQUIRE(offset);
    CHECK(offset->seconds == seconds);
    CHECK(UtcOffset::parse(offset->text())->seconds == seconds);
  }
  CHECK(UtcOffset{-12600}.text() == "-03:30");
  for (const char* text : {"", "z", "08:00", "+8:00", "+0800", "+08", "+08:60", "+14:01", "-15:00", "+99:99",
                           "+08:00 ", "+08:0x", "UTC", "+-8:00"}) {
    CAPTURE(text);
    CHECK_FALSE(UtcOffset::parse(text));
  }
}

TEST_CASE("a length of time is a count and a unit") {
  const std::pair<const char*, std::int64_t> lengths[] = {
      {"30s", 30},     {"90m", 5400}, {"12h", 43200},           {"7d", 604800},
      {"2w", 1209600}, {"0s", 0},     {"999999w", 604799395200}};
  for (const auto& [text, seconds] : lengths) {
    const Result<Duration> length = Duration::parse(text);
    REQUIRE(length);
    CHECK(length->seconds == seconds);
  }
  for (const char* text :
       {"", "d", "7", "7 d", "-7d", "+7d", "1.5h", "7D", "7days", "1000000s", "7d ", "７d", "1h30m"}) {
    CAPTURE(text);
    CHECK_FALSE(Duration::parse(text));
  }
}

TEST_CASE("people's times are read in the world's offset") {
  CHECK(human("now") == "2026-11-20T06:30:00Z");
  CHECK(human("-2h") == "2026-11-20T04:30:00Z");
  CHECK(human("-1w") == "2026-11-13T06:30:00Z");
  CHECK(human("2026-11-20T01:02:03Z") == "2026-11-20T01:02:03Z");
  CHECK(human("2026-11-19 18:00") == "2026-11-19T10:00:00Z");
  CHECK(human("2026-11-19T18:00") == "2026-11-19T10:00:00Z");
  CHECK(human("2026-11-19 18:00:07") == "2026-11-19T10:00:07Z");
  CHECK(human("2026-11-19 9:05") == "2026-11-19T01:05:00Z");
  CHECK(human("yesterday 18:00") == "2026-11-19T10:00:00Z");
  CHECK(human("today 9:30") == "2026-11-20T01:30:00Z");
  CHECK(human("tomorrow 18:00") == "2026-11-21T10:00:00Z");
  CHECK(human("+2h") == "2026-11-20T08:30:00Z");
  CHECK(human("2024-02-29 00:00") == "2024-02-28T16:00:00Z");
}

TEST_CASE("a time with an offset of its own means that moment") {
  CHECK(human("2022-05-01T10:00+02:00") == "2022-05-01T08:00:00Z");
  CHECK(human("2022-05-01T10:00:07+02:00") == "2022-05-01T08:00:07Z");
  CHECK(human("2022-05-01 10:00-03:30") == "2022-05-01T13:30:00Z");
  CHECK(human("2022-05-01T10:00Z") == "2022-05-01T10:00:00Z");
  CHECK(human("2022-05-01T10:00:00.999Z") == "2022-05-01T10:00:00Z");
  CHECK(human("2022-05-01T10:00:00.123456+02:00") == "2022-05-01T08:00:00Z");
  CHECK(human("yesterday 18:00+00:00") == "2026-11-19T18:00:00Z");
  for (const char* text : {"2022-05-01T10:00+2:00", "2022-05-01T10:00+0200", "2022-05-01T10:00 +02:00",
                           "2022-05-01T10:00+15:00", "2022-05-01T10:00.Z", "2022-05-01T10:00:00.Z",
                           "2022-05-01T10:00CEST", "2022-05-01+02:00", "2022-05-01Z"}) {
    CAPTURE(text);
    CHECK(human(text).starts_with("refused: "));
  }
  CHECK(human("1970-01-01T00:00+02:00") == "refused: a year outside 1970 to 9999");
  CHECK(human("9999-12-31T23:59-01:00") == "refused: a year outside 1970 to 9999");
}

TEST_CASE("a refused time says what is wrong with it") {
  CHECK(human("0000-01-01") == "refused: a year outside 1970 to 9999");
  CHECK(human("0000-01-01T00:00:00Z") == "refused: a year outside 1970 to 9999");
  CHECK(human("99999-01-01") == "refused: a year outside 1970 to 9999");
  CHECK(human("99999-01-01T00:00:00Z") == "refused: a year outside 1970 to 9999");
  CHECK(human("2026-02-30") == "refused: a day that the calendar does not have");
  CHECK(human("soon").starts_with("refused: not a time like 2026-11-20"));
  CHECK(human("2026-01-01 25:00") == "refused: not a time of day like 18:00");
  CHECK(human("2026-01-01 10:00 CEST") == "refused: not an offset from UTC like +08:00");
}

TEST_CASE("a day alone is its noon, and today is never in the future") {
  CHECK(human("2026-11-19") == "2026-11-19T04:00:00Z");
  CHECK(human("yesterday") == "2026-11-19T04:00:00Z");
  CHECK(human("today") == "2026-11-20T04:00:00Z");
  CHECK(human("today", "2026-11-20T01:00:00Z") == "2026-11-20T01:00:00Z");
  CHECK(human("2026-11-20", "2026-11-20T01:00:00Z") == "2026-11-20T01:00:00Z");
  // 23:00 UTC is tomorrow already in Beijing, and still yesterday in Newfoundland at 02:00 UTC.
  CHECK(human("yesterday", "2026-11-20T23:00:00Z") == "2026-11-20T04:00:00Z");
  CHECK(human("today 18:00", "2026-11-20T02:00:00Z", UtcOffset{-12600}) == "2026-11-19T21:30:00Z");
}

TEST_CASE("a time that nobody could mean is refused with a hint at what to write") {
  for (const char* text : {"",
                           " ",
                           "tomorrowish",
                           "0000-01-01",
                           "99999-01-01",
                           "1969-12-31",
                           "2026-02-29",
                           "2026-11-31",
                           "2026-11-20 24:00",
                           "2026-11-20 18:60",
                           "2026-11-20 18",
                           "2026-11-20  18:00",
                           "yesterday18:00",
                           "yesterday 25:00",
                           "-",
                           "-2",
                           "-h",
                           "--2h",
                           "+-2h",
                           "+2",
                           "tomorrow18:00",
                           "-999999w",
                           "2026/11/20",
                           "20.11.2026",
                           "noon",
                           "２０２６-11-20",
                           "1970-01-01 00:00",
                           "2026-11-20T06:30:00z",
                           "2026-11-20 18:00 "}) {
    CAPTURE(text);
    CHECK(human(text).starts_with("refused: "));
    CHECK(human(text).size() > std::string_view("refused: ").size());
  }
  CHECK(human("9999-12-31 23:59", "2026-11-20T06:30:00Z", UtcOffset{-3600}).starts_with("refused: "));
}
