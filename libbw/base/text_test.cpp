#include "base/text.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <utf8proc.h>

#include "base/error.h"

using namespace bw;

namespace {

std::string utf8(std::int32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(code_point, bytes);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool is_surrogate(std::int32_t code_point) {
  return code_point >= 0xD800 && code_point <= 0xDFFF;
}

// Text made of what trips display code: wide, combining, joined, invisible, hostile and broken parts.
rc::Gen<std::string> awkward_text() {
  const auto part = rc::gen::element<std::string>(
      "a", "Z", " ", "\n", "\x1b[2J", "急", "救", "é", "e\u0301",
      // NOLINTNEXTLINE(misc-misleading-bidirectional): that is what is tested
      "👩‍⚕️", "🇨🇳", "⚠️", "\u202e", "\u200b", "\xff", "\xe6\x80", "ﬁ", "ß", "…");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(part),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& each : parts) text += each;
                        return text;
                      });
}

}  // namespace

TEST_CASE("UTF-8 is well-formed or it is not UTF-8") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("急救 AED \xF4\x8F\xBF\xBF"));
  CHECK(is_utf8(std::string_view("\0", 1)));
  for (const char* bad :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE6\x80", "a\xC3"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("names that people take for the same fold to the same") {
  CHECK(casefold("Ｂｅｔｔｅｒ World") == "better world");
  CHECK(casefold("STRASSE") == casefold("Straße"));
  CHECK(casefold("ﬁne") == "fine");
  CHECK(casefold("e\u0301") == casefold("É"));
  CHECK(casefold("ΣΊΣΥΦΟΣ") == casefold("σίσυφος"));
  CHECK(casefold("①急救") == "1急救");
  CHECK(casefold("a\u200bed\ufeff") == "aed");
  CHECK(casefold("") == "");
  CHECK(casefold(std::string_view("A\0B", 3)) == std::string_view("a\0b", 3));
  CHECK_THROWS_AS(casefold("\xff"), Error);
}

TEST_CASE("folding twice changes nothing more") {
  for (std::int32_t code_point = 0; code_point <= 0xE0FFF; ++code_point) {
    if (is_surrogate(code_point)) continue;
    if (code_point == 0x33000) code_point = 0xE0000;  // nothing is assigned between, or after
    const std::string once = casefold(utf8(code_point));
    if (casefold(once) != once) FAIL("U+" << std::hex << code_point);
  }
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(terminal_width("") == 0);
  CHECK(terminal_width("goal") == 4);
  CHECK(terminal_width("急救") == 4);
  CHECK(terminal_width("e\u0301") == 1);
  CHECK(terminal_width("Ａ") == 2);
  CHECK(terminal_width("한") == 2);
  CHECK(terminal_width("\u1112\u1161\u11ab") == 2);  // the same syllable in jamo
  CHECK(terminal_width("👩‍⚕️") == 2);
  CHECK(terminal_width("🇨🇳") == 2);
  CHECK(terminal_width("👍🏽") == 2);
  CHECK(terminal_width("⚠️") == 2);
  CHECK(terminal_width("⚠") == 1);
  CHECK(terminal_width("\xff\xff") == 2);
}

