// Indicators that follow from formulas: what a definition may say, and where it is told what it may not.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "definition/difference.h"
#include "definition/load.h"
#include "definition/places_for_tests.h"

namespace bw {
namespace {

constexpr const char* head = R"(betterworld: 1
name: Travel
vision: Clean air.
utc_offset: "+08:00"
grace: 30d
units:
  - {id: day, title: day}
  - {id: kg, title: kg}
  - {id: percent, title: percent}
indicators:
  - {id: days, title: Days, unit: day}
  - {id: planned, title: Planned, unit: day}
)";

// "12:40 formula-unit", for each problem; `indicators` begin on line 13.
LoadedDefinition with(const std::string& indicators) {
  return load(memory_source({{"betterworld.yaml", head + indicators}}), {});
}

std::vector<std::string> problems(const std::string& indicators) {
  const auto loaded = with(indicators);
  std::vector<std::string> all;
  for (const Problem& problem : loaded.problems)
    all.push_back(fmt::format("{}:{} {}", problem.line, problem.column, problem.code));
  return all;
}

Problem first_problem(const std::string& indicators) {
  const auto loaded = with(indicators);
  REQUIRE_FALSE(loaded.problems.empty());
  return loaded.problems.front();
}

TEST_CASE("an indicator follows from others by a formula") {
  const auto loaded = with("  - {id: saved, title: Saved, unit: kg, formula: \"days * 5.49 [kg/day]\"}\n");
  REQUIRE(loaded.valid());
  const Indicator* saved = loaded.definition->indicators.find("saved");
  REQUIRE(saved != nullptr);
  REQUIRE(saved->formula.has_value());
  CHECK(saved->formula->text() == "days * 5.49 [kg/day]");
  CHECK_FALSE(loaded.definition->indicators.find("days")->formula);
}

TEST_CASE("a formula is told its problem at the character, where the file has it as it is") {
  CHECK(problems("  - id: saved\n    title: S\n    unit: kg\n    formula: days * 5.49 [kg/day] +\n") ==
        std::vector<std::string>{"16:36 formula-syntax"});
  CHECK(problems("  - id: saved\n    title: S\n    unit: kg\n    formula: \"days ; 5\"\n") ==
        std::vector<std::string>{"16:20 formula-syntax"});
  CHECK(problems("  - id: saved\n    title: S\n    unit: kg\n    formula: >-\n      days\n      ; 5\n") ==
        std::vector<std::string>{"16:14 formula-syntax"});
  CHECK(first_problem("  - id: saved\n    title: S\n    unit: kg\n    formula: >-\n      days\n      ; 5\n")
            .message == "\";\" has no meaning in a formula (at character 6 of the formula)");
}

TEST_CASE("names and units of a formula are declared ones") {
  const Problem name = first_problem("  - {id: saved, title: S, unit: kg, formula: dayz * 2}\n");
  CHECK(name.code == "unknown-indicator");
  CHECK(name.hint == "did you mean \"days\"?");
  CHECK(first_problem("  - {id: left, title: S, unit: day, formula: planned-days}\n").hint ==
        "a minus has spaces around it: planned - days");
  CHECK(problems("  - {id: saved, title: S, unit: kg, formula: \"days * 2 [kg/dai]\"}\n") ==
        std::vector<std::string>{"13:54 unknown-unit"});
}

TEST_CASE("the unit of a formula is the indicator's") {
  CHECK(problems("  - {id: left, title: L, unit: day, formula: \"max(0, planned - days)\"}\n").empty());
  CHECK(problems("  - {id: none, title: N, unit: day, formula: \"0\"}\n").empty());
  const Problem product = first_problem("  - {id: saved, title: S, unit: kg, formula: days * 5.49}\n");
  CHECK(product.code == "formula-unit");
  CHECK(product.message == "the formula gives day, but the indicator is counted in kg");
  CHECK(first_problem("  - {id: share, title: S, unit: percent, formula: days / planned}\n").hint ==
        "multiply with 1 [percent]");
  CHECK(problems("  - {id: left, title: L, unit: day, formula: planned - 3}\n") ==
        std::vector<std::string>{"13:54 formula-unit"});
}

TEST_CASE("formulas that name each other in a circle are refused") {
  CHECK(problems("  - {id: a, title: A, unit: day, formula: b + days}\n"
                 "  - {id: b, title: B, unit: day, formula: days + a}\n") ==
        std::vector<std::string>{"13:43 formula-cycle"});
  CHECK(first_problem("  - {id: a, title: A, unit: day, formula: a + a}\n").message ==
        "the formula of \"a\" names itself");
}

TEST_CASE("a formula stands alone, and has a value") {
  CHECK(problems("  - {id: a, title: A, unit: day, aggregate: max, formula: days}\n") ==
        std::vector<std::string>{"13:45 formula-aggregate"});
  CHECK(problems("  - {id: a, title: A, unit: day, formula: days}\nbehaviours:\n"
                 "  - {id: rest, title: R, unit: day, contributes: [{indicator: a}]}\n") ==
        std::vector<std::string>{"15:63 formula-contribution"});
  CHECK(problems("  - {id: a, title: A, unit: day, formula: days / 0}\n") ==
        std::vector<std::string>{"13:48 formula-no-value"});
}

TEST_CASE("a thousand formulas that double each other are valid, and together bounded") {
  std::string chain = "  - {id: f0, title: F, unit: day, formula: days + days}\n";
  for (int i = 1; i < 900; ++i)
    chain += fmt::format("  - {{id: f{0}, title: F, unit: day, formula: f{1} + f{1}}}\n", i, i - 1);
  CHECK(problems(chain).empty());
  std::string sum = "days";
  for (int i = 0; i < 249; ++i) sum += "+days";
  std::string many;
  for (int i = 0; i < 21; ++i)
    many += fmt::format("  - {{id: g{}, title: G, unit: day, formula: {}}}\n", i, sum);
  CHECK(first_problem(many).code == "formulas-too-long");
}

TEST_CASE("a change of a formula is told in its words") {
  const auto files_with = [](const char* formula) {
    return DefinitionFiles{
        {"betterworld.yaml",
         std::string(head) + "  - {id: saved, title: S, unit: kg, formula: \"" + formula + "\"}\n"}};
  };
  const auto changes = difference(files_with("days * 5 [kg/day]"), files_with("days * 6 [kg/day]"));
  REQUIRE(changes.size() == 1);
  CHECK(changes.front().sentence == "indicator saved: formula days * 5 [kg/day] → days * 6 [kg/day]");
}

}  // namespace
}  // namespace bw
