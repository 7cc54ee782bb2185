#include "base/rounding.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace bw {

TEST_CASE("an amount is rounded towards zero to the digits of its unit") {
  const auto rounded = [](const char* value, int digits) {
    return rounded_down(*Decimal::parse(value), digits).text();
  };
  CHECK(rounded("1.999", 0) == "1");
  CHECK(rounded("1.999", 2) == "1.99");
  CHECK(rounded("-1.999", 1) == "-1.9");
  CHECK(rounded("-0.5", 0) == "0");
  CHECK(rounded("12", 0) == "12");
  CHECK(rounded("0.000000001", 9) == "0.000000001");
}

TEST_CASE("of two equally near numbers the one with the even last digit is nearest") {
  const auto rounded = [](const char* value, int digits) {
    return rounded_half_even(*Decimal::parse(value), digits).text();
  };
  CHECK(rounded("0.5", 0) == "0");
  CHECK(rounded("1.5", 0) == "2");
  CHECK(rounded("-2.5", 0) == "-2");
  CHECK(rounded("-1.5", 0) == "-2");
  CHECK(rounded("0.05", 1) == "0");
  CHECK(rounded("0.15", 1) == "0.2");
  CHECK(rounded("1.005", 2) == "1");
  CHECK(rounded("1.015", 2) == "1.02");
  CHECK(rounded("0.000000015", 8) == "0.00000002");
  CHECK(rounded("0.000000025", 8) == "0.00000002");
  CHECK(rounded("9.99", 1) == "10");
  CHECK(rounded("1.234567891", 9) == "1.234567891");
}

TEST_CASE("the next whole number below and above") {
  CHECK(floor_of(*Decimal::parse("-0.1")) == Decimal(-1));
  CHECK(floor_of(*Decimal::parse("0.9")) == Decimal(0));
  CHECK(ceiling_of(*Decimal::parse("0.1")) == Decimal(1));
  CHECK(ceiling_of(*Decimal::parse("-0.9")) == Decimal(0));
  CHECK(ceiling_of(Decimal(-3)) == Decimal(-3));
  CHECK_THROWS_AS(ceiling_of(*Decimal::parse("999999999999999999.5")), Error);
}

}  // namespace bw
