#include "definition/load.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "definition/places_for_tests.h"

namespace bw {
namespace {

const std::string valid = R"(betterworld: 1
name: {en: AED map, zh-CN: 急救}
summary: One sentence.
vision: Nobody dies.
languages: [en, zh-CN]
sdgs: [3, 11]
home_page: https://example.org
licence: CC-BY-4.0
utc_offset: "+08:00"
grace: 30d
action_plan:
  - id: training
    title: Training
    starts: 2026-03-01
    ends: 2026-05-31
units:
  - {id: device, title: device, precision: 0}
  - {id: hour, title: hour}
indicators:
  - {id: aeds, title: AEDs, unit: device}
  - {id: hours, title: Hours, unit: hour, aggregate: max}
goals:
  - {id: safe, title: Safe estate}
  - id: coverage
    title: Three AEDs
    part_of: safe
    indicator: aeds
    target: 3
    unit: device
    due: 2027-06-30
milestones:
  - id: first
    title: First
    goal: coverage
    when: {indicator: aeds, at_least: 1}
  - id: both
    title: Both
    when: {all: [{indicator: aeds, at_least: 2}, {any: [{indicator: hours, at_least: "0.5"}]}]}
behaviours:
  - id: place
    title: Place an AED
    unit: device
    category: mapping
    difficulty: 3
    quantity: {minimum: 1, maximum: 20}
    limits: [{per: day, quantity: 20}, {per: week, quantity: 50}]
    evidence: {need: required, kinds: [photo, place]}
    verification: {by: peers, count: 2}
    visibility: sealed
    contributes: [{indicator: aeds}, {indicator: hours, factor: 0.25}]
    imported:
      world: "0000000000000000000000000000000000000000000000000000000000000001"
      definition: "0000000000000000000000000000000000000000000000000000000000000002"
      behaviour: place
admission: {policy: members, review: manual}
stewards:
  - did: did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK
    name: Ada
submit: [{by: inbox}, {by: mail, to: a@example.org}, {by: url, to: "https://example.org/in"}]
)";

std::vector<std::string> places(const LoadedDefinition& loaded) {
  std::vector<std::string> all;
  for (const Problem& p : loaded.problems) {
    CHECK_MESSAGE(!p.hint.empty(), p.code << " has no hint: " << p.message);
    all.push_back(
        fmt::format("{}:{} {}{}", p.line, p.column, p.severity == Severity::warning ? "~" : "", p.code));
    if (p.file != definition_file) all.back().insert(0, p.file + ":");
  }
  return all;
}

using Places = std::vector<std::string>;

LoadedDefinition load_text(const std::string& text) {
  return load(memory_source({{definition_file, text}}), {});
}

// The valid definition with one piece of text in it replaced.
std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text = valid;
  const std::size_t at = text.find(old_text);
  REQUIRE_MESSAGE(at != std::string::npos, old_text);
  return text.replace(at, old_text.size(), new_text);
}

Places wrong(std::string_view old_text, std::string_view new_text) {
  return places(load_text(with(old_text, new_text)));
}

TEST_CASE("a complete definition becomes a model") {
  const LoadedDefinition loaded = load_text(valid);
  REQUIRE_MESSAGE(places(loaded).empty(), fmt::format("{}", fmt::join(places(loaded), "\n")));
  const Definition& d = *loaded.definition;
  CHECK(d.name.in("zh") == "急救");
  CHECK(d.utc_offset.seconds == 8 * 3600);
  CHECK(d.grace.seconds == 30 * 86400);
  CHECK_FALSE(d.freshness);
  CHECK(load_text(with("grace: 30d", "grace: 30d\nfreshness: 7d")).definition->freshness->seconds ==
        7 * 86400);
  CHECK(d.sdgs == std::vector{3, 11});
  CHECK(d.units.find("device")->precision == 0);
  CHECK(d.indicators.find("hours")->aggregate == Aggregate::max);
  CHECK(*d.goals.find("coverage")->target == Decimal(3));
  CHECK(d.goals.find("coverage")->mark == Mark{24, 5});
  CHECK(!d.goals.find("nowhere"));
  CHECK(d.milestones.find("both")->when.parts.at(1).parts.at(0).at_least.text() == "0.5");
  const Behaviour& b = *d.behaviours.find("place");
  CHECK(b.maximum->text() == "20");
  CHECK(b.limits.at(1).per == Window::week);
  CHECK(b.evidence.kinds == std::vector{EvidenceKind::photo, EvidenceKind::place});
  CHECK(b.verification.count == 2);
  CHECK(b.visibility.note == DefaultVisibility::sealed);
  CHECK(b.visibility.evidence == DefaultVisibility::sealed);
  CHECK(b.visibility.place == DefaultVisibility::private_);
  CHECK(b.contributes.at(0).factor == Decimal(1));
  CHECK(b.contributes.at(1).factor.text() == "0.25");
  CHECK(b.imported->world.text().back() == '1');
  CHECK(d.admission.policy == AdmissionPolicy::members);
  CHECK(d.stewards.at(0).name == "Ada");
  CHECK(d.submit.at(2).to == "https://example.org/in");
  CHECK(loaded.digest == definition_digest(loaded.files));
}

