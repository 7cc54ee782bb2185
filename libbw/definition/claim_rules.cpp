#include "definition/claim_rules.h"

#include <fmt/format.h>

#include "base/text.h"
#include "definition/values.h"

namespace bw {

namespace {

constexpr std::size_t shown_columns = 64;

}  // namespace

std::string unit_problem(const Behaviour& behaviour, std::string_view unit) {
  if (behaviour.composite) return fmt::format("{} is made of others, and completes by itself", behaviour.id);
  if (unit == behaviour.unit) return "";
  return fmt::format("{} is counted in {}, not in \"{}\"", behaviour.id, behaviour.unit,
                     truncate_to_width(printable(unit), shown_columns));
}

std::string quantity_problem(const Definition& definition, const Behaviour& behaviour,
                             const Decimal& quantity) {
  if (quantity <= Decimal(0)) return fmt::format("the quantity {} is not greater than zero", quantity.text());
  const Unit* unit = definition.units.find(behaviour.unit);
  if (unit != nullptr && unit->precision < 9 && fraction_digits(quantity) > unit->precision) {
    return fmt::format("the quantity {} has more digits after the point than the unit {} allows ({})",
                       quantity.text(), unit->id, unit->precision);
  }
  if (behaviour.minimum && quantity < *behaviour.minimum) {
    return fmt::format("the quantity {} is below the least that {} allows, {} {}", quantity.text(),
                       behaviour.id, behaviour.minimum->text(), behaviour.unit);
  }
  if (behaviour.maximum && quantity > *behaviour.maximum) {
    return fmt::format("the quantity {} is above the most that {} allows at once, {} {}", quantity.text(),
                       behaviour.id, behaviour.maximum->text(), behaviour.unit);
  }
  return "";
}

}  // namespace bw
