#pragma once
// What the tests that make test vectors share (vectors_test.cpp).

#include <memory>
#include <string>

#include "base/random.h"
#include "base/test_vector_file.h"
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

}  // namespace bw::testing