TEST_CASE("who sees what is said by one word, and by field where it differs") {
  const auto visibility = [](const std::string& lines) {
    const LoadedDefinition loaded = load_text(with("visibility: sealed", lines));
    REQUIRE(loaded.valid());
    return loaded.definition->behaviours.find("place")->visibility;
  };
  using enum DefaultVisibility;
  const DefaultVisibilities open = visibility("visibility: public");
  CHECK(open.note == public_);
  CHECK(open.place == private_);
  CHECK(open.evidence == private_);
  const DefaultVisibilities fields =
      visibility("visibility: public\n    visibility_of: {place: sealed, evidence: public}");
  CHECK(fields.note == public_);
  CHECK(fields.place == sealed);
  CHECK(fields.evidence == public_);
  CHECK(wrong("visibility: sealed", "visibility_of: {place: seeled}") == Places{"49:28 not-allowed"});
  CHECK(wrong("visibility: sealed", "visibility_of: {}") == Places{"49:20 too-few"});
  CHECK(wrong("visibility: sealed", "visibility_of: {files: sealed}") == Places{"49:21 unknown-key"});
}

TEST_CASE("keys that are unknown, missing or of another type are named where they stand") {
  CHECK(wrong("vision: Nobody dies.", "visoin: Nobody dies.") ==
        Places{"1:1 missing-key", "4:1 unknown-key"});
  CHECK(load_text(with("vision:", "visoin:")).problems.at(1).hint.find("vision") != std::string::npos);
  CHECK(wrong("target: 3", "traget: 3\n    targte: 4") ==
        Places{"27:16 indicator-without-target", "28:5 unknown-key", "29:5 unknown-key"});
  CHECK(wrong("betterworld: 1", "betterworld: 2") == Places{"1:14 not-allowed"});
  CHECK(wrong("sdgs: [3, 11]", "sdgs: [3, 18, 0, three, 3]") ==
        Places{"6:11 out-of-range", "6:15 out-of-range", "6:18 wrong-type", "6:25 not-unique"});
  CHECK(wrong("title: Training", "title: 7") == Places{"13:12 wrong-type"});
  CHECK(wrong("title: Training", "title:") == Places{"13:5 wrong-type"});
  CHECK(wrong("grace: 30d", "grace: soon") == Places{"10:8 malformed"});
  CHECK(wrong("grace: 30d", "grace: 30d\nfreshness: often") == Places{"11:12 malformed"});
  CHECK(wrong("grace: 30d", "grace: 30d\nfreshness: 59m") == Places{"11:12 freshness-too-short"});
  CHECK(wrong("grace: 30d", "grace: 30d\nfreshness: 1h").empty());
  CHECK(wrong("utc_offset: \"+08:00\"", "utc_offset: \"+15:00\"") == Places{"9:13 utc-offset"});
  CHECK(wrong("visibility: sealed", "visibility: seeled") == Places{"49:17 not-allowed"});
  CHECK(load_text(with("visibility: sealed", "visibility: seeled")).problems.at(0).hint.find("sealed") !=
        std::string::npos);
  CHECK(wrong("zh-CN: 急救", "chinesisch!: 急救") == Places{"2:7 ~missing-translation", "2:21 malformed"});
  CHECK(wrong("home_page: https://example.org", "home_page: javascript:alert(1)") ==
        Places{"7:12 malformed"});
  CHECK(wrong("difficulty: 3", "difficulty: 6") == Places{"44:17 out-of-range"});
  CHECK(places(load_text("- a\n")) == Places{"1:1 wrong-type"});
  CHECK(places(load_text("just text\n")) == Places{"1:1 wrong-type"});
}

