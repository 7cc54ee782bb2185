#pragma once
// UnitProduct: what a figure is counted in, as a product of units with whole exponents: kg, kg/km, m*m/s^2,
// and 1 where it is a plain number. Formulas multiply and divide figures of different units; only figures of
// one unit can be added or compared. A unit means nothing but its id: nothing is converted.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bw {

class UnitProduct {
public:
  UnitProduct() = default;  // a plain number
  explicit UnitProduct(const std::string& unit) : powers_{{unit, 1}} {}

  // kg/km, kg*m/s^2, 1/km: ids of units that begin with a letter, the exponents 2 to 9; at most 8 units. What
  // follows a / is below it alone: a/b*c is (a/b)*c.
  static Result<UnitProduct> parse(std::string_view text);

  // The units above the line first, each part in the order of the ids: "kg*m/s^2", "1/km", "1".
  std::string text() const;
  std::vector<std::string> units() const;
  bool is_plain() const { return powers_.empty(); }

  friend UnitProduct operator*(const UnitProduct& a, const UnitProduct& b) { return combined(a, b, 1); }
  friend UnitProduct operator/(const UnitProduct& a, const UnitProduct& b) { return combined(a, b, -1); }
  friend bool operator==(const UnitProduct&, const UnitProduct&) = default;

private:
  static UnitProduct combined(const UnitProduct& a, const UnitProduct& b, int sign);
  void multiply(const std::string& unit, int power);

  std::map<std::string, int> powers_;  // without zeros
};

}  // namespace bw
