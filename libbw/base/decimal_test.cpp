#include "base/decimal.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "base/error.h"

using namespace bw;

namespace {

struct Refused {
  std::string_view text;
  const char* reason;  // how it begins
};

Decimal decimal(std::string_view text) {
  const Result<Decimal> value = Decimal::parse(text);
  REQUIRE_MESSAGE(value, text, ": ", value.reason());
  return *value;
}

// Up to `digits` before the point and nine after it, with every sign and scale.
rc::Gen<Decimal> any_decimal(int digits) {
  std::int64_t limit = 1;
  for (int i = 0; i < digits; ++i) limit *= 10;
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::int64_t>(0, limit), rc::gen::inRange(0, 1'000'000'000),
                     rc::gen::inRange(0, digits + 1), rc::gen::arbitrary<bool>()),
      [](const std::tuple<std::int64_t, int, int, bool>& parts) {
        auto [whole, nanos, scale, negative] = parts;
        for (; scale > 0; --scale) whole /= 10;
        const std::string text = fmt::format("{}{}.{:09}", negative ? "-" : "", whole, nanos);
        return *Decimal::parse_lenient(text);
      });
}

}  // namespace

TEST_CASE("a value has one text, which parses to it") {
  for (const char* text : {"0", "1", "-3", "0.5", "-0.5", "1250.75", "0.000000001", "-0.000000001",
                           "999999999999999999.999999999", "-999999999999999999.999999999", "100", "10.01"}) {
    CHECK(decimal(text).text() == text);
  }
  CHECK(rc::check("text round trip", [] {
    const Decimal value = *any_decimal(18);
    const Result<Decimal> again = Decimal::parse(value.text());
    RC_ASSERT(again);
    RC_ASSERT(*again == value);
  }));
}

TEST_CASE("what is not the canonical text of a number is refused with a fitting reason") {
  const Refused refused[] = {
      {"", "not a plain decimal number"},
      {"+", "not a plain decimal number"},
      {"-", "not a plain decimal number"},
      {".", "not a plain decimal number"},
      {"1.", "not a plain decimal number"},
      {".5", "not a plain decimal number"},
      {"1e400", "not a plain decimal number"},
      {"1E2", "not a plain decimal number"},
      {"NaN", "not a plain decimal number"},
      {"inf", "not a plain decimal number"},
      {"0x10", "not a plain decimal number"},
      {"１２", "not a plain decimal number"},
      {"1,5", "not a plain decimal number"},
      {"1 000", "not a plain decimal number"},
      {" 1", "not a plain decimal number"},
      {"1\n", "not a plain decimal number"},
      {"--1", "not a plain decimal number"},
      {"1.2.3", "not a plain decimal number"},
      {"1.-2", "not a plain decimal number"},
      {"-0", "not in canonical form: write 0"},
      {"-0.000", "not in canonical form: write 0"},
      {"+1", "not in canonical form: write 1"},
      {"007", "not in canonical form: write 7"},
      {"1.50", "not in canonical form: write 1.5"},
      {"1.0", "not in canonical form: write 1"},
      {"1000000000000000000", "more than 18 digits before the decimal point"},
      {"-1234567890123456789", "more than 18 digits before the decimal point"},
      {"0.0000000001", "more than 9 digits after the decimal point"},
  };
  for (const Refused& each : refused) {
    CAPTURE(each.text);
    const Result<Decimal> value = Decimal::parse(each.text);
    CHECK_FALSE(value);
    CHECK(value.reason().starts_with(each.reason));
  }
  CHECK_FALSE(Decimal::parse(std::string_view("1\0", 2)));
  CHECK_FALSE(Decimal::parse(std::string(1'000'000, '9')));
}

TEST_CASE("people may write zeros and signs that the canonical text lacks") {
  const std::pair<const char*, const char*> accepted[] = {{"+1", "1"},
                                                          {"007", "7"},
                                                          {"1.50", "1.5"},
                                                          {"-0", "0"},
                                                          {"-0.0", "0"},
                                                          {"0.50000000000000", "0.5"},
                                                          {"0000000000000000000000001", "1"}};
  for (const auto& [text, canonical] : accepted) {
    const Result<Decimal> value = Decimal::parse_lenient(text);
    REQUIRE(value);
    CHECK(value->text() == canonical);
  }
  for (const char* text :
       {"", "+", ".", "1.", ".5", "1e400", "NaN", "１２", "0.0000000001", "1000000000000000000"}) {
    CHECK_FALSE(Decimal::parse_lenient(text));
  }
}

TEST_CASE("sums do not depend on their order") {
  CHECK(rc::check("addition commutes and associates", [] {
    const Decimal a = *any_decimal(17);
    const Decimal b = *any_decimal(17);
    const Decimal c = *any_decimal(17);
    RC_ASSERT(a + b == b + a);
    RC_ASSERT((a + b) + c == a + (b + c));
    RC_ASSERT((a + b) - b == a);
    RC_ASSERT(a - a == Decimal());
  }));
  Decimal sum;
  for (int i = 0; i < 1000; ++i) sum += decimal("0.1");
  CHECK(sum == Decimal(100));
}

TEST_CASE("products commute and are exact where they fit") {
  CHECK(rc::check("multiplication commutes", [] {
    const Decimal a = *any_decimal(9);
    const Decimal b = *any_decimal(8);
    RC_ASSERT(a * b == b * a);
    RC_ASSERT(a * Decimal(1) == a);
    RC_ASSERT(a * Decimal(-1) == Decimal() - a);
    RC_ASSERT(a * Decimal() == Decimal());
    RC_ASSERT(a * Decimal(7) == a + a + a + a + a + a + a);
  }));
  CHECK(decimal("1250.75") * decimal("0.2") == decimal("250.15"));
  CHECK(decimal("999999999999999999") * decimal("0.5") == decimal("499999999999999999.5"));
}

