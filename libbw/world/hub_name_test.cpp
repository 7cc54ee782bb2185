#include "world/hub_name.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/text.h"

namespace bw {
namespace {

const WorldId some_world{sha256("a world")};

TEST_CASE("a name holds letters, digits and joints of any script, in small letters") {
  for (const char* name :
       {"ohca", "a", "ohca-shanghai", "急救", "心脏骤停-2026", "köln.aed_map", "7", "ความรู้"}) {
    CAPTURE(name);
    CHECK(hub_name_problem(name) == "");
  }
}

TEST_CASE("a name that looks like a path, an option, an address or another name is refused") {
  for (const char* name :
       {"",     "OHCA", "ＡＥＤ", "a b",   "a/b",      "..",       ".", "-a", "a-", ".a",   "a:b", "a#b",
        "a\tb", "a\nb", "a\"b",   "a\x7f", "a\u200bb", "a\u00adb", "ﬁ", "ß",  "😀",  "\xff", "a\\b"}) {
    CAPTURE(name);
    CHECK(hub_name_problem(name) != "");
  }
  // A right-to-left override (U+202E), in pieces, so that it cannot disguise this source.
  CHECK(hub_name_problem(std::string("a\xe2") + "\x80" + "\xae" + "b") != "");
  CHECK(hub_name_problem(some_world.text()) != "");
}

TEST_CASE("a name has at most 64 characters and 128 bytes") {
  CHECK(hub_name_problem(std::string(64, 'z')) == "");
  CHECK(hub_name_problem(std::string(65, 'z')) != "");
  std::string wide;
  for (int i = 0; i < 42; ++i) wide += "急";
  CHECK(hub_name_problem(wide) == "");
  CHECK(hub_name_problem(wide + "救") != "");
}

TEST_CASE("a title suggests a name") {
  CHECK(suggested_hub_name("Cardiac arrest first aid (OHCA)", some_world) == "cardiac-arrest-first-aid-ohca");
  CHECK(suggested_hub_name("院外心脏骤停急救（OHCA）", some_world) == "院外心脏骤停急救-ohca");
  CHECK(suggested_hub_name("…", some_world) == "world-" + some_world.short_text());
  CHECK(suggested_hub_name("\xff", some_world) == "world-" + some_world.short_text());
  CHECK(suggested_hub_name(some_world.text(), some_world) == "world-" + some_world.short_text());
}

TEST_CASE("whatever a world is called, the name suggested for it can be listed") {
  CHECK(rc::check("suggested names are names", [](const std::string& title) {
    return hub_name_problem(suggested_hub_name(title, some_world)).empty();
  }));
  CHECK(rc::check("of characters too", [] {
    const std::vector<std::string> pieces = {"急", "A", "ß", " ",      "-", "．",
                                             "ﬃ",  "é", "7", "\u0301", "😀", "İ"};
    std::string title;
    for (const auto i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, pieces.size()))) {
      title += pieces[i];
    }
    return hub_name_problem(suggested_hub_name(title, some_world)).empty();
  }));
}

}  // namespace
}  // namespace bw
