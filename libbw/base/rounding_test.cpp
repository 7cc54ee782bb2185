#include "base/rounding.h"

#include <doctest/doctest.h>

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

}  // namespace bw
