#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "definition/formula.h"
#include "definition/formula_order.h"
#include "definition/meaning_scope.h"

namespace bw {
namespace {

using yaml::Node;

// All formulas of a definition together: what a change of every indicator at once can cost.
constexpr std::size_t max_nodes_together = 10'000;

using Formulas = std::map<std::string, std::pair<const Node*, Formula>, std::less<>>;  // by indicator

// Where in the file the byte of a formula stands. Where its text was folded or has escapes, that is not known
// to the character, and the scalar's own place is told.
Node place_in(const Node& scalar, std::size_t byte) {
  Node place = scalar;
  const std::size_t written = scalar.span.end - scalar.span.begin;
  const std::size_t quotes = scalar.quoted ? 2 : 0;
  const bool as_written = !scalar.block && !scalar.through_alias && written == scalar.text.size() + quotes &&
                          scalar.text.find('\n') == std::string::npos;
  if (as_written) place.mark.column += static_cast<int>(byte + quotes / 2);
  return place;
}

void complain(Scope& scope, const Node& scalar, const FormulaProblem& problem) {
  const Node place = place_in(scalar, problem.byte);
  const bool exact = place.mark.column != scalar.mark.column || problem.byte == 0;
  scope.error(place, problem.code,
              exact ? problem.message
                    : fmt::format("{} (at character {} of the formula)", problem.message, problem.byte + 1),
              problem.hint.empty() ? "docs/formulas.md has the language" : problem.hint);
}

// That nothing else gives these indicators their values.
void check_alone(Scope& scope) {
  std::set<std::string_view> computed;
  for (const Node& indicator : list_of(scope.root, "indicators")) {
    if (!indicator.find("formula")) continue;
    computed.insert(indicator.id());
    if (const Node* aggregate = indicator.find("aggregate"))
      scope.error(*aggregate, "formula-aggregate",
                  "an indicator with a formula has no readings to put together", "delete the line");
  }
  for (const Node& behaviour : list_of(scope.root, "behaviours")) {
    for (const Node& contribution : list_of(behaviour, "contributes")) {
      const Node* named = contribution.find("indicator");
      if (!named || !named->is_scalar() || !computed.contains(named->text)) continue;
      scope.error(*named, "formula-contribution",
                  fmt::format("\"{}\" follows from a formula; no behaviour contributes to it",
                              printable(named->text)),
                  "contribute to an indicator that its formula names");
    }
  }
}

Formulas parsed_in(Scope& scope) {
  Formulas formulas;
  std::size_t nodes = 0;
  for (const Node& indicator : list_of(scope.root, "indicators")) {
    const Node* text = indicator.find("formula");
    if (!text || text->kind != yaml::Kind::string) continue;
    auto parsed = Formula::parse(text->text);
    if (const auto* problem = std::get_if<FormulaProblem>(&parsed)) {
      complain(scope, *text, *problem);
      continue;
    }
    auto& formula = std::get<Formula>(parsed);
    nodes += formula.nodes().size();
    if (nodes > max_nodes_together) {
      scope.error(*text, "formulas-too-long",
                  fmt::format("all formulas together have more than {} numbers, names and operations",
                              max_nodes_together),
                  "say it in fewer");
      break;
    }
    formulas.try_emplace(std::string(indicator.id()), text, std::move(formula));
  }
  return formulas;
}

// A hyphen that was meant as a minus: "done-planned", where both are known.
std::string as_difference(const Scope& scope, const std::string& name) {
  for (std::size_t hyphen = name.find('-'); hyphen != std::string::npos;
       hyphen = name.find('-', hyphen + 1)) {
    const std::string left = name.substr(0, hyphen), right = name.substr(hyphen + 1);
    if (scope.indicators.contains(left) && scope.indicators.contains(right))
      return fmt::format("a minus has spaces around it: {} - {}", left, right);
  }
  return "declare it under \"indicators\"";
}

bool check_names(Scope& scope, const Node& text, const Formula& formula) {
  bool known = true;
  for (std::size_t i = 0; i < formula.names().size(); ++i) {
    const std::string& name = formula.names()[i];
    if (scope.indicators.contains(name)) continue;
    known = false;
    Node place = place_in(text, formula.place_of(i));
    place.text = name;
    std::vector<std::string> ids;
    for (const auto& [id, item] : scope.indicators) ids.push_back(id);
    scope.unknown(place, "indicator", ids, as_difference(scope, name));
  }
  return known;
}

bool check_written_units(Scope& scope, const Node& text, const Formula& formula) {
  bool known = true;
  for (const FormulaNode& node : formula.nodes()) {
    if (!node.unit) continue;
    for (const std::string& unit : node.unit->units()) {
      if (scope.units.contains(unit)) continue;
      known = false;
      Node place = place_in(text, node.byte);
      place.text = unit;
      std::vector<std::string> ids;
      for (const auto& [id, item] : scope.units) ids.push_back(id);
      scope.unknown(place, "unit", ids, "declare it under \"units\"");
    }
  }
  return known;
}

void check_unit(Scope& scope, const Node& text, const Formula& formula, std::string_view declared) {
  const auto unit_of = [&](const std::string& name) {
    return UnitProduct(std::string(text_of(*scope.indicators.find(name)->second, "unit")));
  };
  const auto unit = formula.unit(unit_of);
  if (const auto* problem = std::get_if<FormulaProblem>(&unit)) return complain(scope, text, *problem);
  const auto& found = std::get<std::optional<UnitProduct>>(unit);
  if (!found || *found == UnitProduct(std::string(declared))) return;
  scope.error(text, "formula-unit",
              fmt::format("the formula gives {}, but the indicator is counted in {}",
                          found->is_plain() ? "a plain number" : found->text(), printable(declared)),
              found->is_plain() ? fmt::format("multiply with 1 [{}]", printable(declared))
                                : "multiply with a number that has a unit: 0.2 [kg/km]");
}

void check_order(Scope& scope, const Formulas& formulas) {
  FormulaNames names;
  for (const auto& [id, one] : formulas) names.emplace(id, one.second.names());
  for (const auto& cycle : order_of(names).cycles) {
    const auto& [text, formula] = formulas.find(cycle.front())->second;
    const auto& named = formula.names();
    const auto place = std::find(named.begin(), named.end(), cycle[1]) - named.begin();
    const std::string message = cycle.size() == 2
                                    ? fmt::format("the formula of \"{}\" names itself", cycle.front())
                                    : fmt::format("formulas name each other: {}", fmt::join(cycle, " → "));
    complain(scope, *text,
             {formula.place_of(static_cast<std::size_t>(place)), "formula-cycle", message,
              "one of them must follow from others alone"});
  }
}

}  // namespace

void check_formulas(Scope& scope) {
  check_alone(scope);
  const Formulas formulas = parsed_in(scope);
  for (const auto& [id, one] : formulas) {
    const auto& [text, formula] = one;
    const bool names_known = check_names(scope, *text, formula);
    const bool units_known = check_written_units(scope, *text, formula);
    const auto indicator = scope.indicators.find(id);
    if (names_known && units_known && indicator != scope.indicators.end())
      check_unit(scope, *text, formula, text_of(*indicator->second, "unit"));
    if (const auto problem = formula.constant_problem()) complain(scope, *text, *problem);
  }
  check_order(scope, formulas);
}

}  // namespace bw
