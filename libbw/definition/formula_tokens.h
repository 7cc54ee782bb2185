#pragma once
// FormulaTokens: the numbers, names, signs and [units] that the text of a formula consists of, one after the
// other. ASCII only: digits are 0 to 9, and blanks are spaces and the ends of lines.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace bw {

struct FormulaToken {
  enum class Kind { number, name, sign, unit, end, wrong };
  Kind kind = Kind::end;
  std::string_view text;  // of a unit: what stands between the brackets
  std::size_t byte = 0;
  Decimal number;
  std::string problem;  // of wrong
  std::string hint;
};

class FormulaTokens {
public:
  // `text` is looked at until the last token was read.
  explicit FormulaTokens(std::string_view text) : text_(text) {}

  // `end` after the last one. After a `wrong` one nothing is to be asked for.
  FormulaToken next();

private:
  FormulaToken number();
  FormulaToken name();
  FormulaToken unit();
  FormulaToken sign();
  FormulaToken token(FormulaToken::Kind kind, std::size_t size);
  FormulaToken wrong(std::string problem, std::string hint = "") const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace bw
