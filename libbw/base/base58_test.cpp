#include "base/base58.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"

using namespace bw;

TEST_CASE("the examples of the base58 draft are written and read") {
  const std::pair<std::string, std::string> examples[] = {
      {"Hello World!", "2NEpo7TZRRrLZSi2U"},
      {"The quick brown fox jumps over the lazy dog.",
       "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"},
      {from_hex("0000287fb4cd").value(), "11233QC4"},
      {"", ""},
      {std::string(3, '\0'), "111"},
  };
  for (const auto& [bytes, text] : examples) {
    CHECK(to_base58btc(bytes) == text);
    CHECK(from_base58btc(text) == bytes);
  }
}

TEST_CASE("bytes and their base58 text are one to one") {
  CHECK(rc::check("bytes come back", [] {
    const auto zeros = *rc::gen::inRange<std::size_t>(0, 4);
    auto bytes = std::string(zeros, '\0') + *rc::gen::arbitrary<std::string>();
    bytes.resize(std::min(bytes.size(), max_base58_bytes));
    return from_base58btc(to_base58btc(bytes)) == bytes;
  }));
  CHECK(rc::check("a text comes back", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('1', '2', '9', 'A', 'Z', 'a', 'z'));
    const auto bytes = from_base58btc(text);
    return bytes && to_base58btc(*bytes) == text;
  }));
}

TEST_CASE("what is not base58, or longer than keys and signatures can be, is refused") {
  for (const char bad : {'0', 'O', 'I', 'l', '+', ' ', '\0', '\x80'}) {
    CHECK_FALSE(from_base58btc(std::string("2NEpo7TZ") + bad));
    CHECK_FALSE(from_base58btc(std::string(1, bad)));
  }
  const std::string longest(max_base58_bytes, '\xff');
  CHECK(from_base58btc(to_base58btc(longest)) == longest);
  CHECK_FALSE(from_base58btc(to_base58btc(longest) + "1"));
  CHECK_FALSE(from_base58btc(std::string(max_base58_bytes + 1, '1')));
  CHECK_FALSE(from_base58btc(std::string(1'000'000, '1')));
  CHECK_FALSE(from_base58btc(std::string(1'000'000, 'z')));
  CHECK_THROWS_AS(to_base58btc(std::string(max_base58_bytes + 1, 'x')), Error);
}
