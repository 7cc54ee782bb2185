#include "definition/schema.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

// valijson's own headers do not pass our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wdeprecated-copy"
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "definition/edit.h"
#include "definition/places_for_tests.h"

namespace bw {
namespace {

Json schema_json() {
  return Json::parse(read_file(std::string(BW_SOURCE_DIR) + "/schemas/betterworld.schema.json", 1 << 20));
}

std::vector<std::string> told(std::string_view schema, std::string_view text) {
  const yaml::Document document = yaml::parse(text, "x");
  REQUIRE(document.root);
  std::vector<std::string> all;
  for (const Problem& p : Schema(schema).check(*document.root, "x"))
    all.push_back(
        fmt::format("{}:{} {}{}{}", p.line, p.column, p.message, p.hint.empty() ? "" : " / ", p.hint));
  return all;
}

using Told = std::vector<std::string>;

TEST_CASE("a mistake is told once, in words, with what would be right") {
  const std::string schema = R"({"type": "object", "additionalProperties": false, "required": ["name"],
    "properties": {"name": {"type": "string"}, "kind": {"enum": ["red", "green"]},
                   "list": {"type": "array", "items": {"type": "integer", "minimum": 1}}}})";
  CHECK(told(schema, "name: 3\nkind: gren\nlist:\n  - 0\n  - x\nnmae: y\n") ==
        Told{"1:7 \"name\" must be a text, but it is a whole number / put it in quotes: \"3\"",
             "2:7 \"kind\" cannot be gren; allowed: red or green / did you mean \"green\"?",
             "4:5 this value cannot be 0; it goes from 1 / write a number within that",
             "5:5 this value must be a whole number, but it is a text / write a whole number",
             "6:1 the key \"nmae\" is not known here / did you mean \"name\"?"});
  CHECK(told(schema, "zzzzz: 1\n").size() == 2);
}

TEST_CASE("a schema that would not be applied whole is refused") {
  for (const char* text : {"{\"patternProperties\": {}}", "{\"properties\": {\"a\": {\"not\": {}}}}", "[",
                           "{\"pattern\": \"[\"}", "{\"$ref\": \"#/nowhere\"}", "{\"pattern\": 3}"})
    CHECK_THROWS_AS(Schema{text}, Error);
  CHECK_THROWS_AS(Schema::named("nothing.json"), Error);
}

// Calls `visit` for every subschema that describes a value.
void each_property(const Json& schema, const std::string& path,
                   const std::function<void(const std::string&, const Json&)>& visit) {
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    for (const auto& [key, value] : properties->items()) {
      visit(fmt::format("{}/{}", path, key), value);
      each_property(value, fmt::format("{}/{}", path, key), visit);
    }
  }
  for (const char* inner : {"items", "additionalProperties"})
    if (schema.contains(inner) && schema[inner].is_object())
      each_property(schema[inner], fmt::format("{}/{}", path, inner), visit);
  if (schema.contains("definitions"))
    for (const auto& [key, value] : schema["definitions"].items()) each_property(value, "#" + key, visit);
}

TEST_CASE("every property is explained to editors and every object is closed") {
  const Json schema = schema_json();
  int properties = 0;
  each_property(schema, "", [&](const std::string& path, const Json& property) {
    CAPTURE(path);
    ++properties;
    CHECK(property.value("title", "") != "");
    CHECK(property.value("description", "").ends_with('.'));
    if (property.contains("properties")) CHECK(property["additionalProperties"] == false);
  });
  CHECK(properties > 60);
}

TEST_CASE("the examples of the schema fit it") {
  const Json schema = schema_json();
  const auto check_examples = [&](const std::string& path, const Json& property) {
    for (const Json& example : property.value("examples", Json::array())) {
      CAPTURE(path);
      CAPTURE(example.dump());
      Json wrapped = property;
      wrapped["definitions"] = schema["definitions"];
      CHECK(told(wrapped.dump(), block_yaml(YamlValue(example))) == Told{});
    }
  };
  each_property(schema, "", check_examples);
}

// A definition with one value somewhere exchanged, removed or added.
Json mutated(Json value, int depth) {
  static const Json odd = {nullptr,
                           true,
                           0,
                           -1,
                           "x",
                           "",
                           "2026-01-01",
                           Json::array(),
                           Json::object(),
                           "3",
                           1.5,
                           "A/../b",
                           "day",
                           "peers",
                           Json{{"en", "x"}},
                           Json{{"!", 1}},
                           Json::array({1, 1}),
                           Json{{"id", "a"}, {"title", "b"}}};
  const bool here = depth == 0 || !value.is_structured() || value.empty();
  const int choice = *rc::gen::inRange(0, 3);
  Json other = odd[*rc::gen::inRange<std::size_t>(0, odd.size())];
  if (here && value.is_object() && choice == 0) {
    value["unheard_of"] = other;
    return value;
  }
  if (here) return other;
  auto child = value.begin();
  std::advance(child, *rc::gen::inRange<std::size_t>(0, value.size()));
  if (choice == 0 && depth == 1) {
    value.erase(child);
  } else {
    *child = mutated(*child, depth - 1);
  }
  return value;
}

TEST_CASE("valijson agrees on what is valid") {
  Json text = schema_json();
  valijson::Schema theirs;
  valijson::SchemaParser parser;
  // valijson checks some formats in a way of its own; we leave dates to the checks of meaning.
  text["definitions"]["date"].erase("format");
  // It overlooks patterns of property names; pattern properties say the same.
  Json& words = text["definitions"]["text"];
  words["patternProperties"] = {{words["propertyNames"]["pattern"], words["additionalProperties"]}};
  words["additionalProperties"] = false;
  words.erase("propertyNames");
  valijson::adapters::NlohmannJsonAdapter adapter(text);
  parser.populateSchema(adapter, theirs);
  const yaml::Document minimal =
      yaml::parse(read_file(std::string(BW_SOURCE_DIR) + "/examples/minimal/betterworld.yaml", 1 << 20), "");
  const Json start = yaml::to_json(*minimal.root);
  int valid = 0;
  CHECK(rc::check("on mutated definitions", [&] {
    const Json value = mutated(start, *rc::gen::inRange(0, 5));
    valijson::Validator validator;
    const bool expected = validator.validate(theirs, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
    // JSON is YAML.
    const yaml::Document document = yaml::parse(value.dump(), "x");
    RC_ASSERT(document.root);
    const auto problems = Schema::named("betterworld.schema.json").check(*document.root, "x");
    RC_LOG() << value.dump() << "\n";
    RC_ASSERT(problems.empty() == expected);
    if (expected) ++valid;
  }));
  CHECK(valid > 0);
}

}  // namespace
}  // namespace bw
