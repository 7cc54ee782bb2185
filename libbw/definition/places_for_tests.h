#pragma once
// Lets doctest print the lists of places that tests compare.

#include <string>
#include <vector>

#include <doctest/doctest.h>

template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& item : list) out += (out.empty() ? "" : " | ") + item;
    return ("{" + out + "}").c_str();
  }
};
