#pragma once
// Decay: a declared loss per window of time, 10 % a month, taken at the end of each. What is left after n
// windows is value × (1 − loss)^n, however large n is: the power is made by squaring, in at most 126
// multiplications of numbers with 18 digits after the point, each rounded down; then the product with the
// value is rounded towards zero to as many digits as its unit has. One step of n windows can therefore leave
// a little more than n steps of one, in each of which the unit rounds; a rule says which of the two it means.

#include <cstdint>

#include "base/decimal.h"
#include "state/window.h"

namespace bw {

struct Decay {
  Decimal loss;  // of the value, 0 … 1, in each window
  Window per = Window::month;
};

// What is left of `value` after so many windows, with at most `digits` after the point (0 to 9). Not further
// from zero than `value`. Error(usage) where the loss is not within 0 … 1; no windows leave the value as it
// is.
Decimal decayed(Decimal value, Decimal loss, std::int64_t windows, int digits);

// The same after the windows that ended from `since` to `now`; none where `now` is not later.
Decimal decayed(Decimal value, const Decay& decay, Timestamp since, Timestamp now, UtcOffset offset,
                int digits);

}  // namespace bw
