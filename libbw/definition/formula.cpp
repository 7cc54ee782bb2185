#include "definition/formula.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/rounding.h"

namespace bw {
namespace {

using Kind = FormulaNode::Kind;

std::string_view sign_of(Kind kind) {
  switch (kind) {
    case Kind::add:
      return "+";
    case Kind::subtract:
      return "-";
    default:
      return "a function";
  }
}

bool holds(Kind kind, Decimal a, Decimal b) {
  switch (kind) {
    case Kind::less:
      return a < b;
    case Kind::at_most:
      return a <= b;
    case Kind::greater:
      return a > b;
    case Kind::at_least:
      return a >= b;
    case Kind::equal:
      return a == b;
    default:
      return a != b;
  }
}

using Operands = const Computed*;  // as many as the node takes

Decimal number(Operands operands, std::size_t i) {
  return *operands[i].value();
}

Decimal folded(Kind kind, Operands operands, std::size_t count) {
  Decimal result = number(operands, 0);
  for (std::size_t i = 1; i < count; ++i) {
    const Decimal next = number(operands, i);
    if (kind == Kind::minimum) result = std::min(result, next);
    if (kind == Kind::maximum) result = std::max(result, next);
    if (kind == Kind::sum) result += next;
  }
  return result;
}

Computed clamped(Operands operands) {
  const Decimal low = number(operands, 1);
  const Decimal high = number(operands, 2);
  if (high < low)
    return Computed::nothing(
        fmt::format("the bounds of clamp, {} and {}, are the wrong way round", low.text(), high.text()));
  return std::clamp(number(operands, 0), low, high);
}

// Of operands that all have values. Throws Error where the result would not fit.
Computed computed(const FormulaNode& node, Operands operands) {
  const auto operand = [&](std::size_t i) { return number(operands, i); };
  switch (node.kind) {
    case Kind::negate:
      return Decimal() - operand(0);
    case Kind::add:
      return operand(0) + operand(1);
    case Kind::subtract:
      return operand(0) - operand(1);
    case Kind::multiply:
      return operand(0) * operand(1);
    case Kind::divide:
      if (operand(1).is_zero()) return Computed::nothing("it would divide by zero");
      return operand(0) / operand(1);
    case Kind::minimum:
    case Kind::maximum:
    case Kind::sum:
      return folded(node.kind, operands, node.operand);
    case Kind::absolute:
      return operand(0).is_negative() ? Decimal() - operand(0) : operand(0);
    case Kind::floor:
      return floor_of(operand(0));
    case Kind::ceiling:
      return ceiling_of(operand(0));
    case Kind::round:
      return rounded_half_even(operand(0), static_cast<int>(node.operand));
    case Kind::clamp:
      return clamped(operands);
    default:
      return Decimal(holds(node.kind, operand(0), operand(1)) ? 1 : 0);
  }
}

Computed apply(const FormulaNode& node, Operands operands) {
  if (node.kind == Kind::otherwise) return operands[0].has_value() ? operands[0] : operands[1];
  if (node.kind == Kind::choose && operands[0].has_value())
    return number(operands, 0).is_zero() ? operands[2] : operands[1];
  for (std::size_t i = 0; i < operands_of(node); ++i)
    if (!operands[i].has_value()) return operands[i];
  try {
    return computed(node, operands);
  } catch (const Error& error) {
    return Computed::nothing(error.what());
  }
}

using FormulaUnit = std::optional<UnitProduct>;  // nothing: of a 0, which fits every unit

std::string text_of(const FormulaUnit& unit) {
  return unit && !unit->is_plain() ? unit->text() : "a plain number";
}

FormulaProblem mismatch(const FormulaNode& node, const FormulaUnit& a, const FormulaUnit& b) {
  const std::string_view sign = sign_of(node.kind);
  const std::string what = sign == "a function" ? "what is put together or compared here"
                                                : fmt::format("what stands on the sides of \"{}\"", sign);
  return {node.byte, "formula-unit",
          fmt::format("{} differs in unit: {} and {}", what, text_of(a), text_of(b)),
          "multiply one of them with a number that has a unit: 0.2 [kg/km]"};
}

// The unit that all of these have; a problem where two differ.
std::variant<FormulaUnit, FormulaProblem> common_unit(const FormulaNode& node, const FormulaUnit* units,
                                                      std::size_t count) {
  FormulaUnit common;
  for (std::size_t i = 0; i < count; ++i) {
    if (!units[i]) continue;
    if (common && *common != *units[i]) return mismatch(node, common, units[i]);
    common = units[i];
  }
  return common;
}

std::variant<FormulaUnit, FormulaProblem> unit_after(const FormulaNode& node, const FormulaUnit* units) {
  const UnitProduct plain;
  switch (node.kind) {
    case Kind::multiply:
      return FormulaUnit(units[0].value_or(plain) * units[1].value_or(plain));
    case Kind::divide:
      return FormulaUnit(units[0].value_or(plain) / units[1].value_or(plain));
    case Kind::choose:
      return common_unit(node, units + 1, 2);
    case Kind::less:
    case Kind::at_most:
    case Kind::greater:
    case Kind::at_least:
    case Kind::equal:
    case Kind::unequal: {
      auto compared = common_unit(node, units, 2);
      if (std::holds_alternative<FormulaProblem>(compared)) return compared;
      return FormulaUnit(plain);
    }
    default:
      return common_unit(node, units, operands_of(node));
  }
}

}  // namespace

std::size_t operands_of(const FormulaNode& node) {
  switch (node.kind) {
    case Kind::number:
    case Kind::name:
      return 0;
    case Kind::negate:
    case Kind::absolute:
    case Kind::floor:
    case Kind::ceiling:
    case Kind::round:
      return 1;
    case Kind::minimum:
    case Kind::maximum:
    case Kind::sum:
      return node.operand;
    case Kind::clamp:
    case Kind::choose:
      return 3;
    default:
      return 2;
  }
}

std::size_t Formula::place_of(std::size_t name) const {
  for (const FormulaNode& node : nodes_)
    if (node.kind == Kind::name && node.operand == name) return node.byte;
  return 0;
}

std::variant<std::optional<UnitProduct>, FormulaProblem> Formula::unit(
    const std::function<UnitProduct(const std::string&)>& unit_of) const {
  std::vector<FormulaUnit> units;
  for (const FormulaNode& node : nodes_) {
    if (node.kind == Kind::number) {
      const bool fits_all = node.number.is_zero() && !node.unit;
      units.push_back(fits_all ? FormulaUnit() : FormulaUnit(node.unit.value_or(UnitProduct())));
      continue;
    }
    if (node.kind == Kind::name) {
      units.emplace_back(unit_of(names_[node.operand]));
      continue;
    }
    const std::size_t first = units.size() - operands_of(node);
    auto after = unit_after(node, &units[first]);
    if (auto* problem = std::get_if<FormulaProblem>(&after)) return std::move(*problem);
    units.resize(first);
    units.push_back(std::get<FormulaUnit>(std::move(after)));
  }
  return std::move(units.back());
}

std::optional<FormulaProblem> Formula::constant_problem() const {
  // Nothing where it depends on an indicator.
  std::vector<std::optional<Computed>> known;
  for (const FormulaNode& node : nodes_) {
    const std::size_t first = known.size() - operands_of(node);
    std::vector<Computed> operands;
    for (std::size_t i = first; i < known.size(); ++i)
      if (known[i]) operands.push_back(*known[i]);
    const bool constant = node.kind != Kind::name && operands.size() == operands_of(node);
    const bool by_zero = node.kind == Kind::divide && known.back() && known.back()->has_value() &&
                         known.back()->value()->is_zero();
    std::optional<Computed> result;
    if (constant) result = node.kind == Kind::number ? Computed(node.number) : apply(node, operands.data());
    if (by_zero) return FormulaProblem{node.byte, "formula-no-value", "it would always divide by zero", ""};
    if (result && !result->has_value())
      return FormulaProblem{node.byte, "formula-no-value", "it never has a value: " + result->reason(), ""};
    known.resize(first);
    known.push_back(std::move(result));
  }
  return std::nullopt;
}

Computed Formula::value(const std::vector<Computed>& values) const {
  std::vector<Computed> stack;
  for (const FormulaNode& node : nodes_) {
    if (node.kind == Kind::number) {
      stack.emplace_back(node.number);
    } else if (node.kind == Kind::name) {
      stack.push_back(values.at(node.operand));
    } else {
      const std::size_t first = stack.size() - operands_of(node);
      Computed result = apply(node, &stack[first]);
      stack.resize(first, Computed(Decimal()));
      stack.push_back(std::move(result));
    }
  }
  return std::move(stack.back());
}

}  // namespace bw
