#include "definition/yaml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "definition/places_for_tests.h"

namespace bw::yaml {
namespace {

// "3:5 yaml-duplicate-key" for each problem.
std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> all;
  for (const Problem& p : parse(text, "x.yaml").problems)
    all.push_back(fmt::format("{}:{} {}", p.line, p.column, p.code));
  return all;
}

using Places = std::vector<std::string>;

Node read(std::string_view text) {
  Document document = parse(text, "x.yaml");
  REQUIRE_MESSAGE(document.problems.empty(), document.problems.front().message);
  return *document.root;
}

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

std::string span_of(std::string_view text, const Node& node) {
  return std::string(text.substr(node.span.begin, node.span.end - node.span.begin));
}

TEST_CASE("scalars have the types of the YAML 1.2 core schema") {
  const Node root = read(
      "[no, off, 0o17, 0x1F, 12, -3, +4, 0.5, 1e3, .inf, .nan, true, FALSE, ~, null, 2026-01-01, \"3\", "
      "1_0]");
  std::string kinds;
  for (const Node& item : root.children) {
    switch (item.kind) {
      case Kind::string:
        kinds += 's';
        break;
      case Kind::integer:
        kinds += 'i';
        break;
      case Kind::real:
        kinds += 'r';
        break;
      case Kind::boolean:
        kinds += 'b';
        break;
      default:
        kinds += 'n';
    }
  }
  CHECK(kinds == "ssiiiiirrrrbbnnsss");
  CHECK(to_json(root).dump().starts_with("[\"no\",\"off\",15,31,12,-3,4,0.5,1000.0"));
}

TEST_CASE("places count lines from one and columns in characters") {
  const std::string text = "名: \"é\"\nlist: [ü, 3]\nb:\n  - x\n  -\n";
  const Node root = read(text);
  CHECK(root.children[0].mark == Mark{1, 4});
  CHECK(root.children[1].children[1].mark == Mark{2, 11});
  CHECK(root.children[2].children[0].mark == Mark{4, 5});
  CHECK(root.children[2].children[1].mark == Mark{5, 3});
  CHECK(root.children[2].key_mark == Mark{3, 1});
}

TEST_CASE("the span of a value is its source, without comments") {
  const std::string text =
      "a: plain\n  multi  line\n\n  end   # c\nb: 'it''s' # d\nc: \"x\\\"y\"\nd: |\n  one\n\n  two\n\n# "
      "e\ne: >-\n"
      "    folded\n  # f\nf: [1, # g\n  2]\ng: {a: b, c: [d]} # h\nh: &x !!str 3\ni: *x\nj:\nk: |2\n    "
      "odd\nl: ~ #\n"
      "m: |+\n  kept\n\nn: null\n";
  const Node root = read(text);
  const auto span = [&](std::string_view key) { return span_of(text, *root.find(key)); };
  CHECK(span("a") == "plain\n  multi  line\n\n  end");
  CHECK(span("b") == "'it''s'");
  CHECK(span("c") == "\"x\\\"y\"");
  CHECK(span("d") == "|\n  one\n\n  two\n");
  CHECK(span("e") == ">-\n    folded\n");
  CHECK(span("f") == "[1, # g\n  2]");
  CHECK(span("g") == "{a: b, c: [d]}");
  CHECK(span("h") == "&x !!str 3");
  CHECK(span("i") == "*x");
  CHECK(span("j").empty());
  CHECK(span("k") == "|2\n    odd\n");
  CHECK(root.find("k")->text == "  odd\n");
  CHECK(span("l") == "~");
  CHECK(span("m") == "|+\n  kept\n\n");
  CHECK(span("n") == "null");
  CHECK(root.find("i")->text == "3");
  CHECK(root.find("j")->mark == root.find("j")->key_mark);
}

TEST_CASE("a missing value before a key called null is still missing") {
  const Node root = read("a:\n\"null\": 1\n");
  CHECK(root.children[0].kind == Kind::null);
  CHECK(root.children[0].span.begin == 2);
}

TEST_CASE("every key given twice is named with its place") {
  CHECK(places("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n") ==
        Places{"5:3 yaml-duplicate-key", "6:1 yaml-duplicate-key"});
  CHECK(parse("a: 1\na: 2\n", "").root->children.size() == 1);
  CHECK(parse("a: 1\na: 2\n", "").problems[0].message ==
        "the key \"a\" stands here a second time; the first is on line 1");
}

TEST_CASE("what is no text is refused as a key") {
  CHECK(places("1: x\ntrue: y\n? [a]\n: b\n~: z\n") ==
        Places{"1:1 yaml-key", "2:1 yaml-key", "3:3 yaml-key", "5:1 yaml-key"});
  CHECK(places("<<: {a: 1}\n") == Places{"1:1 yaml-merge-key"});
  CHECK(places(repeated("k", 300) + ": 1\n") == Places{"1:1 yaml-key"});
}

TEST_CASE("tags outside the core schema are refused") {
  CHECK(places("a: !!python/object:os.system x\nb: !!str 1\nc: !!int x\nd: !mine {}\ne: !!binary aa\n") ==
        Places{"1:4 yaml-tag", "3:4 yaml-tag", "4:4 yaml-tag", "5:4 yaml-tag"});
  CHECK(read("a: !!str 1\n").children[0].kind == Kind::string);
  CHECK(read("a: !!float 1\nb: !!seq []\nc: !!map {}\n").children[0].kind == Kind::real);
}

TEST_CASE("bytes that are no text are refused with their place") {
  CHECK(places("\xEF\xBB\xBF"
               "a: 1\n") == Places{"1:1 yaml-bom"});
  CHECK(places("a: 1\nb: \xC3\x28\n") == Places{"2:4 yaml-encoding"});
  CHECK(places("a: \xED\xA0\x80\n") == Places{"1:4 yaml-encoding"});
  CHECK(places(std::string("a: 1\n\0b: 2\n", 11)) == Places{"2:1 yaml-control-character"});
  CHECK(places("a: \x1b[31m\n") == Places{"1:4 yaml-control-character"});
  CHECK(places("a: \x04\n") == Places{"1:4 yaml-control-character"});
  CHECK(places("a: 1\rb: 2\n") == Places{"1:5 yaml-control-character"});
  CHECK(places("a: \"\\0\"\nb: \"\\x1b\"\n") ==
        Places{"1:4 yaml-control-character", "2:4 yaml-control-character"});
  CHECK(places(std::string("\xFF\xFE"
                           "a\0",
                           4)) == Places{"1:1 yaml-encoding"});
  CHECK(places("a: 1\r\nb: 2\r\n").empty());
}

TEST_CASE("an empty file says how to start") {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    CAPTURE(text);
    const Document document = parse(text, "x");
    CHECK((document.root ? document.root->kind == Kind::null : places(text) == Places{"1:1 yaml-empty"}));
  }
}

