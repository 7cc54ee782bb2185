#include "hub/words.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace bw {
namespace {

std::string words(std::string_view text) {
  return indexed_words(text, 1u << 20);
}

bool finds(std::string_view query, std::string_view text) {
  const std::string indexed = words(text);
  const auto terms = query_terms(query);
  return !terms.empty() &&
         std::all_of(terms.begin(), terms.end(), [&](const Term& term) { return holds(indexed, term); });
}

TEST_CASE("words of spaced scripts are folded and cut at what is no letter, mark or digit") {
  CHECK(words("Learn CPR, and use an AED (2026)!") == "learn cpr and use an aed 2026");
  CHECK(words("ＡＥＤ Straße naïve") == "aed strasse naïve");
  CHECK(words("") == "");
  CHECK(words(" … — !") == "");
  CHECK(words("\xff\xfe") == "");
}

TEST_CASE("scripts without spaces give every character and every pair of neighbours") {
  CHECK(words("急救") == "急 急救 救");
  CHECK(words("心脏骤停") == "心 心脏 脏 脏骤 骤 骤停 停");
  CHECK(words("学AED吧") == "学 aed 吧");
  CHECK(words("２个AED，54.4万人") == "2 个 aed 54 4 万 万人 人");
}

TEST_CASE("a Chinese word of any length is found, and only where its characters follow each other") {
  const char* text = "邻里学会心肺复苏，共同配置自动体外除颤器（AED），一起演练急救。";
  for (const char* query : {"急救", "救", "除颤", "除颤器", "心肺复苏", "自动体外除颤器", "aed", "AED 急救",
                            "学会心肺复苏，急救"}) {
    CAPTURE(query);
    CHECK(finds(query, text));
  }
  for (const char* query : {"救急", "骤停", "猫", "急救 猫", "aedx"}) {
    CAPTURE(query);
    CHECK_FALSE(finds(query, text));
  }
}

TEST_CASE("a word of three characters or more finds what begins with it, a shorter one itself only") {
  CHECK(finds("defib", "Defibrillators in reach"));
  CHECK(finds("cpr", "CPR"));
  CHECK(finds("an", "an aed"));
  CHECK_FALSE(finds("de", "defibrillator"));
  CHECK_FALSE(finds("brill", "defibrillator"));
}

TEST_CASE("operators of a query language are words or nothing") {
  CHECK(query_terms("\"").empty());
  CHECK(query_terms("* -- ^ : ( ) { } + ' ;").empty());
  CHECK(query_terms("NEAR(cpr OR aed)") ==
        std::vector<Term>{{"near", true}, {"cpr", true}, {"or", false}, {"aed", true}});
  CHECK(query_terms("a\"b") == std::vector<Term>{{"a", false}, {"b", false}});
}

TEST_CASE("a query asks for each term once and for no more than the limit") {
  CHECK(query_terms("cpr CPR ｃｐｒ").size() == 1);
  std::string sentence;
  for (int i = 0; i < 5000; ++i) sentence += "word" + std::to_string(i) + " ";
  CHECK(query_terms(sentence).size() == max_query_terms);
  CHECK(query_terms(std::string(1u << 20, 'a')).front().word.size() == max_word_characters);
}

TEST_CASE("the words of a text stay within the bytes that they may take, and none is cut") {
  const std::string text = "alpha beta 心脏骤停 gamma";
  for (std::size_t limit = 0; limit < 60; ++limit) {
    const std::string some = indexed_words(text, limit);
    CHECK(some.size() <= limit);
    CHECK(words(text).starts_with(some));
    if (!some.empty() && some.size() < words(text).size()) CHECK(words(text)[some.size()] == ' ');
  }
}

TEST_CASE("whatever bytes are asked for, terms hold letters, marks and digits only") {
  const bool ok = rc::check("terms are harmless", [](const std::string& bytes) {
    for (const Term& term : query_terms(bytes)) {
      RC_ASSERT(!term.word.empty());
      RC_ASSERT(term.word.find_first_of(" \"*()^:+-{}'\n\t;") == std::string::npos);
    }
    return indexed_words(bytes, 100).size() <= 100;
  });
  CHECK(ok);
}

TEST_CASE("every text finds itself") {
  const bool ok = rc::check("text finds itself", [] {
    const std::vector<std::string> pieces = {"急", "救", "a", "b", "Ab", " ", "，",
                                             "한", "글", "é", "7", "ก",  "-"};
    std::string text;
    for (const auto i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, pieces.size()))) {
      text += pieces[i];
    }
    const std::string indexed = words(text);
    for (const Term& term : query_terms(text)) RC_ASSERT(holds(indexed, term));
    return true;
  });
  CHECK(ok);
}

}  // namespace
}  // namespace bw
