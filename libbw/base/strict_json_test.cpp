#include "base/strict_json.h"

#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

using namespace bw;

namespace {

struct Refused {
  std::string_view text;
  const char* reason;  // how it begins
};

bool accepts(std::string_view text) {
  return strict_json::problem(text).empty();
}

rc::Gen<std::string> any_key() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', 'b', 'z', '0', '9', '_')));
}

rc::Gen<std::string> any_string() {
  const auto part = rc::gen::element<std::string>(
      "a", "Z", " ", "\"", "\\", "/", "\n", "\t", "\b", "\f", "\r", std::string(1, '\0'), "\x01", "\x1f",
      "\x7f", "é", "急救", "🚑", "\u2028", "plain words that fill more than eight bytes");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(part),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& each : parts) text += each;
                        return text;
                      });
}

Json any_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::inRange<std::int64_t>(-strict_json::max_integer, strict_json::max_integer + 1);
    case 3:
      return *rc::gen::inRange(-100, 100);
    case 4:
      return *any_string();
    case 5: {
      Json array = Json::array();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) array.push_back(any_value(depth - 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) object[*any_key()] = any_value(depth - 1);
      return object;
    }
  }
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

// The subset in other words: nlohmann's parser reads the text and writes it again alike, and every
// key, number and depth is one that the format allows.
bool in_subset(const Json& value, int depth = 0) {
  if (value.is_number_float()) return false;
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= strict_json::max_integer;
  if (value.is_number_integer()) return value.get<std::int64_t>() >= -strict_json::max_integer;
  if (!value.is_structured()) return true;
  if (depth == strict_json::max_depth) return false;
  for (const auto& [key, member] : value.items()) {
    if (value.is_object() && (key.empty() || key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") !=
                                                 std::string::npos)) {
      return false;
    }
    if (!in_subset(member, depth + 1)) return false;
  }
  return true;
}

bool accepted_by_another_reading(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return !value.is_discarded() && in_subset(value) && value.dump() == text;
}

}  // namespace

TEST_CASE("every value of the subset has a text that is accepted and reads back the same") {
  CHECK(rc::check("value round trip", [] {
    const Json value = any_value(4);
    const std::string text = strict_json::text(value);
    RC_ASSERT(accepts(text));
    const Result<Json> again = strict_json::parse(text);
    RC_ASSERT(again);
    RC_ASSERT(*again == value);
  }));
}

TEST_CASE("two parsers never disagree about a mutated text") {
  CHECK(rc::check("accepted exactly where another parser writes the same bytes", [] {
    std::string text = any_value(3).dump();
    for (int edits = *rc::gen::inRange(0, 3); edits > 0; --edits) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
      const auto piece =
          *rc::gen::element<std::string>(" ", "\"", "\\", "0", "-", ".", "e1", ",", ":", "{", "}", "[", "]",
                                         "\\u0041", "\\u001f", "\\/", "\\n", "\n", "\x7f", "é", "\xc3",
                                         "\xed\xa0\x80", "A", "a", std::string(1, '\0'), "null", "\"a\":1,");
      if (*rc::gen::arbitrary<bool>() && at < text.size()) {
        text.replace(at, *rc::gen::inRange<std::size_t>(1, 4), piece);
      } else {
        text.insert(at, piece);
      }
    }
    RC_CLASSIFY(accepts(text));
    RC_ASSERT(accepts(text) == accepted_by_another_reading(text));
  }));
}

TEST_CASE("a stop byte is seen at every place of a string") {
  // The scanner takes eight bytes at a time; no position may hide a byte from it.
  for (std::size_t length = 1; length <= 20; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = "\"" + std::string(length, 'x') + "\"";
        text[place + 1] = static_cast<char>(byte);
        const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        if (accepts(text) != plain) FAIL("byte " << byte << " at " << place << " of " << length);
      }
    }
  }
}

TEST_CASE("one value has one text") {
  for (const char* text : {"null", "true", "false", "0", "-1", "9007199254740991", "-9007199254740991",
                           "\"\"", "[]", "{}", "[1,2]", "{\"a\":1,\"b\":{\"0\":[],\"_\":\"\"}}",
                           "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\\u000b\"", "\"/\x7f\u2028急救🚑\""}) {
    CAPTURE(text);
    CHECK(strict_json::problem(text) == "");
    CHECK(strict_json::parse(text)->dump() == text);
  }
}

