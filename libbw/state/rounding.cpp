#include "state/rounding.h"

#include <string>

namespace bw {

Decimal rounded_down(Decimal value, int digits) {
  std::string text = value.text();
  const std::size_t point = text.find('.');
  const auto kept = static_cast<std::size_t>(digits);
  if (point == std::string::npos || text.size() - point - 1 <= kept) return value;
  text.resize(digits == 0 ? point : point + 1 + kept);
  return *Decimal::parse_lenient(text);
}

}  // namespace bw
