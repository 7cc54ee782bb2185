#include "definition/merge.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "definition/edit.h"
#include "definition/places_for_tests.h"
#include "definition/yaml.h"

namespace bw {
namespace {

const std::string base = R"(# The world
name: World # named

goals:
  # About a.
  - id: a
    title: A
    target: 3   # three
  - id: b
    title: B

behaviours:
  - id: p
    title: P
    quantity: {minimum: 1}
    limits:
      - {per: day, quantity: 1}

empty: []
# the end
)";

std::string with(std::string text, std::string_view old_text, std::string_view new_text) {
  const std::size_t at = text.find(old_text);
  REQUIRE_MESSAGE(at != std::string::npos, old_text);
  return text.replace(at, old_text.size(), new_text);
}

std::string clean(const std::string& ours, const std::string& theirs) {
  const MergedYaml merged = merge_yaml(base, ours, theirs);
  for (const MergeConflict& conflict : merged.conflicts) FAIL_CHECK(conflict.sentence);
  return merged.text;
}

std::vector<std::string> sentences(const MergedYaml& merged) {
  std::vector<std::string> all;
  for (const MergeConflict& conflict : merged.conflicts) all.push_back(conflict.sentence);
  return all;
}

using Sentences = std::vector<std::string>;

TEST_CASE("two people adding different behaviours never conflict") {
  const auto adding = [](std::string_view id) {
    return with(base, "\nempty", fmt::format("  # On {0}.\n  - id: {0}\n    title: {0}!\n\nempty", id));
  };
  CHECK(clean(adding("x"), adding("y")) ==
        with(base, "\nempty",
             "  # On x.\n  - id: x\n    title: x!\n  # On y.\n  - id: y\n    title: y!\n\nempty"));
  // One in front, one behind.
  CHECK(clean(adding("x"), with(base, "  - id: p\n", "  - id: first\n  - id: p\n")) ==
        with(adding("x"), "  - id: p\n", "  - id: first\n  - id: p\n"));
}

TEST_CASE("two people adding the first items to an empty or missing list never conflict") {
  const std::string x = "\n  - id: x\n    title: X\n";
  const std::string y = "\n    - id: y\n      title: |\n        Y\n\n        y\n";
  const std::string y_here = "\n  - id: y\n    title: |\n      Y\n\n      y\n";
  CHECK(clean(with(base, "empty: []\n", "empty:" + x), with(base, "empty: []\n", "empty:" + y)) ==
        with(base, "empty: []\n", "empty:" + x + y_here.substr(1)));
  CHECK(clean(with(base, "# the end", "units:" + x), with(base, "# the end", "units:" + y)) ==
        with(base, "# the end", "units:" + x + y_here.substr(1)));
}

TEST_CASE("changes of different fields of one item are joined, comments of both stay") {
  const std::string ours =
      with(with(base, "target: 3 ", "target: 5 "), "name: World # named", "name: Us # ours");
  const std::string theirs =
      with(with(base, "    title: A\n", "    title: Aa # better\n"), "# About a.", "# About a, really.");
  CHECK(clean(ours, theirs) == with(ours, "    title: A\n", "    title: Aa # better\n"));
  // What ours left alone comes from theirs with its comments.
  CHECK(clean(with(base, "name: World", "name: Us"), theirs) == with(theirs, "name: World", "name: Us"));
}

TEST_CASE("a scalar changed by theirs keeps the comment that ours changed") {
  CHECK(clean(with(base, "# three", "# exactly three"), with(base, "target: 3 ", "target: 4 ")) ==
        with(with(base, "# three", "# exactly three"), "target: 3 ", "target: 4 "));
}

TEST_CASE("a real conflict names goal and field and leaves both versions") {
  const MergedYaml merged = merge_yaml(base, with(base, "target: 3 ", "target: 5 "),
                                       with(base, "target: 3 ", "target: 4 "), {"main", "upstream"});
  CHECK(sentences(merged) == Sentences{"goal a, field target: base 3, ours 5, theirs 4"});
  CHECK(merged.text ==
        with(base, "    target: 3   # three\n",
             "<<<<<<< main\n    target: 5   # three\n=======\n    target: 4   # three\n>>>>>>> "
             "upstream\n"));
  CHECK(merged.conflicts[0].path == "goals/a/target");
  CHECK(merged.conflicts[0].line == 8);
}

TEST_CASE("several conflicts are all named, with their lines") {
  const std::string ours = with(with(base, "target: 3 ", "target: 5 "), "World", "Ours");
  const std::string theirs =
      with(with(with(base, "target: 3 ", "target: 4 "), "World", "Theirs"), "title: B", "title: Bee");
  const MergedYaml merged = merge_yaml(base, ours, theirs);
  CHECK(sentences(merged) == Sentences{"field name: base World, ours Ours, theirs Theirs",
                                       "goal a, field target: base 3, ours 5, theirs 4"});
  CHECK(merged.conflicts[0].line == 2);
  CHECK(merged.conflicts[1].line == 12);
  CHECK(merged.text.find("title: Bee") != std::string::npos);
}

TEST_CASE("removing what the other changed is a conflict both ways") {
  const std::string removed = remove_value(base, {"goals", "a"});
  const std::string modified = with(base, "target: 3 ", "target: 5 ");
  const MergedYaml one = merge_yaml(base, removed, modified);
  CHECK(sentences(one) == Sentences{"goal a: removed by ours, changed by theirs"});
  CHECK(one.text.find("<<<<<<< ours\n=======\n  # About a.\n  - id: a\n    title: A\n    target: 5   # "
                      "three\n>>>>>>> theirs\n") != std::string::npos);
  const MergedYaml other = merge_yaml(base, modified, removed);
  CHECK(sentences(other) == Sentences{"goal a: changed by ours, removed by theirs"});
  CHECK(other.text.find("target: 5   # three\n=======\n>>>>>>> theirs\n") != std::string::npos);
}

TEST_CASE("removals of what the other left alone happen") {
  CHECK(clean(remove_value(base, {"goals", "a"}), with(base, "title: B", "title: Bee")) ==
        with(remove_value(base, {"goals", "a"}), "title: B", "title: Bee"));
  CHECK(clean(with(base, "title: B", "title: Bee"), remove_value(base, {"goals", "a"})) ==
        with(remove_value(base, {"goals", "a"}), "title: B", "title: Bee"));
  CHECK(clean(with(base, "  - id: a\n    title: A", "  - id: a\n    title: Aa"),
              with(base, "    target: 3   # three\n", "")) ==
        with(with(base, "title: A", "title: Aa"), "    target: 3   # three\n", ""));
}

TEST_CASE("the first key of an item can go or change") {
  const std::string ids_last = "goals:\n  - title: A\n    note: n\n    id: a\n";
  const auto merged = [&](const std::string& ours, const std::string& theirs) {
    return merge_yaml(ids_last, ours, theirs);
  };
  CHECK(merged(with(ids_last, "n\n", "m\n"), with(ids_last, "title: A\n    note", "note")).text ==
        "goals:\n  - note: m\n    id: a\n");
  const MergedYaml conflict = merged(with(ids_last, "A", "O"), with(ids_last, "A", "T"));
  CHECK(sentences(conflict) == Sentences{"goal a, field title: base A, ours O, theirs T"});
  CHECK(conflict.text ==
        "goals:\n<<<<<<< ours\n  - title: O\n    note: n\n    id: a\n=======\n  - title: T\n    note: n\n    "
        "id: "
        "a\n>>>>>>> theirs\n");
  CHECK(conflict.conflicts[0].line == 2);
}

TEST_CASE("what is in flow style is one value") {
  const MergedYaml merged = merge_yaml(base, with(base, "{minimum: 1}", "{minimum: 2}"),
                                       with(base, "{minimum: 1}", "{minimum: 1, maximum: 5}"));
  CHECK(sentences(merged) == Sentences{"behaviour p, field quantity: base {minimum: 1}, ours {minimum: 2}, "
                                       "theirs {minimum: 1, maximum: 5}"});
  CHECK(
      clean(with(base, "- {per: day, quantity: 1}", "- {per: day, quantity: 2}"),
            with(base, "- {per: day, quantity: 1}",
                 "- {per: day, quantity: 1}\n      - {per: week, quantity: 3}")) ==
      with(base, "- {per: day, quantity: 1}", "- {per: day, quantity: 2}\n      - {per: week, quantity: 3}"));
}

TEST_CASE("the same change on both sides is no conflict") {
  CHECK(clean(with(base, "target: 3 ", "target: 5 "), with(base, "target: 3   # three", "target: 5")) ==
        with(base, "target: 3 ", "target: 5 "));
}

TEST_CASE("two people adding the same id are told field by field") {
  const MergedYaml merged =
      merge_yaml(base, append_item(base, {"goals"}, {{"id", "n"}, {"title", "O"}, {"due", "x"}}),
                 append_item(base, {"goals"}, {{"id", "n"}, {"title", "T"}}));
  CHECK(sentences(merged) == Sentences{"goal n, field title: base none, ours O, theirs T"});
}

TEST_CASE("files that are no YAML are one conflict, unless only one side changed") {
  CHECK(merge_yaml("a: [", "a: [", "a: 1\n").text == "a: 1\n");
  CHECK(merge_yaml("a: [", "a: {", "a: [").text == "a: {");
  const MergedYaml merged = merge_yaml("a: 1\n", "a: [", "a: 2");
  CHECK(merged.conflicts.size() == 1);
  CHECK(merged.text == "<<<<<<< ours\na: [\n=======\na: 2\n>>>>>>> theirs\n");
  CHECK(merge_yaml("", "a: 1\n", "b: 1\n").conflicts.size() == 1);
  CHECK(merge_yaml("[1]\n", "[2]\n", "[3]\n").conflicts.size() == 1);
}

TEST_CASE("aliases are never carried to where they mean something else") {
  const std::string with_anchor = "a: &x 1\nb:\n  - id: p\n    v: *x\n";
  const MergedYaml merged = merge_yaml(with_anchor, with(with_anchor, "a: &x 1", "a: &y 2") + "c: 1\n",
                                       "a: &x 1\nb:\n  - id: p\n    v: *x\n  - id: q\n    v: *x\n");
  CHECK(!merged.conflicts.empty());
}

// ---- properties: random edits of a definition that has every shape a merge must handle.

struct Edit {
  int what;
  int where;
  int value;
};

std::string applied(std::string text, const Edit& edit, std::string_view who) {
  const std::vector<std::string> lists = {"goals", "behaviours", "empty", "fresh"};
  const std::vector<YamlPath> scalars = {{"name"},
                                         {"goals", "a", "target"},
                                         {"goals", "a", "title"},
                                         {"goals", "b", "title"},
                                         {"behaviours", "p", "title"},
                                         {"behaviours", "p", "quantity", "minimum"},
                                         {"goals", "b", "due"},
                                         {"summary"},
                                         {"goals", "a", "id"}};
  const std::vector<YamlPath> removable = {{"goals", "a"},
                                           {"goals", "b"},
                                           {"goals", "a", "target"},
                                           {"behaviours", "p", "limits"},
                                           {"name"},
                                           {"behaviours", "p", "limits", "day"},
                                           {"empty"}};
  const auto at = [&](const auto& options) {
    return options[static_cast<std::size_t>(edit.where) % options.size()];
  };
  try {
    switch (edit.what) {
      case 0:
        return set_value(text, at(scalars), fmt::format("v{}", edit.value));
      case 1:
        return append_item(text, {at(lists)},
                           {{"id", fmt::format("{}{}", who, edit.value)},
                            {"title", "two\nlines"},
                            {"l", {{{"per", "day"}}}}});
      case 2:
        return remove_value(text, at(removable));
      case 3: {
        // A comment in front of some line that is no part of a block scalar.
        const std::size_t line = text.find(edit.where % 2 ? "  - id" : "\nbehaviours");
        return line == std::string::npos ? text
                                         : text.insert(line, edit.where % 2 ? "  # note\n" : "\n# note");
      }
      default:
        return set_value(text, at(scalars), YamlValue{{"en", "x"}, {"de", fmt::format("y{}", edit.value)}});
    }
  } catch (const std::exception&) {
    return text;  // the edit does not apply here
  }
}

std::string edited(std::string_view who) {
  std::string text = base;
  const int edits = *rc::gen::inRange(0, 5);
  for (int i = 0; i < edits; ++i) {
    text = applied(text, {*rc::gen::inRange(0, 5), *rc::gen::inRange(0, 12), *rc::gen::inRange(0, 4)}, who);
  }
  return text;
}

// Without the order of items, which two people who add at one place may see differently.
Json unordered(const Json& value) {
  if (value.is_object()) {
    Json out = Json::object();
    for (const auto& [key, member] : value.items()) out[key] = unordered(member);
    return out;
  }
  if (!value.is_array()) return value;
  std::vector<Json> items;
  for (const Json& item : value) items.push_back(unordered(item));
  std::ranges::sort(items);
  return items;
}

TEST_CASE("merging obeys its laws") {
  CHECK(rc::check("one side unchanged, or both the same", [] {
    const std::string x = edited("x");
    RC_ASSERT(merge_yaml(base, base, x).text == x);
    RC_ASSERT(merge_yaml(base, x, base).text == x);
    RC_ASSERT(merge_yaml(base, x, x).text == x);
  }));
  CHECK(rc::check("the result is valid YAML or has conflicts, and the sides commute", [] {
    const std::string ours = edited("x");
    const std::string theirs = edited("y");
    RC_LOG() << ours << "\n-----\n" << theirs << "\n-----\n";
    const MergedYaml one = merge_yaml(base, ours, theirs);
    const MergedYaml other = merge_yaml(base, theirs, ours);
    RC_LOG() << one.text << "\n-----\n" << other.text << "\n";
    RC_ASSERT(one.conflicts.empty() == other.conflicts.empty());
    const yaml::Document document = yaml::parse(one.text, "");
    if (!one.conflicts.empty()) {
      RC_ASSERT(one.text.find("<<<<<<< ours\n") != std::string::npos);
      for (const MergeConflict& conflict : one.conflicts) {
        RC_ASSERT(!conflict.path.empty());
        std::size_t line = 0;
        for (int i = 1; i < conflict.line; ++i) line = one.text.find('\n', line) + 1;
        RC_ASSERT(one.text.compare(line, 7, "<<<<<<<") == 0);
      }
      return;
    }
    RC_ASSERT(document.root && document.problems.empty());
    const yaml::Document mirrored = yaml::parse(other.text, "");
    RC_ASSERT(mirrored.root && mirrored.problems.empty());
    RC_ASSERT(unordered(yaml::to_json(*document.root)) == unordered(yaml::to_json(*mirrored.root)));
  }));
  CHECK(rc::check("additions of both sides arrive", [] {
    std::string ours = base;
    std::string theirs = base;
    for (int i = 0; i < 3; ++i) {
      const int list = *rc::gen::inRange(0, 4);
      ours = applied(ours, {1, list, i}, "x");
      theirs = applied(theirs, {1, *rc::gen::inRange(0, 4), i}, "y");
    }
    const MergedYaml merged = merge_yaml(base, ours, theirs);
    RC_ASSERT(merged.conflicts.empty());
    for (const char* id : {"id: x0", "id: x1", "id: x2", "id: y0", "id: y1", "id: y2"})
      RC_ASSERT(merged.text.find(id) != std::string::npos);
  }));
}

}  // namespace
}  // namespace bw