TEST_CASE("what another parser might read otherwise is refused and the byte named") {
  const Refused refused[] = {
      {"", "not a JSON value at byte 0"},
      {" 1", "not a JSON value at byte 0"},
      {"1 ", "something follows the value at byte 1"},
      {"1\n", "something follows the value at byte 1"},
      {"{} {}", "something follows the value at byte 2"},
      {"\xEF\xBB\xBF{}", "not a JSON value at byte 0"},
      {"[1, 2]", "not a JSON value at byte 3"},
      {"{\"a\": 1}", "not a JSON value at byte 5"},
      {"{ \"a\":1}", "an object key is missing at byte 1"},
      {"{\"b\":1,\"a\":1}", "the object key \"a\" is out of order"},
      {"{\"a\":1,\"a\":1}", "the object key \"a\" stands twice"},
      {"{\"ab\":1,\"a\":1}", "the object key \"a\" is out of order"},
      {"{\"A\":1}", "an object key is not made of a-z, 0-9 and _"},
      {"{\"\":1}", "an object key is not made of a-z, 0-9 and _"},
      {"{\"a\\u0062\":1}", "an object key is not made of a-z, 0-9 and _"},
      {"{\"a\"1}", "a colon is missing"},
      {"{\"a\":1,}", "an object key is missing"},
      {"{\"a\":1", "an object does not end"},
      {"{\"a", "an object key is not made of a-z, 0-9 and _"},
      {"[1,]", "not a JSON value"},
      {"[1", "an array does not end"},
      {"[", "not a JSON value"},
      {"\"a", "a string does not end"},
      {"\"\\", "an escape that is not needed"},
      {"\"\\u00", "an escape that is not needed"},
      {"\"\\/\"", "an escape that is not needed"},
      {"\"\\u0041\"", "an escape that is not needed"},
      {"\"\\u000a\"", "an escape that is not needed"},
      {"\"\\u001F\"", "an escape that is not needed"},
      {"\"\\u007f\"", "an escape that is not needed"},
      {"\"\\ud800\"", "an escape that is not needed"},
      {"\"\\ud83d\\ude91\"", "an escape that is not needed"},
      {"\"\n\"", "a control character that is not escaped at byte 1"},
      {std::string_view("\"\0\"", 3), "a control character that is not escaped at byte 1"},
      {std::string_view("1\0", 2), "something follows the value at byte 1"},
      {std::string_view("\0", 1), "not a JSON value at byte 0"},
      {"\"\xC0\xAF\"", "text that is not UTF-8 at byte 1"},
      {"\"\xE0\x80\xAF\"", "text that is not UTF-8"},
      {"\"\xED\xA0\x80\"", "text that is not UTF-8"},
      {"\"\xF4\x90\x80\x80\"", "text that is not UTF-8"},
      {"\"\xE6\x80\"", "text that is not UTF-8"},
      {"\"\xE6\x80", "text that is not UTF-8"},
      {"1.0", "a number is not an integer"},
      {"1e3", "a number is not an integer"},
      {"1E3", "a number is not an integer"},
      {"-0", "zero has a sign"},
      {"-0.0", "a number is not an integer"},
      {"01", "an integer has a leading zero"},
      {"-01", "an integer has a leading zero"},
      {"+1", "not a JSON value"},
      {"-", "not a JSON value"},
      {".5", "not a JSON value"},
      {"9007199254740992", "an integer is beyond 2^53-1"},
      {"-9007199254740992", "an integer is beyond 2^53-1"},
      {"99999999999999999999999999", "an integer is beyond 2^53-1"},
      {"NaN", "not a JSON value"},
      {"Infinity", "not a JSON value"},
      {"nul", "not a JSON value"},
      {"True", "not a JSON value"},
      {"'a'", "not a JSON value"},
      {"1//c", "something follows the value"},
  };
  for (const Refused& each : refused) {
    CAPTURE(each.text);
    CHECK(strict_json::problem(each.text).starts_with(each.reason));
    CHECK_FALSE(strict_json::parse(each.text));
  }
}

TEST_CASE("a text is refused wherever it is cut off") {
  const std::string text = R"({"a":[1,{"b":"\n急"},-12],"c":{"d":null}})";
  REQUIRE(accepts(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(accepts(text.substr(0, size)));
  }
}

TEST_CASE("nesting ends at sixteen levels and costs no stack beyond") {
  CHECK(accepts(nested(16)));
  CHECK(strict_json::problem(nested(17)).starts_with("nested deeper than 16 levels"));
  CHECK_FALSE(accepts(std::string(8'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK_FALSE(accepts(objects));
}

TEST_CASE("the members of an object are spans of its text") {
  const std::string text = R"({"a":{"x":[1]},"b":"id","c":-5})";
  const Result<std::vector<strict_json::Member>> found = strict_json::members(text);
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].key == "a");
  CHECK((*found)[0].value == R"({"x":[1]})");
  CHECK((*found)[1].value == R"("id")");
  CHECK((*found)[2].value == "-5");
  CHECK((*found)[1].value.data() == text.data() + text.find("\"id\""));
  CHECK(strict_json::members("{}")->empty());
  CHECK_FALSE(strict_json::members(""));
  CHECK_FALSE(strict_json::members("[]"));
  CHECK_FALSE(strict_json::members("{\"a\":1}x"));
}

TEST_CASE("a plain string is one without any escape") {
  CHECK(strict_json::plain_string("\"z6Mk\"") == "z6Mk");
  CHECK(strict_json::plain_string("\"\"") == "");
  CHECK_FALSE(strict_json::plain_string("\"a\\n\"").has_value());
  for (const char* other : {"", "\"", "1", "null", "[\"a\"]", "{}"})
    CHECK_FALSE(strict_json::plain_string(other).has_value());
}

TEST_CASE("a value outside the subset has no text") {
  Json deep = Json::array();
  for (int i = 0; i < 16; ++i) deep = Json::array({deep});
  const Json refused[] = {1.5,
                          1.0,
                          std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity(),
                          std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::uint64_t>::max(),
                          strict_json::max_integer + 1,
                          "\xff",
                          "\xed\xa0\x80",
                          Json{{"Key", 1}},
                          Json{{"", 1}},
                          Json{{"a", {{"b", std::nan("")}}}},
                          Json::binary({1, 2}),
                          Json(Json::value_t::discarded),
                          deep};
  for (const Json& value : refused) CHECK_THROWS_AS(strict_json::text(value), Error);
}
