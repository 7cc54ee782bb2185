// The language of formulas: what it computes, how it rounds, and what it refuses.

#include "definition/formula.h"

#include <array>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/files.h"
#include "base/text.h"
#include "definition/formula_order.h"

namespace bw {
namespace {

Formula parsed(std::string_view text) {
  auto made = Formula::parse(text);
  const auto* problem = std::get_if<FormulaProblem>(&made);
  REQUIRE_MESSAGE(problem == nullptr, (problem == nullptr ? "" : problem->message) << " in " << text);
  return std::get<Formula>(std::move(made));
}

FormulaProblem refused(std::string_view text) {
  auto made = Formula::parse(text);
  REQUIRE(std::holds_alternative<FormulaProblem>(made));
  return std::get<FormulaProblem>(made);
}

// Its value, or "no value: " and the reason; `values` are those of its names in their order.
std::string value(std::string_view text, const std::vector<Computed>& values = {}) {
  const Computed result = parsed(text).value(values);
  return result.has_value() ? result.value()->text() : "no value: " + result.reason();
}

Decimal decimal(const char* text) {
  return *Decimal::parse(text);
}

TEST_CASE("operators bind as on paper, from the left") {
  CHECK(value("1 + 2 * 3 - 4 / 2") == "5");
  CHECK(value("10 - 3 - 2") == "5");
  CHECK(value("12 / 3 / 2") == "2");
  CHECK(value("(1 + 2) * 3") == "9");
  CHECK(value("-2 * -3") == "6");
  CHECK(value("- - 2") == "2");
  CHECK(value("2 -3") == "-1");
}

TEST_CASE("a hyphen between letters belongs to the name, a minus has spaces around it") {
  const Formula one = parsed("days-planned - days-done -1");
  CHECK(one.names() == std::vector<std::string>{"days-planned", "days-done"});
  CHECK(one.value({decimal("9"), decimal("4")}) == Computed(decimal("4")));
  CHECK(parsed("a- b").names() == std::vector<std::string>{"a", "b"});
  CHECK(parsed("min - max").names() == std::vector<std::string>{"min", "max"});
}

TEST_CASE("sums are exact, products and quotients round half to even at the ninth digit") {
  CHECK(value("0.1 + 0.2") == "0.3");
  CHECK(value("1 / 3") == "0.333333333");
  CHECK(value("2 / 3") == "0.666666667");
  CHECK(value("0.000000001 * 0.5") == "0");
  CHECK(value("0.000000003 * 0.5") == "0.000000002");
  CHECK(value("-0.000000003 / 2") == "-0.000000002");
}

TEST_CASE("functions") {
  CHECK(value("min(3, 1, 2) + max(3, 1, 2) * 10 + sum(1, 2, 3) * 100") == "631");
  CHECK(value("abs(-2.5)") == "2.5");
  CHECK(value("floor(2.5)") == "2");
  CHECK(value("floor(-2.5)") == "-3");
  CHECK(value("ceil(2.1)") == "3");
  CHECK(value("ceil(-2.1)") == "-2");
  CHECK(value("floor(-2)") == "-2");
  CHECK(value("clamp(7, 0, 5) + clamp(-7, 0, 5)") == "5");
  CHECK(value("clamp(1, 5, 0)") == "no value: the bounds of clamp, 5 and 0, are the wrong way round");
}

TEST_CASE("round goes to the nearest, of two equally near ones to the even") {
  CHECK(value("round(2.5, 0)") == "2");
  CHECK(value("round(3.5, 0)") == "4");
  CHECK(value("round(-2.5, 0)") == "-2");
  CHECK(value("round(-3.5, 0)") == "-4");
  CHECK(value("round(-2.51, 0)") == "-3");
  CHECK(value("round(1.2345, 3)") == "1.234");
  CHECK(value("round(1.2355, 3)") == "1.236");
  CHECK(value("round(1.23, 9)") == "1.23");
}

TEST_CASE("if takes one side, and does not mind what the other is") {
  CHECK(value("if(1 < 2, 10, 20)") == "10");
  CHECK(value("if(2 <= 1, 10, 20)") == "20");
  CHECK(value("if(2 = 2.0, 10, 20) + if(2 != 2, 1, 2)") == "12");
  CHECK(value("if(a > 0, 100 / a, 0)", {Decimal(0)}) == "0");
  CHECK(value("if(a >= 4, 100 / a, 0)", {Decimal(4)}) == "25");
}

TEST_CASE("what cannot be computed is no value, with the reason, and so is what follows from it") {
  CHECK(value("1 / 0") == "no value: it would divide by zero");
  CHECK(value("3 + max(1, 5 / (2 - 2))") == "no value: it would divide by zero");
  const std::string large = "999999999999999999";
  CHECK(value(large + " + 1") == "no value: a number grew past 18 digits before the point");
  CHECK(value("-" + large + " - 1") == "no value: a number grew past 18 digits before the point");
  CHECK(value(large + " * " + large) == "no value: a number grew past 18 digits before the point");
  CHECK(value("1 / 0.000000001 * " + large) == "no value: a number grew past 18 digits before the point");
  CHECK(value("ceil(" + large + ".5)") == "no value: a number grew past 18 digits before the point");
  CHECK(value("a + 1", {Computed::nothing("nothing was read")}) == "no value: nothing was read");
  CHECK(value("otherwise(a / b, 7)", {Decimal(1), Decimal(0)}) == "7");
  CHECK(value("otherwise(a / b, 7)", {Decimal(1), Decimal(2)}) == "0.5");
}

TEST_CASE("what is no formula is refused at its place") {
  CHECK(refused("").message == "a number, a name or \"(\" is missing here");
  CHECK(refused("1 +").byte == 3);
  CHECK(refused("1 2").message == "this does not belong here");
  CHECK(refused("(1").message == "\")\" is missing here: it closes the parenthesis");
  CHECK(refused("1e400").message == "a number is followed by a letter");
  CHECK(refused("0x10").message == "a number is followed by a letter");
  CHECK(refused("007").message == "a number begins with a 0 that says nothing");
  CHECK(refused("1.2.3").code == "formula-syntax");
  CHECK(refused(".5").code == "formula-syntax");
  CHECK(refused("+1").code == "formula-syntax");
  CHECK(refused("1 < 2").message == "this does not belong here");
  CHECK(refused("if(1, 2, 3)").message == "a comparison is missing here: <, <=, >, >=, = or !=");
  CHECK(refused("if(1 < 2, 3)").message == "if is written if(a < b, then, else)");
  CHECK(refused("min()").byte == 4);
  CHECK(refused("abs(1, 2)").message == "abs is written abs(a)");
  CHECK(refused("round(1.5, a)").message == "how many digits to keep is a whole number from 0 to 9");
  CHECK(refused("system(1)").message == "there is no function \"system\"");
  CHECK(refused("mim(1)").hint == "did you mean \"min\"?");
  CHECK(refused("a; b").message == "\";\" has no meaning in a formula");
  CHECK(refused("1234567890123456789").message == "more than 18 digits before the decimal point");
  CHECK(refused("2 [kg").message == "a \"]\" is missing: it closes the unit");
  CHECK(refused("2 [kg//km]").message == "\"kg//km\" is no unit");
}

TEST_CASE("digits and letters are those of ASCII") {
  CHECK(refused("1 + ٣").message == "\"٣\" has no meaning in a formula");
  CHECK(refused("1 + ٣").byte == 4);
  CHECK(refused("１２").byte == 0);
  CHECK(refused("2 × 3").message == "\"×\" has no meaning in a formula");
  CHECK(refused("a − b").byte == 2);
  CHECK(refused(std::string("1\0 + 2", 6)).byte == 1);
}

TEST_CASE("formulas are bounded in length, depth and nodes") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "1" +
           std::string(static_cast<std::size_t>(depth), ')');
  };
  CHECK(value(nested(max_formula_depth - 1)) == "1");
  CHECK(refused(nested(max_formula_depth)).message == "a formula is nested at most 32 deep");
  CHECK(refused(nested(2000)).message == "a formula is nested at most 32 deep");
  CHECK(refused(nested(10000)).code == "formula-too-long");
  CHECK(refused(std::string(2000, '-') + "1").message == "a formula is nested at most 32 deep");
  std::string long_sum = "1";
  for (int i = 0; i < 249; ++i) long_sum += "+1";
  CHECK(value(long_sum) == "250");
  CHECK(refused(long_sum + "+1").message == "a formula has at most 500 numbers, names and operations");
  CHECK(refused(std::string(5000, ' ')).code == "formula-too-long");
}