TEST_CASE("tabs in indentation are named kindly, tabs elsewhere are fine") {
  CHECK(places("a:\n\t- b\n") == Places{"2:1 yaml-tab"});
  CHECK(places("a:\n  - b\n  \t- c\n") == Places{"3:3 yaml-tab"});
  CHECK(places("a:\n\tb: c\n") == Places{"2:1 yaml-tab"});
  CHECK(places("a: b\t# c\nd: |\n  one\n  \ttwo\ne: 1\n").empty());
  CHECK(places("e: 1\n\t\n") == Places{"2:1 yaml-tab"});
}

TEST_CASE("broken syntax is explained where it breaks") {
  CHECK(places("a: b: c\n") == Places{"1:5 yaml-syntax"});
  CHECK(places("a: [1, 2\nb: 3\n") == Places{"1:4 yaml-syntax"});
  CHECK(places("a: {b: 1\n") == Places{"1:4 yaml-syntax"});
  CHECK(places("a: 1\nb: \"never\nclosed\n") == Places{"2:4 yaml-syntax"});
  CHECK(places("a: @x\n") == Places{"1:4 yaml-syntax"});
  CHECK(places("a: 'b' c\n") == Places{"1:8 yaml-syntax"});
  CHECK(places("a: *nowhere\n") == Places{"1:4 yaml-syntax"});
  CHECK(places("a: \"\\ud800\"\n").size() == 1);
  CHECK(places("- a\nb: c\n") == Places{"2:1 yaml-syntax"});
  CHECK(places("  a: 1\nb: 2\n") == Places{"2:1 yaml-syntax"});
  CHECK(parse("a: b: c\n", "").problems[0].hint.find("quotes") != std::string::npos);
}

