#pragma once
// Charts: a figure over time as a picture, for a terminal and for a file.

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"

namespace bw::cli {

struct Curve {
  std::string title;
  std::string unit;
  std::vector<std::pair<Timestamp, Decimal>> steps;  // the value from each moment on; ascending
  std::optional<Decimal> target;
  std::optional<Timestamp> due;
  Timestamp now;
};

// Rows of block characters, `columns` wide and `rows` high, with the scale at the left and the dates below.
std::string chart_text(const Curve& curve, UtcOffset offset, std::size_t columns, std::size_t rows);

// The same as an SVG 1.1 document; titles are escaped.
std::string chart_svg(const Curve& curve, UtcOffset offset);

}  // namespace bw::cli
