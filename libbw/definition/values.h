#pragma once
// Single values of a definition, from YAML scalars.

#include <string_view>

#include "base/decimal.h"
#include "base/result.h"
#include "definition/yaml.h"

namespace bw {

// A plain or quoted decimal: no exponent, no plus sign, no leading zeros.
Result<Decimal> decimal_of(const yaml::Node& node);

// Digits after the point.
int fraction_digits(Decimal value);

// The children of the list under `key`; nothing where there is none.
const std::vector<yaml::Node>& list_of(const yaml::Node& node, std::string_view key);

// The text of the scalar under `key`; otherwise empty.
std::string_view text_of(const yaml::Node& node, std::string_view key);

}  // namespace bw