std::string unit(std::string_view text) {
  const auto found = parsed(text).unit([](const std::string& name) {
    return name == "days" ? UnitProduct("day") : name == "ride" ? UnitProduct("km") : UnitProduct("kg");
  });
  if (const auto* problem = std::get_if<FormulaProblem>(&found)) return problem->message;
  const auto& made = std::get<std::optional<UnitProduct>>(found);
  return made ? made->text() : "any";
}

TEST_CASE("units multiply and divide, and must be equal where figures are added or compared") {
  CHECK(unit("days * 5.49 [kg/day]") == "kg");
  CHECK(unit("ride / days") == "km/day");
  CHECK(unit("ride * ride / (days * days)") == "km^2/day^2");
  CHECK(unit("1 / days") == "1/day");
  CHECK(unit("ride / ride * 100 [percent]") == "percent");
  CHECK(unit("ride + days") == "what stands on the sides of \"+\" differs in unit: km and day");
  CHECK(unit("ride - 3") == "what stands on the sides of \"-\" differs in unit: km and a plain number");
  CHECK(unit("max(0, ride - 3 [km])") == "km");
  CHECK(unit("round(abs(-ride), 1)") == "km");
  CHECK(unit("if(days > 10 [day], ride, 0)") == "km");
  CHECK(unit("if(days > ride, ride, 0)") ==
        "what is put together or compared here differs in unit: day and km");
  CHECK(unit("otherwise(ride / days, 0)") == "km/day");
  CHECK(unit("0 + 0") == "any");
  CHECK(unit("2 * 3") == "1");
}

