#include "credential/jcs.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace bw;

namespace {

constexpr std::size_t plenty = 1 << 20;

std::string canonical(std::string_view text) {
  const auto value = jcs::parse(text, plenty);
  REQUIRE_MESSAGE(value, value.reason());
  const auto written = jcs::text(*value);
  REQUIRE_MESSAGE(written, written.reason());
  return *written;
}

std::string refusal(std::string_view text) {
  const auto value = jcs::parse(text, plenty);
  return value ? jcs::text(*value).reason() : value.reason();
}

}  // namespace

TEST_CASE("members are sorted by UTF-16 code units, as in the example of RFC 8785 §3.2.3") {
  CHECK(canonical(R"({
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })") ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
        "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        "\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("strings and literals are written as in the example of RFC 8785 §3.2.2") {
  CHECK(canonical(R"({
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })") == "{\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST_CASE("the order of names is that of their UTF-16 text, whatever the names") {
  const auto utf16 = [](const std::vector<char32_t>& points) {
    std::u16string text;
    for (const char32_t point : points) {
      if (point >= 0x10000) text += static_cast<char16_t>(0xd7c0 + (point >> 10));
      text += static_cast<char16_t>(point >= 0x10000 ? 0xdc00 | (point & 0x3ff) : point);
    }
    return text;
  };
  const auto escaped = [](const std::u16string& text) {
    std::string result = "\"";
    for (const char16_t unit : text) result += fmt::format("\\u{:04x}", static_cast<unsigned>(unit));
    return result + '"';
  };
  CHECK(rc::check("two names", [&] {
    const auto points = rc::gen::container<std::vector<char32_t>>(
        rc::gen::element<char32_t>('a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff));
    const auto one = utf16(*points);
    const auto two = utf16(*points);
    RC_PRE(one != two);
    const auto [less, more] = std::minmax(one, two);
    return canonical("{" + escaped(more) + ":2," + escaped(less) + ":1}") ==
           "{" + canonical(escaped(less)) + ":1," + canonical(escaped(more)) + ":2}";
  }));
}

TEST_CASE("a strict text of ours is its own canonical text") {
  for (const std::string_view text :
       {R"({"a":[1,-2,{"b":null}],"c":"é\n\u0001"})", "[]", "{}", "9007199254740991", R"("\\")"}) {
    REQUIRE(strict_json::problem(text).empty());
    CHECK(canonical(text) == text);
  }
}

TEST_CASE("numbers that are no integers below 2^53 have no canonical text here") {
  for (const std::string_view number : {"0.5", "1.0", "1e2", "-0.0", "1e400", "9007199254740992",
                                        "-9007199254740992", "18446744073709551616"}) {
    CAPTURE(number);
    CHECK_FALSE(refusal("{\"a\":[" + std::string(number) + "]}").empty());
  }
  CHECK(canonical("-9007199254740991") == "-9007199254740991");
}

TEST_CASE("what two readers could understand differently is refused") {
  CHECK(refusal(R"({"a":1,"b":{"a":2,"\u0061":3}})") == "the name \"a\" stands twice in an object");
  CHECK(canonical(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})") == R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})");
  for (const std::string_view text :
       {"", " ", "{", "[1,]", "{\"a\":1,}", "01", "+1", "nul", "'a'", "[1] 2", "\"\xff\"", "\"\xc0\x80\"",
        "\"\n\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\x41\"", "\xef\xbb\xbf{}", "// a\n1", "NaN"}) {
    CAPTURE(text);
    CHECK_FALSE(refusal(text).empty());
  }
  CHECK_FALSE(refusal(std::string_view("1\0", 2)).empty());
}

TEST_CASE("size and depth are bounded, and long arrays take no longer than their length") {
  CHECK(jcs::parse("[1]", 3));
  CHECK_FALSE(jcs::parse("[1]", 2));
  const std::string deepest = std::string(jcs::max_depth, '[') + std::string(jcs::max_depth, ']');
  CHECK(canonical(deepest) == deepest);
  CHECK(refusal("[" + deepest + "]") == "nested too deeply");
  CHECK(refusal(std::string(plenty, '[')) == "nested too deeply");
  Json deep = nullptr;
  for (int i = 0; i <= jcs::max_depth; ++i) deep = Json::array({deep});
  CHECK(jcs::text(deep).reason() == "nested too deeply");

  std::string objects = "[";
  while (objects.size() + 3 < plenty) objects += "{},";
  objects.back() = ']';
  CHECK(canonical(objects) == objects);
}

TEST_CASE("what no JSON text can say has no canonical text") {
  CHECK_FALSE(jcs::text(Json("\xff")));
  CHECK_FALSE(jcs::text(Json::binary({1})));
  CHECK_FALSE(jcs::text(Json({{"\xff", 1}})));
}
