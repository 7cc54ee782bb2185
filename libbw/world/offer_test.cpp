#include "world/offer.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "tools/toolset.h"
#include "world/definition_for_tests.h"

using namespace bw;
using namespace bw::testing;
using git::failure_of;

namespace {

const std::string base_text = std::string(test_definition) + "stewards:\n  - {did: " +
                              "\"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK\", name: Ada}\n";

DefinitionFiles files(const std::string& text) {
  return {{"betterworld.yaml", text}};
}

std::vector<std::string> offered(const std::string& mine, const std::vector<std::string>& only = {},
                                 bool leave_own = true) {
  return sentences(
      difference(files(base_text), offered_files(files(base_text), files(mine), only, leave_own)));
}

// Many changes at once.
std::string changed() {
  std::string text = with(base_text, "target: 3", "target: 5");
  text = with(text, "title: Teach", "title: To teach");
  text = with(text, "  - {id: mend", "  # Why.\n" + behaviour("sing") + "  - {id: mend");
  text = with(text, "{per: day, quantity: 25}, ", "");
  return with(text, "vision: Every rule is tried once.", "vision: Other.\nsummary: Short.");
}

}  // namespace

TEST_CASE("everything that changed is offered, but not what makes a fork its own") {
  std::string mine = with(changed(), "name: Test world", "name: {en: Mine, zh-CN: 我的}");
  mine = with(mine, "name: Ada}",
              "name: Ada}\n  - {did: \"did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH\"}");
  const auto with_own = offered(mine, {}, false);
  const auto without = offered(mine);
  CHECK(without == offered(changed()));
  CHECK(with_own.size() == without.size() + 2);
}

TEST_CASE("a fork whose stewards were replaced and whose name was set offers neither") {
  std::string mine = with(base_text, "2doK\", name: Ada}", "2doK\", name: Eve}");
  mine = with(mine, "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
              "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH");
  CHECK(offered(with(mine, "name: Test world", "name: Mine")).empty());
  const std::size_t stewards = mine.find("stewards:");
  CHECK(offered(mine.substr(0, stewards)).empty());
}

TEST_CASE("only what changed in meaning differs in the text of an offer") {
  std::string mine = with(changed(), "name: Test world", "name: Mine");
  mine = with(mine, "grace: 30d", "# Enough.\ngrace: 30d");
  mine = with(mine, "name: Ada}", "name: Eve}");
  CHECK(offered_files(files(base_text), files(mine), {}, true).at("betterworld.yaml") ==
        with(changed(), "grace: 30d", "# Enough.\ngrace: 30d"));
}

TEST_CASE("parts of a section that is new can be offered one by one") {
  const std::string section =
      "milestones:\n  - {id: one, title: One, when: {indicator: aeds, at_least: 1}}\n";
  const std::string second = "  - {id: two, title: Two, when: {indicator: aeds, at_least: 2}}\n";
  const auto offer =
      offered_files(files(base_text), files(base_text + section + second), {"milestones/one"}, true);
  CHECK(offer.at("betterworld.yaml") == base_text + section);
}

TEST_CASE("an offer is narrowed to a section, an item or a field") {
  CHECK(offered(changed(), {"goals"}) == std::vector<std::string>{"goal coverage: target 3 → 5"});
  CHECK(offered(changed(), {"goals/coverage/target"}) ==
        std::vector<std::string>{"goal coverage: target 3 → 5"});
  CHECK(offered(changed(), {"behaviours/sing"}) ==
        std::vector<std::string>{"behaviour sing (Something) added"});
  CHECK(offered(changed(), {"behaviours/teach", "summary"}).size() == 2);
  CHECK(offered(changed(), {"units"}).empty());
  CHECK(offered(changed(), {"betterworld.yaml"}) == offered(changed()));
}

TEST_CASE("the comment on what is offered comes along") {
  const auto offer = offered_files(files(base_text), files(changed()), {"behaviours/sing"}, true);
  CHECK(offer.at("betterworld.yaml").find("  # Why.\n" + behaviour("sing")) != std::string::npos);
  const MergedFiles merged = merge_offer(files(base_text), files("# Upstream.\n" + base_text), offer);
  CHECK(merged.conflicts.empty());
  CHECK(merged.files.at("betterworld.yaml") ==
        "# Upstream.\n" +
            with(base_text, "  - {id: mend", "  # Why.\n" + behaviour("sing") + "  - {id: mend"));
}

