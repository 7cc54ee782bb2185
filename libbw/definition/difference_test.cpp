#include "definition/difference.h"

#include <doctest/doctest.h>

#include "definition/places_for_tests.h"

namespace bw {
namespace {

std::vector<std::string> told(const std::string& before, const std::string& after) {
  std::vector<std::string> all;
  for (const Change& change : difference({{"betterworld.yaml", before}}, {{"betterworld.yaml", after}}))
    all.push_back(std::string(name_of(change.kind)) + " " + change.path + ": " + change.sentence);
  return all;
}

using Told = std::vector<std::string>;

const std::string goals = R"(name: x
goals:
  - id: a
    title: A
    target: 3
  - id: b
    title: B
  - id: c
    title: C
)";

TEST_CASE("a changed field is told with its item, before and after") {
  std::string after = goals;
  after.replace(after.find("target: 3"), 9, "target: 5 # more");
  CHECK(told(goals, after) == Told{"changed goals/a/target: goal a: target 3 → 5"});
}

TEST_CASE("comments, style and order of keys are no change") {
  CHECK(told(goals,
             "# hello\ngoals: [{title: A, id: a, target: \"3\"}, {id: b, title: B}, {id: c, title: C}]\n"
             "name: 'x'\n")
            .empty());
}

TEST_CASE("items that come, go and move are told by id") {
  CHECK(told(goals,
             "name: y\ngoals:\n  - {id: c, title: C}\n  - {id: a, title: A, target: 3}\n"
             "  - {id: d, title: {en: Dee, de: De}}\n") ==
        Told{"changed name: name x → y", "moved goals/c: goal c moved", "added goals/d: goal d (Dee) added",
             "removed goals/b: goal b (B) removed"});
}

TEST_CASE("a section that comes or goes is told item by item") {
  CHECK(told("name: x\n", goals).size() == 3);
  CHECK(told(goals, "name: x\n").at(0) == "removed goals/a: goal a (A) removed");
  CHECK(told("name: x\n", "name: x\nsdgs: [3]\n") == Told{"added sdgs: sdgs added: [3]"});
}

TEST_CASE("nested fields and keyed inner lists are named") {
  const std::string before =
      "behaviours:\n  - id: p\n    quantity: {maximum: 5}\n    limits: [{per: day, quantity: 1}]\n";
  const std::string after =
      "behaviours:\n  - id: p\n    quantity: {maximum: 6}\n    limits: [{per: day, quantity: 2}, {per: week, "
      "quantity: 3}]\n";
  CHECK(told(before, after) ==
        Told{"changed behaviours/p/quantity/maximum: behaviour p: quantity.maximum 5 → 6",
             "changed behaviours/p/limits/day/quantity: behaviour p, limit per day: quantity 1 → 2",
             "added behaviours/p/limits/week: behaviour p, limit per week added"});
}

TEST_CASE("files that are no YAML, or broken, are compared whole") {
  const auto changes = difference({{"icon.png", "1"}, {"gone.png", ""}, {"betterworld.yaml", "a: ["}},
                                  {{"icon.png", "2"}, {"new.png", ""}, {"betterworld.yaml", "a: 1"}});
  CHECK(changes_as_text(changes, false) ==
        "~ file betterworld.yaml changed\n~ file icon.png changed\n+ file new.png added\n− file gone.png "
        "removed\n");
  CHECK(changes_as_json(changes)[0]["kind"] == "changed");
  CHECK(changes_as_json(changes)[0]["before"].is_null());
}

}  // namespace
}  // namespace bw
