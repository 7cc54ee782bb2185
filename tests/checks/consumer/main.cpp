#include <cstdio>

#include <base/bytes.h>
#include <crypto/hash.h>

// FIPS 180-4, the example "abc".
int main() {
  const bool right =
      bw::sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" &&
      bw::to_base64url("libbw") == "bGliYnc";
  std::puts(right ? "linked and right" : "linked, but wrong");
  return right ? 0 : 1;
}
