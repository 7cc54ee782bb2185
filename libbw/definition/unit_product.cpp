#include "definition/unit_product.h"

#include <fmt/format.h>

#include "base/text.h"
#include "definition/model.h"

namespace bw {
namespace {

constexpr std::size_t max_units = 8;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string factors(const std::map<std::string, int>& powers, int sign) {
  std::string text;
  for (const auto& [unit, power] : powers) {
    const int exponent = power * sign;
    if (exponent <= 0) continue;
    if (!text.empty()) text += '*';
    text += exponent == 1 ? unit : fmt::format("{}^{}", unit, exponent);
  }
  return text;
}

}  // namespace

void UnitProduct::multiply(const std::string& unit, int power) {
  const auto place = powers_.try_emplace(unit, 0).first;
  place->second += power;
  if (place->second == 0) powers_.erase(place);
}

UnitProduct UnitProduct::combined(const UnitProduct& a, const UnitProduct& b, int sign) {
  UnitProduct product = a;
  for (const auto& [unit, power] : b.powers_) product.multiply(unit, sign * power);
  return product;
}

Result<UnitProduct> UnitProduct::parse(std::string_view text) {
  UnitProduct product;
  std::string_view rest = trimmed(text);
  int sign = 1;
  for (std::size_t count = 0; count < max_units; ++count) {
    const std::size_t end = rest.find_first_of("*/");
    std::string_view unit = trimmed(rest.substr(0, end));
    int power = 1;
    if (unit.size() > 2 && unit[unit.size() - 2] == '^' && unit.back() >= '2' && unit.back() <= '9') {
      power = unit.back() - '0';
      unit.remove_suffix(2);
    }
    const bool is_one = unit == "1" && count == 0 && power == 1;
    if (!is_one) {
      if (!is_id(unit) || unit.front() <= '9')
        return Reason{fmt::format("\"{}\" is no unit", printable(text.substr(0, 40)))};
      product.multiply(std::string(unit), sign * power);
    }
    if (end == std::string_view::npos) return product;
    sign = rest[end] == '*' ? 1 : -1;
    rest.remove_prefix(end + 1);
  }
  return Reason{fmt::format("more than {} units in one", max_units)};
}

std::string UnitProduct::text() const {
  const std::string above = factors(powers_, 1);
  const std::string below = factors(powers_, -1);
  std::string text = above.empty() ? "1" : above;
  if (!below.empty()) {
    // What stands above is written behind one line only, so that every factor below has a line of its own.
    std::string divided;
    for (const char c : below) divided += c == '*' ? '/' : c;
    text += "/" + divided;
  }
  return text;
}

std::vector<std::string> UnitProduct::units() const {
  std::vector<std::string> all;
  for (const auto& [unit, power] : powers_) all.push_back(unit);
  return all;
}

}  // namespace bw