TEST_CASE("ids with quotes, slashes, dots or emoji are refused, and long ones") {
  for (const char* id : {"\"a\\\"b\"", "a/b", "..", "😀", "Place", "-a", "a-", "\"\"", "a b"}) {
    CAPTURE(id);
    CHECK(wrong("- id: place", fmt::format("- id: {}", id)) == Places{"40:9 malformed"});
  }
  CHECK(wrong("- id: place", "- id: " + std::string(65, 'a')) == Places{"40:9 too-long"});
  CHECK(wrong("- id: place", "- id: " + std::string(500'000, 'a')) == Places{"40:9 too-long"});
}

TEST_CASE("references that lead nowhere are named with the closest name") {
  CHECK(wrong("indicator: aeds\n", "indicator: aedz\n") == Places{"27:16 unknown-indicator"});
  CHECK(load_text(with("indicator: aeds\n", "indicator: aedz\n")).problems.at(0).hint.find("aeds") !=
        std::string::npos);
  CHECK(wrong("part_of: safe", "part_of: save") == Places{"26:14 unknown-goal"});
  CHECK(wrong("goal: coverage", "goal: covrage") == Places{"34:11 unknown-goal"});
  CHECK(wrong("{indicator: hours, at_least", "{indicator: hour, at_least") ==
        Places{"38:69 unknown-indicator"});
  CHECK(wrong("title: Hours, unit: hour", "title: Hours, unit: hours") == Places{"21:37 unknown-unit"});
  CHECK(wrong("unit: device\n    category", "unit: devices\n    category") == Places{"42:11 unknown-unit"});
  CHECK(wrong("contributes: [{indicator: aeds}", "contributes: [{indicator: aed}") ==
        Places{"50:31 unknown-indicator"});
}

TEST_CASE("units that do not match are errors") {
  CHECK(wrong("target: 3\n    unit: device", "target: 3\n    unit: hour") == Places{"29:11 unit-mismatch"});
  CHECK(wrong(", factor: 0.25", "") == Places{"50:50 factor-missing"});
  CHECK(wrong("factor: 0.25", "factor: 0") == Places{"50:65 factor"});
  CHECK(wrong("{indicator: aeds}, {", "{indicator: aeds}, {indicator: aeds}, {") ==
        Places{"50:50 duplicate-contribution"});
}

TEST_CASE("ids and keys given twice are errors") {
  CHECK(wrong("id: coverage", "id: safe") == Places{"24:9 duplicate-id", "34:11 unknown-goal"});
  CHECK(wrong("grace: 30d", "grace: 30d\ngrace: 31d") == Places{"11:1 yaml-duplicate-key"});
}

TEST_CASE("cycles among goals are told once") {
  const std::string goals =
      "goals:\n  - {id: a, title: A, part_of: c}\n  - {id: b, title: B, part_of: a}\n"
      "  - {id: c, title: C, part_of: b}\n  - {id: d, title: D, part_of: a}\n"
      "  - {id: e, title: E, part_of: e}\n";
  const std::string head = "betterworld: 1\nname: x\nvision: x\nutc_offset: Z\ngrace: 1d\n";
  const LoadedDefinition loaded = load_text(head + goals);
  CHECK(places(loaded) == Places{"7:32 goal-cycle", "11:32 goal-cycle"});
  CHECK(loaded.problems.at(0).message == "goals are part of each other: a → c → b → a");
  CHECK(loaded.problems.at(1).message == "the goal \"e\" is part of itself");
}

TEST_CASE("a target needs an indicator and an indicator a target") {
  CHECK(wrong("    indicator: aeds\n    target", "    target") ==
        Places{"27:13 target-without-indicator", "28:11 unit-without-indicator"});
  CHECK(wrong("    target: 3\n", "") == Places{"27:16 indicator-without-target"});
}

TEST_CASE("numbers must be exact decimals") {
  for (const char* number : {"1e400", "1e3", ".inf", ".nan", "0x10", "+3", "03", ".5", "3.",
                             "1234567890123456789", "0.1234567891"}) {
    CAPTURE(number);
    CHECK(wrong("target: 3", fmt::format("target: {}", number)) == Places{"28:13 decimal"});
  }
  for (const char* number : {"\"1e3\"", "\"-\"", "１２", "NaN", "\"03\"", "\"\"", "three"}) {
    CAPTURE(number);
    CHECK(wrong("target: 3", fmt::format("target: {}", number)) == Places{"28:13 malformed"});
  }
  CHECK(wrong("target: 3", "target: -0").empty());
  CHECK(wrong("target: 3", "target: 3.0").empty());
  CHECK(wrong("target: 3", "target: 3.5") == Places{"28:13 precision"});
  CHECK(wrong("maximum: 20", "maximum: 1.5") == Places{"45:37 precision"});
}

TEST_CASE("of very many unknown references only the first get suggestions") {
  std::string text =
      "betterworld: 1\nname: N\nvision: V\nutc_offset: \"+00:00\"\ngrace: 30d\nunits:\n  - {id: hour, title: "
      "h}\n"
      "indicators:\n  - {id: hours, title: H, unit: hour}\nbehaviours:\n";
  for (int i = 0; i < 300; ++i)
    text += fmt::format("  - {{id: b{}, title: B, unit: hour, contributes: [{{indicator: hourz}}]}}\n", i);
  const LoadedDefinition loaded = load_text(text);
  const auto suggested = std::ranges::count_if(
      loaded.problems, [](const Problem& problem) { return problem.hint == "did you mean \"hours\"?"; });
  CHECK(loaded.problems.size() == 300);
  CHECK(suggested == 100);
}

TEST_CASE("dates must exist") {
  for (const char* date : {"2027-02-30", "0000-01-01", "1969-01-01", "2027-13-01"}) {
    CAPTURE(date);
    CHECK(wrong("due: 2027-06-30", fmt::format("due: {}", date)) == Places{"30:10 date"});
  }
  CHECK(wrong("due: 2027-06-30", "due: 99999-01-01") == Places{"30:10 too-long"});
  CHECK(wrong("due: 2027-06-30", "due: tomorrow") == Places{"30:10 malformed"});
  CHECK(wrong("ends: 2026-05-31", "ends: 2026-02-28") == Places{"15:11 dates-reversed"});
}

TEST_CASE("conditions of milestones are checked") {
  CHECK(wrong("when: {indicator: aeds, at_least: 1}", "when: {indicator: aeds}") ==
        Places{"35:11 missing-key"});
  CHECK(wrong("when: {indicator: aeds, at_least: 1}", "when: {}") == Places{"35:11 one-of"});
  CHECK(wrong("when: {indicator: aeds, at_least: 1}", "when: {all: []}") == Places{"35:17 too-few"});
  CHECK(wrong("{any: [{indicator: hours, at_least: \"0.5\"}]}",
              "{any: [{all: [{any: [{all: [{indicator: aeds, at_least: 1}]}]}]}]}")
            .size() == 1);
  CHECK(wrong("at_least: 2", "at_least: 2.5") == Places{"38:46 precision"});
}

TEST_CASE("limits, quantities and verification must make sense") {
  CHECK(wrong("{per: day, quantity: 20}", "{per: day, quantity: 0}") == Places{"46:35 limit"});
  CHECK(wrong("{per: week, quantity: 50}", "{per: day, quantity: 50}") == Places{"46:61 limit"});
  CHECK(wrong("{per: week, quantity: 50}", "{per: week, quantity: 5}") == Places{"46:13 ~limit-order"});
  CHECK(wrong("minimum: 1, maximum: 20", "minimum: 30, maximum: 20") ==
        Places{"45:25 quantity", "46:35 limit"});
  CHECK(wrong("minimum: 1,", "minimum: -1,") == Places{"45:25 quantity"});
  CHECK(wrong("{by: peers, count: 2}", "{by: steward, count: 2}") == Places{"48:40 verification-count"});
  CHECK(wrong("{by: peers, count: 2}", "{by: body}") == Places{"48:24 verification-body"});
  CHECK(wrong("{by: peers, count: 2}", "{by: self, body: council}") == Places{"48:36 verification-body"});
  CHECK(wrong("{by: peers, count: 2}", "{by: body, body: council}") == Places{"48:36 unknown-body"});
  CHECK(wrong("need: required", "need: none") == Places{"47:35 ~evidence-kinds"});
}

TEST_CASE("stewards and ways to submit are checked") {
  CHECK(wrong("GpbnnEGta2doK", "GpbnnEGta2doL").size() <= 1);
  CHECK(wrong("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "did:web:x") ==
        Places{"57:10 malformed"});
  CHECK(wrong("{by: inbox}", "{by: inbox, to: x}") == Places{"59:26 submit"});
  CHECK(wrong("{by: mail, to: a@example.org}", "{by: mail}") == Places{"59:28 submit"});
  CHECK(wrong("to: a@example.org", "to: nobody") == Places{"59:38 submit"});
}

TEST_CASE("several mistakes are told in one run, in order") {
  std::string text = with("target: 3", "target: 1e3");
  text.replace(text.find("part_of: safe"), 13, "part_of: safr");
  text.replace(text.find("visibility: sealed"), 18, "visibilty: sealed");
  text += "vision: again\n";
  CHECK(places(load_text(text)) ==
        Places{"26:14 unknown-goal", "28:13 decimal", "49:5 unknown-key", "60:1 yaml-duplicate-key"});
}

TEST_CASE("texts are bounded and translations complete") {
  CHECK(wrong("vision: Nobody dies.", "vision: " + std::string(std::size_t{16} * 1024 + 1, 'x')) ==
        Places{"4:9 too-long"});
  CHECK(wrong("vision: Nobody dies.", "vision: " + std::string(std::size_t{16} * 1024, 'x')).empty());
  CHECK(wrong("languages: [en, zh-CN]", "languages: [en, zh-CN, de]") == Places{"2:7 ~missing-translation"});
  CHECK(load_text(with("languages: [en, zh-CN]", "languages: [en, zh-CN, de]")).valid());
}

TEST_CASE("a folder without betterworld.yaml is no world") {
  const LoadedDefinition loaded = load(memory_source({}), {});
  CHECK(places(loaded) == Places{"1:1 missing-file"});
  CHECK(!loaded.valid());
}

TEST_CASE("the icon belongs to the definition") {
  const std::string text = valid + "pages: {icon: pages/icon.png}\n";
  CHECK(places(load_text(text)) == Places{"60:15 missing-file"});
  const LoadedDefinition loaded =
      load(memory_source({{definition_file, text}, {"pages/icon.png", "PNG"}}), {});
  CHECK(loaded.valid());
  CHECK(loaded.definition->icon == "pages/icon.png");
  CHECK(loaded.files.size() == 2);
  for (const char* path :
       {"../x", "/etc/passwd", "a//b", ".git/config", "a/.GIT/x", "./a", "a/..", "\"a\\\\b\"", "\"a\\nb\""}) {
    CAPTURE(path);
    CHECK(places(load_text(valid + "pages: {icon: " + path + "}\n")) == Places{"60:15 unsafe-path"});
  }
  const std::string huge(max_named_files_bytes + 1, 'x');
  CHECK(places(load(memory_source({{definition_file, text}, {"pages/icon.png", huge}}), {})) ==
        Places{"60:15 file-too-large"});
}

TEST_CASE("a tool that is not known is an error, other files in tools are not") {
  const auto tool = [](const std::string& path, const std::string& content) {
    return places(load(memory_source({{definition_file, valid}, {path, content}}), {}));
  };
  CHECK(tool("tools/points.yaml", "a: 1\n") == Places{"tools/points.yaml:1:1 unknown-tool"});
  CHECK(tool("tools/points.yaml", "a: 1\na: 2\n") ==
        Places{"tools/points.yaml:1:1 unknown-tool", "tools/points.yaml:2:1 yaml-duplicate-key"});
  CHECK(tool("tools/points.yml", "a: 1\n") == Places{"tools/points.yml:1:1 unknown-tool"});
  CHECK(tool("tools/README.md", "x").empty());
}

TEST_CASE("a folder is read without following links") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const fs::path world = folder.path() / "a wörld 世界";
  write_file(world / definition_file, valid + "pages: {icon: pages/icon.png}\n");
  write_file(folder.path() / "secret", "secret");
  fs::create_directory(world / "pages");
  fs::create_symlink(folder.path() / "secret", world / "pages" / "icon.png");
  CHECK(places(load(folder_source(world), {})) == Places{"60:15 unreadable-file"});
  fs::remove(world / "pages" / "icon.png");
  write_file(world / "pages" / "icon.png", "PNG");
  CHECK(load(folder_source(world), {}).valid());
  fs::rename(world / "pages", folder.path() / "pages");
  fs::create_directory_symlink(folder.path() / "pages", world / "pages");
  CHECK(places(load(folder_source(world), {})) == Places{"60:15 unreadable-file"});
  fs::remove(world / definition_file);
  fs::create_directory(world / definition_file);
  CHECK(places(load(folder_source(world), {})) == Places{"1:1 unreadable-file"});
}

TEST_CASE("the minimal template is valid and small") {
  const LoadedDefinition loaded =
      load(folder_source(std::filesystem::path(BW_SOURCE_DIR) / "examples/minimal"), {});
  CHECK_MESSAGE(places(loaded).empty(), fmt::format("{}", fmt::join(places(loaded), "\n")));
  CHECK(loaded.valid());
}

TEST_CASE("hostile YAML ends in an error, never in a model") {
  for (const std::string& text :
       {std::string(), std::string("\0", 1), std::string("\xFF"), std::string(10u << 20, '['),
        std::string(100'000, '['), valid + "x: &x [*x]\n", "\xEF\xBB\xBF" + valid,
        std::string("a: !!python/object:x y\n")}) {
    const LoadedDefinition loaded = load_text(text);
    CHECK(!loaded.valid());
    CHECK(has_errors(loaded.problems));
  }
}

}  // namespace
}  // namespace bw
