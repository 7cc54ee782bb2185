#pragma once
// What the tests that make test vectors share (vectors_test.cpp).

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "base/random.h"
#include "base/strict_json.h"
#include "crypto/signer.h"

namespace bw::testing {

inline std::string view(const auto& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Every drawn byte is the same one, so that salts, nonces and seeds can be read at a glance.
inline Random always(char byte) {
  return [byte](std::size_t count) { return std::string(count, byte); };
}

inline std::unique_ptr<Signer> actor(char byte) {
  return make_signer(std::make_shared<const SecretKey>(std::string(32, byte)));
}

// Compares a file of tests/vectors/ with what was made from its inputs, or writes it.
inline void check_file(const std::string& name, const Json& made) {
  const std::string path = std::string(BW_SOURCE_DIR) + "/tests/vectors/" + name;
  const std::string text = made.dump(2) + "\n";
  if (std::getenv("BW_WRITE_VECTORS") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const bool same = content.str() == text;  // both are too long to be shown
  CHECK_MESSAGE(same, path << " is not what is made from its inputs");
}

}  // namespace bw::testing
