#include "crypto/mac.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace bw {
namespace {

TEST_CASE("a seal is that of RFC 4231, case 1, whose key is filled up with zeros") {
  const std::string key = std::string(20, '\x0b') + std::string(12, '\0');
  CHECK(mac(key, "Hi There").hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_CASE("a seal is known again for its key and bytes alone") {
  const std::string key(mac_key_bytes, 'k');
  const Digest seal = mac(key, "bytes");
  CHECK(is_mac(seal, key, "bytes"));
  CHECK_FALSE(is_mac(seal, key, "bytez"));
  CHECK_FALSE(is_mac(seal, std::string(mac_key_bytes, 'l'), "bytes"));
  CHECK_FALSE(is_mac(Digest{}, key, "bytes"));
  CHECK_THROWS_AS(mac("short", "bytes"), Error);
}

}  // namespace
}  // namespace bw
