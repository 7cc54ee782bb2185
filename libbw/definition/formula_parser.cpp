#include <algorithm>
#include <array>
#include <exception>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/formula.h"
#include "definition/formula_tokens.h"

namespace bw {
namespace {

using Kind = FormulaNode::Kind;
using TokenKind = FormulaToken::Kind;

struct Function {
  std::string_view name;
  Kind kind;
  std::size_t least;  // arguments
  std::size_t most;
  std::string_view form;
};
constexpr std::size_t most_arguments = 64;
constexpr std::array<Function, 10> functions = {{
    {"min", Kind::minimum, 1, most_arguments, "min(a, b, …)"},
    {"max", Kind::maximum, 1, most_arguments, "max(a, b, …)"},
    {"sum", Kind::sum, 1, most_arguments, "sum(a, b, …)"},
    {"abs", Kind::absolute, 1, 1, "abs(a)"},
    {"floor", Kind::floor, 1, 1, "floor(a)"},
    {"ceil", Kind::ceiling, 1, 1, "ceil(a)"},
    {"round", Kind::round, 2, 2, "round(a, digits)"},
    {"clamp", Kind::clamp, 3, 3, "clamp(a, low, high)"},
    {"if", Kind::choose, 3, 3, "if(a < b, then, else)"},
    {"otherwise", Kind::otherwise, 2, 2, "otherwise(a, instead)"},
}};

const Function* find_function(std::string_view name) {
  const auto* const found =
      std::find_if(functions.begin(), functions.end(), [&](const Function& one) { return one.name == name; });
  return found == functions.end() ? nullptr : found;
}

std::optional<Kind> comparison_of(std::string_view sign) {
  constexpr std::array<std::pair<std::string_view, Kind>, 6> all = {{{"<", Kind::less},
                                                                     {"<=", Kind::at_most},
                                                                     {">", Kind::greater},
                                                                     {">=", Kind::at_least},
                                                                     {"=", Kind::equal},
                                                                     {"!=", Kind::unequal}}};
  for (const auto& [text, kind] : all)
    if (text == sign) return kind;
  return std::nullopt;
}

}  // namespace

// Recursive descent, as deep as parentheses, calls and signs are nested, which is bounded. The first problem
// ends the reading: it is thrown to `read`, and no further.
class FormulaParser {
public:
  explicit FormulaParser(std::string_view text) : tokens_(text) { formula_.text_ = text; }

  std::variant<Formula, FormulaProblem> read() {
    try {
      next();
      sum();
      if (token_.kind != TokenKind::end) fail("this does not belong here", "put an operator before it");
      return std::move(formula_);
    } catch (const Stop& stop) {
      return stop.problem;
    }
  }

private:
  struct Stop : std::exception {
    explicit Stop(FormulaProblem found) : problem(std::move(found)) {}
    FormulaProblem problem;
  };
  [[noreturn]] void fail(std::string message, std::string hint = "") const {
    throw Stop({token_.byte, "formula-syntax", std::move(message), std::move(hint)});
  }

  void next() {
    token_ = tokens_.next();
    if (token_.kind == TokenKind::wrong) fail(token_.problem, token_.hint);
  }
  bool is(std::string_view sign) const { return token_.kind == TokenKind::sign && token_.text == sign; }
  void expect(std::string_view sign, std::string_view what) {
    if (!is(sign)) fail(fmt::format("\"{}\" is missing here: {}", sign, what));
    next();
  }

  void put(Kind kind, std::size_t byte, std::size_t operand = 0) {
    if (formula_.nodes_.size() == max_formula_nodes)
      fail(fmt::format("a formula has at most {} numbers, names and operations", max_formula_nodes),
           "make parts of it indicators of their own");
    FormulaNode node;
    node.kind = kind;
    node.operand = static_cast<std::uint32_t>(operand);
    node.byte = static_cast<std::uint32_t>(byte);
    formula_.nodes_.push_back(std::move(node));
  }

