#include "world/mapping.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/files.h"

namespace bw {
namespace {

// "line:column code", of every problem, a line each.
std::string problems_of(std::string_view text) {
  std::string all;
  const MappingFile file = parse_mapping(text, "map.yaml");
  CHECK(file.mapping.has_value() == file.problems.empty());
  for (const Problem& problem : file.problems) {
    CHECK(problem.file == "map.yaml");
    all += fmt::format("{}:{} {}\n", problem.line, problem.column, problem.code);
  }
  return all;
}

}  // namespace

TEST_CASE("a mapping names a column or a value for each part of a row") {
  const MappingFile file = parse_mapping(R"(mapping: 1
format: csv
delimiter: ";"
at: {value: 2014-08-13}
behaviour: {value: import-aed}
quantity: {value: 1}
unit: {column: u}
place: {lat: {column: latitude}, lon: {column: longitude}}
attributes:
  name: {column: name}
  source: {value: "KoelnAPI"}
skip_empty: false
)",
                                         "map.yaml");
  REQUIRE(file.mapping);
  const Mapping& mapping = *file.mapping;
  CHECK(mapping.format == Mapping::Format::csv);
  CHECK(mapping.delimiter == ';');
  CHECK(mapping.at.value == "2014-08-13");
  CHECK(mapping.quantity->value == "1");
  CHECK(mapping.unit->column == "u");
  CHECK(mapping.latitude->column == "latitude");
  CHECK(mapping.longitude->mark.line == 8);
  CHECK(mapping.longitude->mark.column == 48);
  REQUIRE(mapping.attributes.size() == 2);
  CHECK(mapping.attributes[1].first == "source");
  CHECK(mapping.attributes[1].second.value == "KoelnAPI");
  CHECK_FALSE(mapping.skip_empty);
}

TEST_CASE("everything that is wrong with a mapping is said with its place, in one run") {
  CHECK(problems_of("") != "");
  CHECK(problems_of("- a\n") == "1:1 wrong-type\n");
  CHECK(problems_of("mapping: 2\nat: {column: a}\nbehaviour: {value: b}\n") == "1:10 unknown-version\n");
  CHECK(problems_of("mapping: 1\n") == "1:1 missing\n1:1 missing\n");
  CHECK(problems_of(R"(mapping: 1
formt: csv
at: {colum: a}
behaviour: {column: a, value: b}
quantity: 3
unit: {value: [a]}
delimiter: ",,"
place: {lat: {column: y}}
attributes:
  Größe: {column: a}
  ok: {column: }
skip_empty: perhaps
)") == R"(2:1 unknown-key
3:5 wrong-type
4:12 wrong-type
5:11 wrong-type
6:15 wrong-type
7:12 bad-delimiter
8:8 missing
10:3 bad-name
11:8 wrong-type
12:13 wrong-type
)");
  CHECK(problems_of("mapping: 1\nat: {value: 2014}\nat: {value: 2015}\nbehaviour: {value: b}\n") ==
        "3:1 yaml-duplicate-key\n");
  CHECK(problems_of("\tmapping: 1\n") != "");
  CHECK(problems_of("mapping: \xff\n") != "");
}

TEST_CASE("a misspelt name is answered with the closest") {
  const MappingFile file =
      parse_mapping("mapping: 1\nat: {value: 2014}\nbehavior: {value: b}\nbehaviour: {value: b}\n", "m");
  REQUIRE(file.problems.size() == 1);
  CHECK(file.problems.front().hint == "did you mean \"behaviour\"?");
}

TEST_CASE("the mappings of the flagship example are valid") {
  for (const char* name : {"data/koeln-aed.map.yaml", "history/pilot-2022.map.yaml"}) {
    const MappingFile file =
        parse_mapping(read_file(std::string(BW_SOURCE_DIR "/examples/ohca/") + name, 1 << 20), name);
    CHECK(file.mapping);
  }
}

}  // namespace bw
