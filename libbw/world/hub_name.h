#pragma once
// The names under which a Hub lists worlds, made to be typed: 1 to 64 letters, marks and digits of any
// script with `-`, `_` and `.` between them, NFKC-casefolded (base/text.h), so that a name has one form
// and none looks like a path, an address, an option or the id of a world.

#include <string>
#include <string_view>

#include "stream/ids.h"

namespace bw {

// Why this cannot be a name; empty where it can.
std::string hub_name_problem(std::string_view name);

// A name made of the words of `title`; of the id where it has no words.
std::string suggested_hub_name(std::string_view title, const WorldId& world);

}  // namespace bw
