#pragma once
// The files of tests/vectors/, as the tests that make and read them share them.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "base/strict_json.h"

namespace bw::testing {

inline std::string vector_file_text(const std::string& name) {
  std::ifstream file(std::string(BW_SOURCE_DIR) + "/tests/vectors/" + name, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Of others, or made before.
inline Json read_vector_file(const std::string& name) {
  return Json::parse(vector_file_text(name));
}

// Compares a file of tests/vectors/ with what was made from its inputs, or writes it.
inline void check_file(const std::string& name, const Json& made) {
  const std::string path = std::string(BW_SOURCE_DIR) + "/tests/vectors/" + name;
  const std::string text = made.dump(2) + "\n";
  if (std::getenv("BW_WRITE_VECTORS") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  const bool same = vector_file_text(name) == text;  // both are too long to be shown
  CHECK_MESSAGE(same, path << " is not what is made from its inputs");
}

}  // namespace bw::testing