TEST_CASE("what I removed is not offered where it was not asked for") {
  std::string mine = with(base_text, "  - {id: mend, title: Mend, unit: device, visibility: sealed}\n", "");
  mine = with(mine, "target: 3", "target: 5");
  CHECK(offered(mine, {"goals"}) == std::vector<std::string>{"goal coverage: target 3 → 5"});
  CHECK(offered(mine, {"behaviours/mend"}) == std::vector<std::string>{"behaviour mend (Mend) removed"});
  const MergedFiles merged = merge_offer(files(base_text), files(base_text),
                                         offered_files(files(base_text), files(mine), {"goals"}, true));
  CHECK(merged.files.at("betterworld.yaml") == with(base_text, "target: 3", "target: 5"));
}

TEST_CASE("a part that does not exist is a mistake, and the closest change is suggested") {
  const auto failure = failure_of([] { offered(changed(), {"goals/coverage/targt"}); });
  CHECK(failure.code == ErrorCode::usage);
  CHECK(failure.hint.find("goals/coverage/target") != std::string::npos);
  CHECK(failure_of([] { offered(changed(), {"../etc"}); }).code == ErrorCode::usage);
  CHECK(failure_of([] { offered(changed(), {""}); }).code == ErrorCode::usage);
}

TEST_CASE("any one of the changed parts can be offered alone") {
  CHECK(rc::check("narrowing to one changed part offers exactly that change", [] {
    const auto all = difference(files(base_text), files(changed()));
    const Change& one = all[*rc::gen::inRange<std::size_t>(0, all.size())];
    RC_ASSERT(offered(changed(), {one.path}) == std::vector<std::string>{one.sentence});
  }));
}

TEST_CASE("files of tools and pictures are offered as a whole") {
  DefinitionFiles base = files(base_text);
  base["tools/points.yaml"] = "a: 1\n";
  base["tools/old.yaml"] = "a: 1\n";
  base["icon.png"] = "old";
  DefinitionFiles mine = files(with(base_text, "target: 3", "target: 5"));
  mine["tools/points.yaml"] = "a: 2\n";
  mine["tools/new.yaml"] = "a: 1\n";
  mine["icon.png"] = "new";
  mine["photo.png"] = "photo";

  DefinitionFiles offer = offered_files(base, mine, {}, true);
  CHECK(offer == mine);
  offer = offered_files(base, mine, {"goals", "tools/points.yaml"}, true);
  CHECK(offer.at("tools/points.yaml") == "a: 2\n");
  CHECK(offer.contains("tools/old.yaml"));
  CHECK_FALSE(offer.contains("tools/new.yaml"));
  CHECK(offer.at("icon.png") == "old");
  CHECK(offer.contains("photo.png"));  // the offered parts may name it
}

TEST_CASE("an offer is merged into what they changed meanwhile") {
  DefinitionFiles base = files(base_text);
  base["tools/points.yaml"] = "a: 1\nb: 1\n";
  base["icon.png"] = "old";
  DefinitionFiles theirs = files(with(base_text, "  - {id: mend", behaviour("theirs") + "  - {id: mend"));
  theirs["tools/points.yaml"] = "a: 2\nb: 1\n";
  theirs["icon.png"] = "old";
  DefinitionFiles offer = files(with(base_text, "  - {id: mend", behaviour("mine") + "  - {id: mend"));
  offer["tools/points.yaml"] = "a: 1\nb: 2\n";
  offer["icon.png"] = "new";
  const MergedFiles merged = merge_offer(base, theirs, offer);
  CHECK(merged.conflicts.empty());
  CHECK(merged.files.at("tools/points.yaml") == "a: 2\nb: 2\n");
  CHECK(merged.files.at("icon.png") == "new");
  CHECK(load_definition(memory_source(files(merged.files.at("betterworld.yaml"))))
            .definition->behaviours.size() == 7);
}

TEST_CASE("a conflict with what they changed is told from my side") {
  const MergedFiles merged = merge_offer(files(base_text), files(with(base_text, "grace: 30d", "grace: 40d")),
                                         files(with(base_text, "grace: 30d", "grace: 50d")));
  REQUIRE(merged.conflicts.size() == 1);
  CHECK(merged.conflicts[0] == "betterworld.yaml: field grace: base 30d, ours 50d, theirs 40d");
  DefinitionFiles base = files(base_text);
  base["icon.png"] = "old";
  DefinitionFiles theirs = base;
  theirs["icon.png"] = "theirs";
  DefinitionFiles offer = base;
  offer["icon.png"] = "mine";
  CHECK(merge_offer(base, theirs, offer).conflicts ==
        std::vector<std::string>{"icon.png: changed on both sides"});
  offer["icon.png"] = "theirs";
  CHECK(merge_offer(base, theirs, offer).conflicts.empty());
}