  void sum() {
    product();
    while (is("+") || is("-")) {
      const FormulaToken sign = token_;
      next();
      product();
      put(sign.text == "+" ? Kind::add : Kind::subtract, sign.byte);
    }
  }

  void product() {
    factor();
    while (is("*") || is("/")) {
      const FormulaToken sign = token_;
      next();
      factor();
      put(sign.text == "*" ? Kind::multiply : Kind::divide, sign.byte);
    }
  }

  // A sign, a parenthesis or a call, one level deeper.
  void factor() {
    if (++depth_ > max_formula_depth)
      fail(fmt::format("a formula is nested at most {} deep", max_formula_depth),
           "make parts of it indicators of their own");
    if (is("-")) {
      const std::size_t byte = token_.byte;
      next();
      factor();
      put(Kind::negate, byte);
    } else if (is("(")) {
      next();
      sum();
      expect(")", "it closes the parenthesis");
    } else if (token_.kind == TokenKind::number) {
      number();
    } else if (token_.kind == TokenKind::name) {
      name();
    } else {
      fail("a number, a name or \"(\" is missing here");
    }
    --depth_;
  }

  void number() {
    put(Kind::number, token_.byte);
    formula_.nodes_.back().number = token_.number;
    next();
    if (token_.kind != TokenKind::unit) return;
    const auto unit = UnitProduct::parse(token_.text);
    if (!unit) fail(unit.reason(), "write units like [kg], [kg/km] or [1/km]");
    formula_.nodes_.back().unit = *unit;
    next();
  }

  void name() {
    const FormulaToken named = token_;
    next();
    if (is("(")) return call(named);
    auto& names = formula_.names_;
    auto place = std::find(names.begin(), names.end(), named.text);
    if (place == names.end()) place = names.insert(names.end(), std::string(named.text));
    put(Kind::name, named.byte, static_cast<std::size_t>(place - names.begin()));
  }

  void call(const FormulaToken& named) {
    const Function* function = find_function(named.text);
    if (function == nullptr) {
      std::vector<std::string> known;
      for (const Function& one : functions) known.emplace_back(one.name);
      token_ = named;
      fail(fmt::format("there is no function \"{}\"", printable(named.text)),
           did_you_mean(std::string(named.text), known));
    }
    next();
    std::size_t arguments = 0;
    do {
      if (arguments > 0) next();
      if (function->kind == Kind::choose && arguments == 0) {
        condition();
      } else if (function->kind == Kind::round && arguments == 1) {
        digits();
      } else {
        sum();
      }
      ++arguments;
    } while (is(",") && arguments < function->most);
    if (arguments < function->least || !is(")"))
      fail(fmt::format("{} is written {}", function->name, function->form));
    next();
    if (function->kind == Kind::round) {
      put(Kind::round, named.byte, digits_);
    } else {
      put(function->kind, named.byte, arguments);
    }
  }

  void condition() {
    sum();
    const auto kind = token_.kind == TokenKind::sign ? comparison_of(token_.text) : std::nullopt;
    if (!kind) fail("a comparison is missing here: <, <=, >, >=, = or !=");
    const std::size_t byte = token_.byte;
    next();
    sum();
    put(*kind, byte);
  }

  // How far to round is known before anything is computed.
  void digits() {
    const std::string_view text = token_.text;
    if (token_.kind != TokenKind::number || text.size() != 1)
      fail("how many digits to keep is a whole number from 0 to 9");
    digits_ = static_cast<std::size_t>(text.front() - '0');
    next();
  }

  FormulaTokens tokens_;
  FormulaToken token_;
  Formula formula_;
  int depth_ = 0;
  std::size_t digits_ = 0;  // of the call of round that is being read
};

std::variant<Formula, FormulaProblem> Formula::parse(std::string_view text) {
  if (text.size() > max_formula_bytes)
    return FormulaProblem{0, "formula-too-long",
                          fmt::format("a formula has at most {} bytes", max_formula_bytes),
                          "make parts of it indicators of their own"};
  return FormulaParser(text).read();
}

}  // namespace bw
