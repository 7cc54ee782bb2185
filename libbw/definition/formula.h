#pragma once
// Formula: how an indicator follows from others, in a language that can do nothing but arithmetic: decimal
// numbers, names of indicators, + - * /, comparisons and a dozen functions. docs/formulas.md is its manual.
// It has no loops, no memory and no names of its own, so that a formula ends after as many steps as it has
// nodes, at most 500; and it is bounded before it is read: 4 KiB, nested at most 32 deep.
//
// Numbers are decimals (base/decimal.h). What cannot be computed (a division by zero, a number too large, an
// indicator of which nothing was read) is *no value*, with the reason; it is never an exception, and what is
// computed from it is no value either, for the same reason.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "definition/unit_product.h"

namespace bw {

inline constexpr std::size_t max_formula_bytes = 4096;
inline constexpr std::size_t max_formula_nodes = 500;
inline constexpr int max_formula_depth = 32;

// What is wrong with a formula, and at which byte of its text.
struct FormulaProblem {
  std::size_t byte = 0;
  std::string code;     // stable: "formula-syntax", "formula-unit"
  std::string message;  // one sentence without a full stop
  std::string hint;
};

// A number, or the reason why there is none.
class Computed {
public:
  Computed(Decimal value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  static Computed nothing(std::string reason) {
    Computed none{Decimal()};
    none.value_.reset();
    none.reason_ = std::move(reason);
    return none;
  }

  bool has_value() const { return value_.has_value(); }
  const std::optional<Decimal>& value() const { return value_; }
  const std::string& reason() const { return reason_; }  // empty where there is a value
  friend bool operator==(const Computed&, const Computed&) = default;

private:
  std::optional<Decimal> value_;
  std::string reason_;
};

struct FormulaNode {
  // Of `name` the operand is its place in Formula::names(); of functions, how many arguments it takes.
  enum class Kind {
    number,
    name,
    negate,
    add,
    subtract,
    multiply,
    divide,
    less,  // comparisons give 1 or 0, and stand only in `if`
    at_most,
    greater,
    at_least,
    equal,
    unequal,
    minimum,
    maximum,
    sum,
    absolute,
    floor,
    ceiling,
    round,
    clamp,
    choose,     // if(condition, then, else)
    otherwise,  // otherwise(value, instead)
  };
  Kind kind = Kind::number;
  std::uint32_t operand = 0;
  std::uint32_t byte = 0;  // where it stands
  Decimal number;
  std::optional<UnitProduct> unit;  // of a number that names one
};

class Formula {
public:
  static std::variant<Formula, FormulaProblem> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // Each once, in the order in which they stand there first.
  const std::vector<std::string>& names() const { return names_; }
  // Each after its operands, the last one is the result.
  const std::vector<FormulaNode>& nodes() const { return nodes_; }
  // Where a name stands first.
  std::size_t place_of(std::size_t name) const;

  // The unit of the result; `unit_of` gives that of a name. A plain 0 fits every unit, and nothing is the
  // unit of a formula that is 0.
  std::variant<std::optional<UnitProduct>, FormulaProblem> unit(
      const std::function<UnitProduct(const std::string&)>& unit_of) const;
  // What is no value whatever the indicators are: a division by a number that is zero.
  std::optional<FormulaProblem> constant_problem() const;

  // `values` has one for each name. One pass over the nodes; never throws for what it computes.
  Computed value(const std::vector<Computed>& values) const;

private:
  friend class FormulaParser;

  std::string text_;
  std::vector<std::string> names_;
  std::vector<FormulaNode> nodes_;
};

// How many operands a node takes from those before it.
std::size_t operands_of(const FormulaNode& node);

}  // namespace bw
