#include "base/bytes.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace bw;

TEST_CASE("base64 gives the vectors of RFC 4648") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
    std::string unpadded = text;
    unpadded.erase(unpadded.find_last_not_of('=') + 1);
    CHECK(to_base64url(bytes) == unpadded);
    CHECK(from_base64url(unpadded) == bytes);
  }
  CHECK(to_base64("\xfb\xff\xfe") == "+//+");
  CHECK(to_base64url("\xfb\xff\xfe") == "-__-");
  CHECK(to_hex("\x01\xab\xff") == "01abff");
}

TEST_CASE("decoding undoes encoding") {
  CHECK(rc::check("round trip", [](const std::string& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
    RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
    RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
  }));
}

TEST_CASE("bytes have one text only") {
  CHECK(rc::check("any accepted text is the one the encoder gives", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element(
        'A', 'Q', 'g', 'w', '0', '9', 'a', 'f', '+', '/', '-', '_', '=', ' ', '\n', '\0', '\xff'));
    if (const auto bytes = from_hex(text)) RC_ASSERT(to_hex(*bytes) == text);
    if (const auto bytes = from_base64(text)) RC_ASSERT(to_base64(*bytes) == text);
    if (const auto bytes = from_base64url(text)) RC_ASSERT(to_base64url(*bytes) == text);
  }));
}

TEST_CASE("a text that the encoder does not give is refused") {
  for (const char* bad : {"0", "0g", "AB", "0x00", " 00", "00 ", "00\n", "0:00"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_hex(bad).has_value());
  }
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9v", "=",
                          "====", "Zm9v=", "-__-", "Zg==Zg==", "A"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad).has_value());
  }
  for (const char* bad : {"Zg==", "Zh", "Zm9", "Zm9v\n", "+//+", "A", "Zm9v="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64url(bad).has_value());
  }
  CHECK_FALSE(from_hex(std::string_view("00\0", 3)).has_value());
  CHECK_FALSE(from_hex(std::string_view("0\0", 2)).has_value());
  CHECK_FALSE(from_base64(std::string_view("Zm9v\0", 5)).has_value());
}

TEST_CASE("lengths are framed with the most significant byte first") {
  CHECK(to_hex(big_endian_64(0x0102030405060708)) == "0102030405060708");
  CHECK(to_hex(big_endian_64(0)) == "0000000000000000");
  CHECK(to_hex(big_endian_32(0xfffefdfc)) == "fffefdfc");
}