TEST_CASE("a text is cut between graphemes") {
  CHECK(truncate_to_width("goal", 4) == "goal");
  CHECK(truncate_to_width("goals", 4) == "goa…");
  CHECK(truncate_to_width("急救培训", 8) == "急救培训");
  CHECK(truncate_to_width("急救培训", 7) == "急救培…");
  CHECK(truncate_to_width("急救培训", 6) == "急救…");
  CHECK(truncate_to_width("急救", 1) == "…");
  CHECK(truncate_to_width("急救", 0) == "");
  CHECK(truncate_to_width("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
  CHECK(truncate_to_width("👩‍⚕️👩‍⚕️", 3) == "👩‍⚕️…");
  CHECK(truncate_to_width("", 0) == "");
}

TEST_CASE("a cut text fits, and is the beginning of what it was cut from") {
  CHECK(rc::check("cut text fits", [] {
    const std::string text = *awkward_text();
    const auto columns = *rc::gen::inRange<std::size_t>(0, 20);
    const std::string cut = truncate_to_width(text, columns);
    RC_ASSERT(terminal_width(cut) <= columns);
    if (terminal_width(text) <= columns) {
      RC_ASSERT(cut == text);
    } else if (columns > 0) {
      RC_ASSERT(cut.ends_with("…"));
      RC_ASSERT(text.starts_with(cut.substr(0, cut.size() - std::string_view("…").size())));
    }
  }));
}

TEST_CASE("outside text can neither move a cursor nor disguise itself") {
  CHECK(printable("急救 AED") == "急救 AED");
  CHECK(printable("a\x1b[2J") == "a\ufffd[2J");
  CHECK(printable("a\r\nb") == "a\ufffd\ufffdb");
  CHECK(printable("a\r\nb", true) == "a\ufffd\nb");
  CHECK(printable("\u009b31m\x7f\t") == "\ufffd31m\ufffd\ufffd");
  // NOLINTNEXTLINE(misc-misleading-bidirectional): that is what is tested
  CHECK(printable("a\u202eb\u2066c\u2069") == "a\ufffdb\ufffdc\ufffd");
  CHECK(printable("pay\u200bpal\ufeff\u00ad") == "pay\ufffdpal\ufffd\ufffd");
  CHECK(printable("a\u2028b") == "a\ufffdb");
  CHECK(printable("\xff\xe6\x80z") == "\ufffd\ufffd\ufffdz");
  CHECK(printable(std::string_view("\0", 1)) == "\ufffd");
}

TEST_CASE("what living scripts are written with stays printable") {
  for (const char* text : {"👩‍⚕️", "می‌خواهم", "שלום\u200f!", "क्‍ष", "\u0600١٢",
                           "Ünïcödé", "🇨🇳", "\ufffd"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("printable text is UTF-8 without controls, and stays as it is") {
  CHECK(rc::check("printable is idempotent", [] {
    const std::string shown = printable(*rc::gen::oneOf(awkward_text(), rc::gen::string<std::string>()));
    RC_ASSERT(is_utf8(shown));
    RC_ASSERT(printable(shown) == shown);
    for (const char c : shown) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
  }));
}

TEST_CASE("a typo finds the word that was meant") {
  const std::vector<std::string> known = {"teach-cpr", "donate-device", "map-aed", "write-article",
                                          "急救培训"};
  CHECK(closest("teach-crp", known) == "teach-cpr");
  CHECK(closest("Teach_CPR", known) == "teach-cpr");
  CHECK(closest("map-ade", known) == "map-aed");
  CHECK(closest("donate", known) == "donate-device");
  CHECK(closest("急救培圳", known) == "急救培训");
  CHECK(closest("map-aed", known) == "map-aed");
  CHECK(did_you_mean("wirte-article", known) == "did you mean \"write-article\"?");
}

TEST_CASE("a word that is like none finds none") {
  const std::vector<std::string> known = {"teach-cpr", "a", "go"};
  for (const char* word : {"", "x", "zz", "plant-a-tree", "\xff", "teach-\xff"}) {
    CAPTURE(word);
    CHECK_FALSE(closest(word, known).has_value());
    CHECK(did_you_mean(word, known).empty());
  }
  CHECK_FALSE(closest(std::string(1'000'000, 'a'), known).has_value());
  CHECK_FALSE(closest("teach", {}).has_value());
  const std::vector<std::string> broken = {"\xff", std::string(1'000'000, 'a')};
  CHECK_FALSE(closest("aaaa", broken).has_value());
}

TEST_CASE("the first of equally close words is meant") {
  const std::vector<std::string> known = {"goal-b", "goal-c"};
  CHECK(closest("goal-a", known) == "goal-b");
}

TEST_CASE("a text splits into parts that join to it again") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("", ',') == Parts{""});
  CHECK(split("a", ',') == Parts{"a"});
  CHECK(split(",a,,b,", ',') == Parts{"", "a", "", "b", ""});
  CHECK(rc::check("joining undoes splitting", [](const std::string& text) {
    std::string joined;
    for (const std::string_view part : split(text, 'a')) joined.append(part).push_back('a');
    joined.pop_back();
    RC_ASSERT(joined == text);
  }));
}
