#pragma once
// What a behaviour's definition says of a single claim of it. What depends on other claims, such as limits,
// is not here.

#include <string>
#include <string_view>

#include "base/decimal.h"
#include "definition/model.h"

namespace bw {

// Why a behaviour cannot be claimed so; empty where it can.
std::string unit_problem(const Behaviour& behaviour, std::string_view unit);
std::string quantity_problem(const Definition& definition, const Behaviour& behaviour,
                             const Decimal& quantity);

}  // namespace bw
