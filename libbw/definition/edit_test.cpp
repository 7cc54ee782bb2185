#include "definition/edit.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "base/files.h"
#include "definition/load.h"
#include "definition/yaml.h"

namespace bw {
namespace {

const std::string source = R"(# head
name: World # the name

goals:
  # About a.
  - id: a
    title: A
    target: 3   # three
  - id: b # bee
    title: B

    # why b
    due: 2027-01-01

  # About c.
  - {id: c, title: C}

stewards: []  # nobody yet
sdgs: [3, 11]
empty:
tail: 1
# foot
)";

std::string changed(std::string_view old_text, std::string_view new_text) {
  std::string text = source;
  return text.replace(text.find(old_text), old_text.size(), new_text);
}

TEST_CASE("setting a scalar changes nothing else on its line") {
  CHECK(set_value(source, {"goals", "a", "target"}, 5) == changed("target: 3", "target: 5"));
  CHECK(set_value(source, {"goals", "a", "target"}, "0.5") == changed("target: 3", "target: 0.5"));
  CHECK(set_value(source, {"name"}, "no") == changed("name: World", "name: \"no\""));
  CHECK(set_value(source, {"goals", "c", "title"}, "a, b") == changed("title: C", "title: \"a, b\""));
  CHECK(set_value(source, {"empty"}, "x") == changed("empty:", "empty: x"));
  CHECK(set_value(source, {"sdgs", "1"}, 12) == changed("11]", "12]"));
}

TEST_CASE("a value of several lines takes the place of another") {
  CHECK(set_value(source, {"name"}, {{"en", "World"}, {"zh-CN", "世界"}}) ==
        changed("name: World # the name\n", "name: # the name\n  en: World\n  zh-CN: 世界\n"));
  const std::string two_lines = set_value(source, {"name"}, "one\ntwo\n");
  CHECK(yaml::parse(two_lines, "").root->find("name")->text == "one\ntwo\n");
  CHECK(set_value("a:\n  en: x\nb: 1\n", {"a"}, "z") == "a: z\nb: 1\n");
}

TEST_CASE("a missing key is added at the end of its mapping") {
  CHECK(set_value(source, {"goals", "a", "due"}, "2027-06-30") ==
        changed("# three\n", "# three\n    due: 2027-06-30\n"));
  CHECK(set_value(source, {"goals", "c", "target"}, 1) == changed("title: C}", "title: C, target: 1}"));
  CHECK(set_value(source, {"licence"}, "CC0-1.0") == changed("tail: 1\n", "tail: 1\nlicence: CC0-1.0\n"));
}

TEST_CASE("items are appended in the style of the list") {
  CHECK(append_item(source, {"goals"}, {{"id", "d"}, {"title", "D: more"}}) ==
        changed("  - {id: c, title: C}\n", "  - {id: c, title: C}\n  - id: d\n    title: \"D: more\"\n"));
  CHECK(append_item(source, {"stewards"}, {{"did", "did:key:z6Mk"}, {"name", "Ada"}}) ==
        changed("stewards: []  # nobody yet\n",
                "stewards:  # nobody yet\n  - did: did:key:z6Mk\n    name: Ada\n"));
  CHECK(append_item(source, {"sdgs"}, 13) == changed("11]", "11, 13]"));
  CHECK(append_item(source, {"empty"}, {{"id", "x"}}) == changed("empty:\n", "empty:\n  - id: x\n"));
  CHECK(append_item(source, {"units"}, {{"id", "x"}}) ==
        changed("tail: 1\n", "tail: 1\nunits:\n  - id: x\n"));
  CHECK_THROWS_AS(append_item(source, {"goals"}, {{"id", "a"}, {"title", "again"}}), Error);
}

TEST_CASE("what is removed takes its comments along") {
  CHECK(remove_value(source, {"goals", "a"}) ==
        changed("  # About a.\n  - id: a\n    title: A\n    target: 3   # three\n", ""));
  CHECK(remove_value(source, {"goals", "b", "due"}) == changed("\n    # why b\n    due: 2027-01-01\n", ""));
  CHECK(remove_value(source, {"goals", "b", "id"}) == changed("- id: b # bee\n    title", "- title"));
  CHECK(remove_value(source, {"goals", "c", "title"}) == changed(", title: C", ""));
  CHECK(remove_value(source, {"goals", "c", "id"}) == changed("id: c, ", ""));
  CHECK(remove_value(source, {"sdgs", "0"}) == changed("3, ", ""));
  CHECK(remove_value(source, {"goals", "c"}) == changed("\n  # About c.\n  - {id: c, title: C}\n", ""));
  CHECK(remove_value("a:\n  - id: x # c\nb: 1\n", {"a", "x"}) == "a: []\nb: 1\n");
}

TEST_CASE("a path that leads nowhere, or a broken file, is an error") {
  CHECK_THROWS_AS(set_value(source, {"goals", "z", "target"}, 1), Error);
  CHECK_THROWS_AS(set_value(source, {"nothing", "x"}, 1), Error);
  CHECK_THROWS_AS(set_value(source, {}, 1), Error);
  CHECK_THROWS_AS(remove_value(source, {"goals", "z"}), Error);
  CHECK_THROWS_AS(append_item(source, {"name"}, 1), Error);
  CHECK_THROWS_AS(set_value("a: [", {"a"}, 1), Error);
  CHECK_THROWS_AS(set_value("a: 1\na: 2\n", {"a"}, 1), Error);
  CHECK_THROWS_AS(set_value(source, {"name"}, 0.5), Error);
  CHECK_THROWS_AS(set_value("a: &x {b: 1}\nc: *x\n", {"c", "b"}, 2), Error);
}

TEST_CASE("a file without a last line end, or with Windows line ends, stays readable") {
  CHECK(set_value("a: 1", {"b"}, 2) == "a: 1\nb: 2\n");
  const std::string text = append_item("a:\r\n  - id: x\r\nb: 1\r\n", {"a"}, {{"id", "y"}});
  CHECK(yaml::parse(text, "").root->find("a")->children.size() == 2);
}

TEST_CASE("the minimal template takes a steward and stays valid") {
  const std::string path = std::string(BW_SOURCE_DIR) + "/examples/minimal/betterworld.yaml";
  std::string text =
      append_item(read_file(path, 1 << 20), {"stewards"},
                  {{"did", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}, {"name", "Ada"}});
  text = set_value(text, {"name"}, "Ada's \"world\": 世界 # 1");
  text = set_value(text, {"utc_offset"}, "+08:00");
  const LoadedDefinition loaded = load(memory_source({{definition_file, text}}), {});
  REQUIRE(loaded.valid());
  CHECK(loaded.definition->name.in("en") == "Ada's \"world\": 世界 # 1");
  CHECK(loaded.definition->stewards.at(0).name == "Ada");
}

TEST_CASE("any string survives being written and read") {
  CHECK(rc::check("block and flow", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ab:- \n\n  []{},&*!|>'\"#%?~\\1.tTnNeE0+")));
    for (const YamlValue& value : {YamlValue(text), YamlValue{{"k", text}}, YamlValue{{text, text}},
                                   YamlValue::array({text, {{"id", text}, {"l", {text}}}})}) {
      const yaml::Document block = yaml::parse(block_yaml(value), "");
      const yaml::Document flow = yaml::parse(flow_yaml(value), "");
      RC_ASSERT(block.root && block.problems.empty());
      RC_ASSERT(yaml::to_json(*block.root) == Json(value));
      RC_ASSERT(flow.root && yaml::to_json(*flow.root) == Json(value));
    }
  }));
}

}  // namespace
}  // namespace bw