TEST_CASE("a product is rounded half to even at the ninth digit") {
  CHECK(decimal("0.000000001") * decimal("0.5") == decimal("0"));
  CHECK(decimal("0.000000003") * decimal("0.5") == decimal("0.000000002"));
  CHECK(decimal("0.000000005") * decimal("0.5") == decimal("0.000000002"));
  CHECK(decimal("-0.000000003") * decimal("0.5") == decimal("-0.000000002"));
  CHECK(decimal("-0.000000001") * decimal("0.5") == decimal("0"));
  CHECK(decimal("0.000000001") * decimal("0.500000001") == decimal("0.000000001"));
  CHECK(decimal("1.000000001") * decimal("1.5") == decimal("1.500000002"));
  CHECK(decimal("1.5") * decimal("1.000000001") == decimal("1.500000002"));
}

TEST_CASE("a result that does not fit is an error, never a wrong number") {
  const Decimal largest = decimal("999999999999999999.999999999");
  const Decimal smallest_step = decimal("0.000000001");
  CHECK_THROWS_AS(largest + smallest_step, Error);
  CHECK_THROWS_AS(Decimal() - largest - smallest_step, Error);
  CHECK_THROWS_AS(largest * decimal("1.000000001"), Error);
  CHECK_THROWS_AS(largest * largest, Error);
  CHECK_THROWS_AS(largest * (Decimal() - largest), Error);
  // |a|·|b| within a hair of 2^127 nanos: the rounding must not wrap it round.
  CHECK_THROWS_AS(largest * decimal("170141183460.999999999"), Error);
  CHECK_THROWS_AS(Decimal{std::numeric_limits<std::int64_t>::max()}, Error);
  CHECK_THROWS_AS(Decimal{std::numeric_limits<std::int64_t>::min()}, Error);
  CHECK_THROWS_AS(Decimal(1'000'000'000'000'000'000), Error);
  CHECK(Decimal(999'999'999'999'999'999).text() == "999999999999999999");
}

TEST_CASE("a quotient is rounded half to even at the ninth digit, and nothing is divided by zero") {
  CHECK(decimal("1") / decimal("3") == decimal("0.333333333"));
  CHECK(decimal("2") / decimal("3") == decimal("0.666666667"));
  CHECK(decimal("-2") / decimal("3") == decimal("-0.666666667"));
  CHECK(decimal("2") / decimal("-3") == decimal("-0.666666667"));
  CHECK(decimal("0.000000001") / decimal("2") == decimal("0"));
  CHECK(decimal("0.000000003") / decimal("2") == decimal("0.000000002"));
  CHECK(decimal("7.5") / decimal("2.5") == decimal("3"));
  CHECK_THROWS_AS(decimal("1") / decimal("0"), Error);
  CHECK_THROWS_AS(decimal("999999999999999999") / decimal("0.1"), Error);
  CHECK(rc::check("a product divided by its factor is the other one", [] {
    const Decimal a(*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000));
    const Decimal b(
        *rc::gen::suchThat(rc::gen::inRange<std::int64_t>(-1000, 1000), [](auto n) { return n != 0; }));
    RC_ASSERT((a * b) / b == a);
  }));
}

TEST_CASE("numbers are ordered as numbers") {
  CHECK(decimal("9") < decimal("10"));
  CHECK(decimal("-10") < decimal("-9"));
  CHECK(decimal("0.09") < decimal("0.1"));
  CHECK(decimal("-0.5").is_negative());
  CHECK_FALSE(decimal("0").is_negative());
  CHECK(Decimal().is_zero());
}

TEST_CASE("a share is rounded towards zero once, at the digit that is asked for") {
  CHECK(decimal("10").share(2, 3, 0) == decimal("6"));
  CHECK(decimal("10").share(2, 3, 2) == decimal("6.66"));
  CHECK(decimal("-10").share(2, 3, 2) == decimal("-6.66"));
  CHECK(decimal("0.99").share(1, 1, 0).is_zero());
  // Rounded to the nearest first, this would be 0.000000002.
  CHECK(decimal("0.000000003").share(1, 2, 9) == decimal("0.000000001"));
  CHECK(decimal("999999999999999999.999999999").share(999'999, 1'000'000, 9) ==
        decimal("999998999999999999.999999999"));
  CHECK_THROWS_AS(decimal("1").share(1, 0, 9), Error);
  CHECK_THROWS_AS(decimal("999999999999999999").share(2, 1, 9), Error);
  CHECK(rc::check("no share is more than its part of the whole, nor less by a step", [] {
    const Decimal whole = *any_decimal(10);
    const auto denominator = *rc::gen::inRange<std::uint32_t>(1, 1'000'000);
    const auto numerator = *rc::gen::inRange<std::uint32_t>(0, denominator + 1);
    const Decimal part = (whole.is_negative() ? Decimal() - whole : whole).share(numerator, denominator, 2);
    const Decimal exact = whole * Decimal(numerator);
    const Decimal size = exact.is_negative() ? Decimal() - exact : exact;
    RC_ASSERT(part * Decimal(denominator) <= size);
    RC_ASSERT((part + decimal("0.01")) * Decimal(denominator) > size);
  }));
}