TEST_CASE("units are read and written in one way") {
  for (const char* text : {"1", "kg", "kg/km", "1/km", "kg*m/s^2", "a/b/c", "kg-co2e/day"})
    CHECK(UnitProduct::parse(text)->text() == text);
  CHECK(UnitProduct::parse(" m * kg / m ")->text() == "kg");
  CHECK(UnitProduct::parse("m*m")->text() == "m^2");
  for (const char* text :
       {"", "/", "kg/", "*kg", "kg^1", "kg^10", "kg^", "2", "kg/1", "Kg", "kg km", "a*b*c*d*e*f*g*h*i"})
    CHECK_FALSE(UnitProduct::parse(text));
}

TEST_CASE("what never has a value is found before anything is read") {
  CHECK(parsed("a / 0").constant_problem()->message == "it would always divide by zero");
  CHECK(parsed("a / (2 - 2)").constant_problem()->byte == 2);
  CHECK(parsed("999999999999999999 * 10 + a").constant_problem()->message ==
        "it never has a value: a number grew past 18 digits before the point");
  CHECK_FALSE(parsed("a / b + 3 / 4").constant_problem());
  CHECK_FALSE(parsed("if(a > 0, 1 / a, 0)").constant_problem());
}

TEST_CASE("formulas come after those that they name, each once, and cycles are told") {
  FormulaNames doubling;
  for (int i = 1; i < 200; ++i)
    doubling["f" + std::to_string(i)] = {"f" + std::to_string(i - 1), "f" + std::to_string(i - 1)};
  const FormulaOrder order = order_of(doubling);
  REQUIRE(order.cycles.empty());
  REQUIRE(order.order.size() == 199);
  CHECK(order.order.front() == "f1");
  CHECK(order.order.back() == "f199");

  const FormulaOrder cyclic =
      order_of({{"a", {"b"}}, {"b", {"c", "x"}}, {"c", {"a"}}, {"d", {"a"}}, {"e", {"x"}}, {"s", {"s"}}});
  CHECK(cyclic.order == std::vector<std::string>{"e"});
  CHECK(cyclic.cycles == std::vector<std::vector<std::string>>{{"a", "b", "c", "a"}, {"s", "s"}});
}

TEST_CASE("the examples of docs/formulas.md give what they say") {
  const std::string page = read_file(std::string(BW_SOURCE_DIR) + "/docs/formulas.md", 1u << 20);
  const std::size_t begin = page.find("```formula\n") + 11;
  const std::string block = page.substr(begin, page.find("```", begin) - begin);
  std::size_t examples = 0;
  for (const std::string_view line : split(block, '\n')) {
    const std::size_t arrow = line.find(" → ");
    if (arrow == std::string_view::npos) continue;
    ++examples;
    const std::string_view text = line.substr(0, line.find_last_not_of(' ', arrow) + 1);
    std::vector<Computed> values;
    const Formula formula = parsed(text);
    for (const std::string& name : formula.names()) {
      const bool is_known = name == "a" || name == "b" || name == "zero";
      values.push_back(is_known ? Computed(Decimal(name == "a"   ? 7
                                                   : name == "b" ? 2
                                                                 : 0))
                                : Computed::nothing("there is no reading of " + name));
    }
    CHECK_MESSAGE(value(text, values) == line.substr(arrow + 5), text);
  }
  CHECK(examples == 12);
}

TEST_CASE("whatever the text, it is a formula that ends, or a problem inside it") {
  rc::check([](const std::vector<std::uint8_t>& picks) {
    constexpr std::array<const char*, 24> words = {
        "1",          "0",      "0.5",  "a",   "b-c", "(", ")",      "+", "-",    "*",
        "/",          ",",      "min(", "if(", "<",   "=", "round(", " ", "[kg]", "999999999999999999",
        "otherwise(", "clamp(", "!=",   "\xff"};
    std::string text;
    for (const std::uint8_t pick : picks) text += words[pick % words.size()];
    const auto made = Formula::parse(text);
    if (const auto* problem = std::get_if<FormulaProblem>(&made)) {
      RC_ASSERT(problem->byte <= text.size());
      RC_ASSERT(!problem->message.empty());
      return;
    }
    const auto& formula = std::get<Formula>(made);
    const Computed result = formula.value(std::vector<Computed>(formula.names().size(), Decimal(3)));
    RC_ASSERT(result.has_value() == result.reason().empty());
  });
}

}  // namespace
}  // namespace bw
