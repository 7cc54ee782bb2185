#include "crypto/hash.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"

using namespace bw;

TEST_CASE("SHA-256 gives the values that FIPS 180-4 gives") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1'000'000, 'a')).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest over parts is the digest over the whole") {
  CHECK(rc::check("in any cut", [](const std::string& a, const std::string& b, const std::string& c) {
    Sha256 parts;
    parts.add(a).add(b);
    Sha256 moved = std::move(parts);
    return moved.add(c).finish() == sha256(a + b + c);
  }));
}

TEST_CASE("a digest has one text and one byte form") {
  const Digest digest = sha256("abc");
  CHECK(Digest::from_hex(digest.hex()) == digest);
  CHECK(Digest::from_bytes(digest.view()) == digest);
  CHECK_FALSE(Digest::from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
  CHECK_FALSE(Digest::from_hex(digest.hex() + "00"));
  CHECK_FALSE(Digest::from_hex(digest.hex().substr(1)));
  CHECK_FALSE(Digest::from_hex(std::string(64, 'g')));
  CHECK_FALSE(Digest::from_hex(""));
  CHECK_FALSE(Digest::from_bytes(std::string(31, 'x')));
  CHECK_FALSE(Digest::from_bytes(std::string(33, 'x')));
}
