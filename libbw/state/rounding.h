#pragma once
// Rounding of amounts to what their unit can say.

#include "base/decimal.h"

namespace bw {

// The nearest value towards zero with at most `digits` after the point (0 to 9).
Decimal rounded_down(Decimal value, int digits);

}  // namespace bw
