#include "state/fraction.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

using namespace bw;

TEST_CASE("a fraction has one text, which parses to it") {
  for (const char* text : {"0/1", "1/1", "1/2", "2/3", "999999/1000000"}) {
    const Result<Fraction> fraction = Fraction::parse(text);
    REQUIRE(fraction);
    CHECK(fraction->text() == text);
  }
  CHECK(Fraction(50, 100).text() == "1/2");
  CHECK(Fraction(0, 7) == Fraction());
}

TEST_CASE("what is not the canonical text of a fraction is refused with a fitting reason") {
  const std::pair<const char*, const char*> refused[] = {
      {"", "not a fraction"},
      {"1", "not a fraction"},
      {"0.5", "not a fraction"},
      {"/2", "not a fraction"},
      {"1/", "not a fraction"},
      {"-1/2", "not a fraction"},
      {"1/2 ", "not a fraction"},
      {"1/2/3", "not a fraction"},
      {"1/99999999999", "not a fraction"},
      {"1/0", "a fraction has the denominator 0"},
      {"1/1000001", "the denominator of a fraction is beyond"},
      {"3/2", "a fraction is more than 1"},
      {"2/4", "not in canonical form: write 1/2"},
      {"01/2", "not in canonical form: write 1/2"},
      {"0/2", "not in canonical form: write 0/1"}};
  for (const auto& each : refused) {
    CAPTURE(each.first);
    const Result<Fraction> fraction = Fraction::parse(each.first);
    CHECK_FALSE(fraction);
    CHECK(fraction.reason().starts_with(each.second));
  }
  CHECK_THROWS_AS(Fraction(3, 2), Error);
  CHECK_THROWS_AS(Fraction(1, 0), Error);
}

TEST_CASE("two thirds are met by two of three, and missed by a billionth less") {
  const Fraction two_thirds(2, 3);
  CHECK(two_thirds.compare_share(Decimal(2), Decimal(3)) == 0);
  CHECK(two_thirds.compare_share(Decimal(2) - *Decimal::parse("0.000000001"), Decimal(3)) < 0);
  CHECK(two_thirds.compare_share(*Decimal::parse("0.666666667"), Decimal(1)) > 0);
  CHECK(two_thirds.compare_share(*Decimal::parse("0.666666666"), Decimal(1)) < 0);
  CHECK(two_thirds.compare_share(Decimal(), Decimal()) == 0);
}

TEST_CASE("a share compares with a fraction as whole numbers do") {
  CHECK(rc::check("cross products", [] {
    const auto whole = *rc::gen::inRange<std::int64_t>(1, 1000);
    const auto part = *rc::gen::inRange<std::int64_t>(0, whole + 1);
    const auto denominator = *rc::gen::inRange<std::uint32_t>(1, 1000);
    const auto numerator = *rc::gen::inRange<std::uint32_t>(0, denominator + 1);
    RC_ASSERT(Fraction(numerator, denominator).compare_share(Decimal(part), Decimal(whole)) ==
              (part * denominator <=> whole * numerator));
  }));
}
