#include "definition/report.h"

#include <doctest/doctest.h>

namespace bw {
namespace {

const std::vector<Problem> two = {
    {Severity::error, "betterworld.yaml", 2, 7, "unknown-indicator", "no indicator is called \"aedz\"",
     "did you mean \"aeds\"?"},
    {Severity::warning, "tools/a,b:c.yaml", 1, 1, "x", "50% sure\nreally", ""},
};

TEST_CASE("the text shows the line and a caret under the column, wide characters counted as two") {
  const DefinitionFiles files = {{"betterworld.yaml", "a: 1\n标题: x: aedz\n"}};
  CHECK(problems_as_text({two[0]}, files, false) ==
        "betterworld.yaml:2:7: error: no indicator is called \"aedz\" [unknown-indicator]\n"
        "    2 | 标题: x: aedz\n"
        "      |         ^\n"
        "      = did you mean \"aeds\"?\n\n"
        "1 error\n");
  CHECK(problems_as_text(two, {}, false).ends_with("\n1 error, 1 warning\n"));
  CHECK(problems_as_text({}, files, true).empty());
}

TEST_CASE("the text cannot move the cursor of a terminal") {
  const std::string override_order = {'\xE2', '\x80', '\xAE'};  // U+202E
  const DefinitionFiles files = {{"x", "a: \x1b[2J\tb" + override_order + "\n"}};
  const std::string text =
      problems_as_text({{Severity::error, "x", 1, 4, "c", "bad \x1b[31m", "h\ni"}}, files, false);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find(override_order) == std::string::npos);
  CHECK(problems_as_text(two, {}, true).find("\x1b[1;31m") != std::string::npos);
}

TEST_CASE("a problem beyond the end of its line, or in a long one, is still shown") {
  const DefinitionFiles files = {{"x", "a:\n" + std::string(5000, 'y') + "Z" + std::string(5000, 'y')}};
  CHECK(problems_as_text({{Severity::error, "x", 1, 99, "c", "m", ""}}, files, false).find("a:") !=
        std::string::npos);
  const std::string text = problems_as_text({{Severity::error, "x", 2, 5001, "c", "m", ""}}, files, false);
  CHECK(text.size() < 1000);
  const std::size_t line = text.find("    2 | ");
  const std::size_t caret = text.find('^') - text.find("      | ");
  CHECK(text[line + caret] == 'Z');
}

TEST_CASE("json has one object per problem") {
  CHECK(problems_as_json(two)[0].dump() ==
        R"({"code":"unknown-indicator","column":7,"file":"betterworld.yaml","hint":"did you mean \"aeds\"?",)"
        R"("line":2,"message":"no indicator is called \"aedz\"","severity":"error"})");
  CHECK(problems_as_json({}).dump() == "[]");
}

TEST_CASE("github annotations are escaped as the runner unescapes them") {
  CHECK(problems_as_github(two) ==
        "::error file=betterworld.yaml,line=2,col=7,title=unknown-indicator::no indicator is called "
        "\"aedz\"%0Adid you mean \"aeds\"?\n"
        "::warning file=tools/a%2Cb%3Ac.yaml,line=1,col=1,title=x::50%25 sure%0Areally\n");
}

TEST_CASE("sarif names rules, levels and places") {
  const Json log = problems_as_sarif(two, "0.1.0");
  CHECK(log["version"] == "2.1.0");
  const Json& run = log["runs"][0];
  CHECK(run["tool"]["driver"]["rules"].size() == 2);
  CHECK(run["columnKind"] == "unicodeCodePoints");
  CHECK(run["results"][0]["level"] == "error");
  const Json& place = run["results"][1]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "tools/a%2Cb%3Ac.yaml");
  CHECK(place["region"]["startLine"] == 1);
}

}  // namespace
}  // namespace bw
