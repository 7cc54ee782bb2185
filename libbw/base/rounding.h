#pragma once
// Rounding of amounts to what their unit can say.

#include "base/decimal.h"

namespace bw {

// The nearest value towards zero with at most `digits` after the point (0 to 9).
Decimal rounded_down(Decimal value, int digits);
// The nearest value, of two equally near ones that whose last digit is even. Throws Error(invalid) where it
// would not fit.
Decimal rounded_half_even(Decimal value, int digits);

// The greatest whole number that is not above it, the least that is not below it. Both throw Error(invalid)
// where it would not fit.
Decimal floor_of(Decimal value);
Decimal ceiling_of(Decimal value);

}  // namespace bw
