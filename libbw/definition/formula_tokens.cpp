#include "definition/formula_tokens.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

using TokenKind = FormulaToken::Kind;

constexpr std::size_t max_name = 64;  // as is_id

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

// The first character of a text, also where it takes several bytes.
std::string_view character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) ++size;
  return text.substr(0, size);
}

}  // namespace

FormulaToken FormulaTokens::token(TokenKind kind, std::size_t size) {
  FormulaToken made;
  made.kind = kind;
  made.byte = at_;
  made.text = text_.substr(at_, size);
  at_ += size;
  return made;
}

FormulaToken FormulaTokens::wrong(std::string problem, std::string hint) const {
  FormulaToken made;
  made.kind = TokenKind::wrong;
  made.byte = at_;
  made.problem = std::move(problem);
  made.hint = std::move(hint);
  return made;
}

FormulaToken FormulaTokens::next() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ == text_.size()) return token(TokenKind::end, 0);
  const char first = text_[at_];
  if (is_digit(first) || first == '.') return number();
  if (is_letter(first)) return name();
  if (first == '[') return unit();
  return sign();
}

FormulaToken FormulaTokens::number() {
  std::size_t end = at_;
  while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
  if (end < text_.size() && (is_letter(text_[end]) || (text_[end] >= 'A' && text_[end] <= 'Z')))
    return wrong("a number is followed by a letter",
                 "numbers have no exponent, units stand in brackets, and a name begins with a letter");
  const std::string_view digits = text_.substr(at_, end - at_);
  if (digits.size() > 1 && digits.front() == '0' && digits[1] != '.')
    return wrong("a number begins with a 0 that says nothing", "take it away");
  const auto value = Decimal::parse_lenient(digits);
  if (!value) return wrong(value.reason());
  FormulaToken made = token(TokenKind::number, digits.size());
  made.number = *value;
  return made;
}

// A hyphen belongs to the name where a letter or digit follows it: a-b is one name, a - b a difference.
FormulaToken FormulaTokens::name() {
  const auto belongs = [this](std::size_t at) {
    return at < text_.size() && (is_letter(text_[at]) || is_digit(text_[at]));
  };
  std::size_t end = at_;
  while (belongs(end) ||
         (end < text_.size() && text_[end] == '-' && belongs(text_.find_first_not_of('-', end))))
    ++end;
  if (end - at_ > max_name) return wrong(fmt::format("a name has at most {} characters", max_name));
  return token(TokenKind::name, end - at_);
}

FormulaToken FormulaTokens::unit() {
  const std::size_t end = text_.find(']', at_);
  if (end == std::string_view::npos) return wrong("a \"]\" is missing: it closes the unit");
  FormulaToken made = token(TokenKind::unit, end + 1 - at_);
  made.text = made.text.substr(1, made.text.size() - 2);
  return made;
}

FormulaToken FormulaTokens::sign() {
  constexpr std::array<std::string_view, 13> signs = {"<=", ">=", "!=", "<", ">", "=", "+",
                                                      "-",  "*",  "/",  "(", ")", ","};
  for (const std::string_view one : signs)
    if (text_.substr(at_).starts_with(one)) return token(TokenKind::sign, one.size());
  return wrong(fmt::format("\"{}\" has no meaning in a formula", printable(character(text_.substr(at_)))),
               "formulas have ASCII digits, names, + - * / ( ) and functions");
}

}  // namespace bw
