#pragma once
// What tests say about errors.

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/error.h"

namespace bw::testing {

// The error that `act` throws; the test fails where it throws none.
template <class Act>
Error error_from(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return {ErrorCode::usage, ""};
}

// The error that `act` throws, as "code: what | hint"; empty where it throws none.
template <class Act>
std::string error_of(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what() + " | " + error.hint();
  }
  return "";
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace bw::testing
