#include "hub/index.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include <doctest/doctest.h>

#include "base/error.h"
#include "hub/hub.h"
#include "hub/search.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_hub.h"

namespace bw {
namespace {

using namespace bw::testing;
namespace fs = std::filesystem;

constexpr const char* first_aid = R"(summary: {en: Neighbours learn first aid., zh-CN: 邻里一起演练急救。}
sdgs: [3, 11]
units: [{id: hour, title: Hour}, {id: device, title: Device}]
indicators: [{id: aeds, title: Devices, unit: device}]
goals: [{id: coverage, title: {en: Three defibrillators, zh-CN: 三台除颤器}, indicator: aeds, target: 3, due: 2027-06-30}]
behaviours:
  - {id: teach-cpr, title: {en: Teach CPR, zh-CN: 教心肺复苏}, unit: hour}
  - {id: map-aed, title: Map a defibrillator, description: Where it hangs and when it can be reached, unit: device}
)";
constexpr const char* green = R"(summary: Days not driven.
sdgs: [11, 13]
units: [{id: day, title: Day}]
behaviours: [{id: leave-car, title: Leave the car at home, unit: day}]
)";

struct PublishedHub : TestHub {
  PublishedHub() {
    add("First aid", first_aid);
    add("Green travel", green);
  }
  void add(const std::string& name, const std::string& more) {
    worlds.push_back(make_named_world(*this, name, more));
    publish(environment, worlds.back(), *signer, {.hub = hub_folder, .name = {}});
  }
  fs::path index() const { return HubLayout(hub_folder).index(); }
  std::string dump_of_rebuilt() const {
    reindex(environment, open());
    return dump_index(index());
  }
  std::vector<std::string> found(const SearchQuery& query) const {
    std::vector<std::string> names;
    for (const FoundWorld& world : search_hub(environment, hub_folder, query).results)
      names.push_back(world.name);
    return names;
  }
  std::vector<std::string> found(const std::string& text) const {
    return found(SearchQuery{.text = text, .sdg = {}, .behaviour = {}});
  }

  std::vector<World> worlds;
};

using Names = std::vector<std::string>;

TEST_CASE("worlds are found by words of any language and length in any of their texts") {
  const PublishedHub hub;
  for (const char* query :
       {"急救", "救", "除颤", "除颤器", "三台除颤器", "心肺复苏", "cpr", "CPR", "ｃｐｒ", "defib",
        "first aid", "neighbours 急救", "teach-cpr", "reached", "vision first"}) {
    CAPTURE(query);
    CHECK(hub.found(query) == Names{"first-aid"});
  }
  CHECK(hub.found("leave the car") == Names{"green-travel"});
  CHECK(hub.found("vision").size() == 2);
  for (const char* query : {"火箭", "救急", "cpr car", "急救 火", "xcpr"}) {
    CAPTURE(query);
    CHECK(hub.found(query).empty());
  }
}

TEST_CASE("nothing in a query works on the database") {
  const PublishedHub hub;
  for (const char* query :
       {"\"", "*", "NEAR(", "OR", "--", "'; DROP TABLE worlds; --", "cpr OR car", "name:first", "^first", "(",
        "\"急救", "a AND", "NOT cpr", "{title} : x", "%", "_", "\\"}) {
    CAPTURE(query);
    CHECK_NOTHROW(hub.found(query));
  }
  CHECK(hub.found("\"cpr\"") == Names{"first-aid"});
  CHECK(hub.found("cp*").empty());
  CHECK(hub.found("!?").empty());
  std::string sentence;
  for (int i = 0; i < 2000; ++i) sentence += "我们想在小区里学习急救 and learn CPR ";
  CHECK_NOTHROW(hub.found(sentence));
  CHECK_NOTHROW(hub.found(std::string("cpr\0car", 7)));
  CHECK_THROWS_AS(hub.found("\xff"), Error);
  CHECK(hub.found("first").size() == 1);
}

