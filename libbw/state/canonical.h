#pragma once
// Reading back what a state wrote. A value of the state has one JSON form; what does not come out the same
// when it is written again is refused, so that equal states are equal bytes and a snapshot cannot hide a
// second reading.

#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/error.h"
#include "base/strict_json.h"

namespace bw {

// `read(json)`, where the value it gives has `Json json() const`. Throws Error(invalid), naming `what`,
// where the JSON has another shape or is not the canonical form of the value.
template <class Read>
auto read_canonical(std::string_view what, const Json& json, const Read& read) {
  try {
    auto value = read(json);
    // Compared as text: to nlohmann::json 1.0 equals 1.
    if (value.json().dump() == json.dump()) return value;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid, std::string(what) + " has another shape than its JSON form");
  }
  throw Error(ErrorCode::invalid, std::string(what) + " is not in canonical form");
}

// The decimal that a written state holds as text. Throws Error(invalid) where it holds something else.
Decimal read_decimal(const Json& text);

// That member of an object. Throws Error(invalid) where there is none.
const Json& member(const Json& json, const char* name);

// Throws Error(invalid) with that sentence where it does not hold.
void require(bool holds, const char* otherwise);

}  // namespace bw