TEST_CASE("only one document without directives is read") {
  CHECK(places("a: 1\n---\nb: 2\n") == Places{"3:1 yaml-documents"});
  CHECK(places("a: 1\n...\nb\n") == Places{"3:1 yaml-documents"});
  CHECK(places("%YAML 1.2\n---\na: 1\n") == Places{"1:1 yaml-directive"});
  CHECK(places("---\na: 1\n...\n").empty());
  CHECK(places(",").size() == 1);
}

TEST_CASE("exploding aliases are stopped and circles are named") {
  std::string laughs = "a0: &a0 [ha, ha]\n";
  for (int i = 1; i < 60; ++i)
    laughs += fmt::format("a{}: &a{} [*a{}, *a{}, *a{}]\n", i, i, i - 1, i - 1, i - 1);
  CHECK(parse(laughs, "").problems.at(0).code == "yaml-too-many-nodes");
  const std::string long_text = "a: &a " + repeated("x", 1 << 19) + "\nb: [" + repeated("*a ,", 5000) + "]\n";
  CHECK(parse(long_text, "").problems.at(0).code == "yaml-too-many-nodes");
  CHECK(places("a: &a [1, *a]\n") == Places{"1:11 yaml-alias-cycle"});
  CHECK(places("a: &a {b: {c: *a}}\n") == Places{"1:15 yaml-alias-cycle"});
  CHECK(places("&k a: 1\nb: *k\n").size() == 1);
}

TEST_CASE("a file nested without end, or without end at all, is refused") {
  for (const std::string_view opening : {"[", "{", "- ", "? ", "[{", "{a: [", "- - ? ", "{? ", ": "}) {
    CAPTURE(opening);
    const Document document = parse(repeated(opening, 100'000), "");
    CHECK(!document.root);
    CHECK(has_errors(document.problems));
  }
  CHECK(places(repeated("[", 65) + repeated("]", 65)) == Places{"1:65 yaml-too-deep"});
  CHECK(places(repeated("[", 64) + repeated("]", 64)).empty());
  CHECK(parse("[" + repeated("a,", 300'000) + "]", "").problems.at(0).code == "yaml-too-many-nodes");
  CHECK(parse(repeated("-\n", 300'000), "").problems.at(0).code == "yaml-too-many-nodes");
  CHECK(parse(repeated("a: 1\n", 90'000), "").problems.size() == 100);
  CHECK(places(repeated("a", 10u << 20)) == Places{"1:1 yaml-too-large"});
  for (const std::string_view noise :
       {"&a ", "!a ", "*a ", "\"a\"", "'", "\"", ",", "x:", "[]", "---\n", "%"})
    CHECK(parse(repeated(noise, 299'999 / noise.size()), "").problems.size() >= 1);
}

TEST_CASE("any bytes are read without harm") {
  CHECK(rc::check("random text over the YAML alphabet", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ab:- \n\n  []{},&*!|>'\"#%?~\t\\1.\xC3\xA9")));
    const Document document = parse(text, "x");
    for (const Problem& p : document.problems) RC_ASSERT(p.line >= 1 && p.column >= 1);
    if (document.root) RC_ASSERT(document.root->span.end <= text.size());
  }));
}

TEST_CASE("meaning ignores style, order of keys and how a decimal is written") {
  CHECK(same(read("{a: 1, b: [x]}"), read("b:\n- 'x'\na: 1.0\n")));
  CHECK(same(read("a: \"3\""), read("a: 3")));
  CHECK(!same(read("a: \"03\""), read("a: \"3\"")));
  CHECK(!same(read("[a, b]"), read("[b, a]")));
  CHECK(!same(read("a: no"), read("a: ~")));
}

}  // namespace
}  // namespace bw::yaml