TEST_CASE("filters narrow a search, and stand alone") {
  const PublishedHub hub;
  const auto with = [&](const std::string& text, std::optional<int> sdg,
                        std::optional<std::string> behaviour) {
    return hub.found(SearchQuery{.text = text, .sdg = sdg, .behaviour = std::move(behaviour)});
  };
  CHECK(with("", {}, {}) == Names{"first-aid", "green-travel"});
  CHECK(with("", 11, {}) == Names{"first-aid", "green-travel"});
  CHECK(with("", 3, {}) == Names{"first-aid"});
  CHECK(with("", 17, {}).empty());
  CHECK(with("", {}, "map-aed") == Names{"first-aid"});
  CHECK(with("vision", 13, {}) == Names{"green-travel"});
  CHECK(with("vision", 13, "map-aed").empty());
  CHECK(with("", {}, "' OR 1=1 --").empty());
  CHECK_THROWS_AS(with("", 18, {}), Error);
}

TEST_CASE("what is found says where, with which behaviours, and in the reader's language") {
  const PublishedHub hub;
  const auto results =
      search_hub(hub.environment, hub.hub_folder,
                 {.text = "除颤", .sdg = {}, .behaviour = {}, .limit = 20, .language = "zh-CN"})
          .results;
  REQUIRE(results.size() == 1);
  const FoundWorld& found = results.front();
  CHECK(found.world == hub.worlds.front().id());
  CHECK(found.title == "First aid");
  CHECK(found.summary == "邻里一起演练急救。");
  CHECK(found.size == hub.worlds.front().stream.checkpoint->size);
  CHECK(found.sdgs == std::vector<int>{3, 11});
  CHECK(found.matched == Names{"goals"});
  CHECK(found.remotes == Names{HubLayout(hub.hub_folder).repository_of(found.world).string()});
  const auto cpr =
      search_hub(hub.environment, hub.hub_folder, {.text = "cpr", .sdg = {}, .behaviour = {}}).results;
  REQUIRE(cpr.size() == 1);
  REQUIRE(cpr.front().behaviours.size() == 1);
  CHECK(cpr.front().behaviours.front().id == "teach-cpr");
}

TEST_CASE("a word in the title weighs more than one in the vision, and the limit holds") {
  TestHub hub;
  for (const char* name : {"Alpha", "Vision quest", "Beta"}) {
    World world = make_named_world(hub, name);
    publish(hub.environment, world, *hub.signer, {.hub = hub.hub_folder, .name = {}});
  }
  const auto all =
      search_hub(hub.environment, hub.hub_folder, {.text = "vision", .sdg = {}, .behaviour = {}});
  REQUIRE(all.results.size() == 3);
  CHECK(all.results.front().name == "vision-quest");
  CHECK_FALSE(all.more);
  const auto two =
      search_hub(hub.environment, hub.hub_folder, {.text = "vision", .sdg = {}, .behaviour = {}, .limit = 2});
  CHECK(two.results.size() == 2);
  CHECK(two.more);
}

TEST_CASE("an index kept up to date is the same as one made anew") {
  PublishedHub hub;
  refresh_index(hub.environment, hub.open());
  hub.add("Third", first_aid);
  const Indexed third = refresh_index(hub.environment, hub.open());
  CHECK(third.worlds == 3);
  CHECK(third.written == 1);
  // A new name, and a world that grew.
  publish(hub.environment, hub.worlds[0], *hub.signer, {.hub = hub.hub_folder, .name = "renamed"});
  World& grown = hub.worlds[1];
  record(hub.environment, grown, *hub.signer, testing::deed("leave-car"));
  submit(hub.environment, grown, *hub.signer, {});
  publish(hub.environment, grown, *hub.signer, {});
  CHECK(refresh_index(hub.environment, hub.open()).written == 2);
  const std::string kept = dump_index(hub.index());
  CHECK(kept == hub.dump_of_rebuilt());
  fs::remove(hub.index());
  CHECK(hub.found("renamed") == Names{"renamed"});
  CHECK(dump_index(hub.index()) == kept);
  CHECK(refresh_index(hub.environment, hub.open()).written == 0);
}

