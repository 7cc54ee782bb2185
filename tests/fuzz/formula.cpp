// Formulas: every text gives a formula or a problem inside it, and every formula a number or a reason.

#include "definition/formula.h"

#include "fuzz.h"

void fuzz(std::string_view input) {
  const auto made = bw::Formula::parse(input);
  if (const auto* problem = std::get_if<bw::FormulaProblem>(&made)) {
    MUST(problem->byte <= input.size());
    MUST(!problem->message.empty());
    return;
  }
  const auto& formula = std::get<bw::Formula>(made);
  MUST(formula.nodes().size() <= bw::max_formula_nodes);
  const bw::Decimal three(3);
  for (const bw::Computed& value :
       {bw::Computed(three), bw::Computed(bw::Decimal()), bw::Computed::nothing("none")}) {
    const bw::Computed result = formula.value(std::vector<bw::Computed>(formula.names().size(), value));
    MUST(result.has_value() == result.reason().empty());
  }
  formula.constant_problem();
  const auto unit = formula.unit([](const std::string& name) { return bw::UnitProduct(name); });
  if (const auto* found = std::get_if<std::optional<bw::UnitProduct>>(&unit); found != nullptr && *found) {
    const auto again = bw::UnitProduct::parse((*found)->text());
    MUST(!again || *again == **found);  // what is written of it has no limit, what is read has
  }
  const auto again = bw::Formula::parse(formula.text());
  MUST(std::holds_alternative<bw::Formula>(again));
}