TEST_CASE("a listing whose copy comes later is taken up, as when the index is made anew") {
  PublishedHub hub;
  const fs::path copy = HubLayout(hub.hub_folder).repository_of(hub.worlds[0].id());
  fs::rename(copy, hub.folder.path() / "away");
  const Indexed without = refresh_index(hub.environment, hub.open());
  CHECK(without.worlds == 1);
  REQUIRE(without.ineffective.size() == 1);
  fs::rename(hub.folder.path() / "away", copy);
  CHECK(refresh_index(hub.environment, hub.open()).worlds == 2);
  const std::string kept = dump_index(hub.index());
  CHECK(kept == hub.dump_of_rebuilt());
}

TEST_CASE("an index that is damaged, foreign or no file is made anew") {
  PublishedHub hub;
  refresh_index(hub.environment, hub.open());
  const std::string whole = dump_index(hub.index());
  const std::string bytes = read_file(hub.index(), 1u << 30);

  for (const std::string& content :
       {std::string(), std::string("no database"), std::string(100'000, 'x'), bytes.substr(0, 5000)}) {
    std::ofstream(hub.index(), std::ios::binary | std::ios::trunc) << content;
    CHECK(hub.found("急救") == Names{"first-aid"});
    CHECK(dump_index(hub.index()) == whole);
  }

  const PublishedHub other;
  reindex(other.environment, other.open());
  fs::copy_file(other.index(), hub.index(), fs::copy_options::overwrite_existing);
  CHECK(hub.found("急救") == Names{"first-aid"});
  CHECK(dump_index(hub.index()) == whole);

  const fs::path outside = hub.folder.path() / "precious";
  std::ofstream(outside) << "do not touch";
  fs::remove(hub.index());
  fs::create_symlink(outside, hub.index());
  CHECK(hub.found("急救") == Names{"first-aid"});
  CHECK(read_file(outside, 100) == "do not touch");
  CHECK(dump_index(hub.index()) == whole);
}

TEST_CASE("a Hub is made whole or not at all, and checked as a whole") {
  const TestPerson ada("Ada");
  const fs::path folder = ada.folder.path() / "城市 hub = 1";
  Hub hub = create_hub(ada.environment, *ada.identity, *ada.signer, folder, "City hub");
  CHECK(hub.world.name() == "City hub");
  CHECK(check_hub(ada.environment, hub).ok());
  CHECK_THROWS_AS(create_hub(ada.environment, *ada.identity, *ada.signer, folder, "Again"), Error);
  CHECK(open_hub(ada.environment, folder).world.id() == hub.world.id());

  World world = make_named_world(ada, "First aid", first_aid);
  publish(ada.environment, world, *ada.signer, {.hub = folder, .name = {}});
  hub = open_hub(ada.environment, folder);
  CHECK(check_hub(ada.environment, hub).worlds == 1);
  CHECK(search_hub(ada.environment, folder, {.text = "急救", .sdg = {}, .behaviour = {}}).results.size() ==
        1);

  fs::rename(hub.layout.repository_of(world.id()), ada.folder.path() / "away");
  const HubCheck gone = check_hub(ada.environment, hub);
  REQUIRE(gone.problems.size() == 1);
  CHECK(gone.problems.front().what.find("missing") != std::string::npos);
}

TEST_CASE("listings that wait are admitted by the Hub's keeper and by nobody else") {
  TestHub keeper;
  const TestPerson ada("Ada");
  World world = make_named_world(ada, "First aid", first_aid);
  publish(ada.environment, world, *ada.signer, {.hub = keeper.hub_folder, .name = {}});
  Hub hub = keeper.open();
  CHECK(waiting_bundles(hub) == 1);
  CHECK_THROWS_AS(admit_listings(ada.environment, hub, *ada.signer), Error);
  const HubAdmission admission = admit_listings(keeper.environment, hub, *keeper.signer);
  REQUIRE(admission.bundles.size() == 1);
  CHECK(admission.indexed.worlds == 1);
  CHECK(waiting_bundles(hub) == 0);
  CHECK(search_hub(ada.environment, keeper.hub_folder, {.text = "急救", .sdg = {}, .behaviour = {}})
            .results.size() == 1);
}

}  // namespace
}  // namespace bw
