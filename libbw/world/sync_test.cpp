#include "world/sync.h"

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "world/clone.h"
#include "world/inbox.h"
#include "world/test_world.h"

namespace bw {
namespace {

using namespace bw::testing;
namespace fs = std::filesystem;

void wish(const TestWorld& ada, SyncWish wish) {
  remember_world(ada.environment, {ada.world.id(), ada.world.name(), ada.world.folder(), wish});
}
void wish(const TestWorld& ada, const std::string& behaviour, std::optional<SyncWish> wish) {
  remember_behaviour_wish(ada.environment, ada.world.folder(), behaviour, wish);
}

Event log(const TestWorld& ada, const char* behaviour) {
  return record(ada.environment, ada.world, *ada.signer, deed(behaviour)).event;
}

SyncedWorld sync(const TestPerson& who) {
  const auto synced = sync_worlds(who.environment, known_worlds(who.environment), {});
  REQUIRE(synced.size() == 1);
  return synced.front();
}

// A person with a copy of Ada's world.
struct Follower : TestPerson {
  explicit Follower(const TestWorld& ada)
      : TestPerson("Ben"),
        copy(clone_world(environment, *git::RemoteUrl::parse(ada.world.folder().string()),
                         folder.path() / "copy")
                 .world) {}
  World copy;
};

}  // namespace

TEST_CASE("an event is sent as its behaviours ask, the most hesitant deciding") {
  TestWorld ada;
  wish(ada, SyncWish::immediate);
  wish(ada, "teach", SyncWish::manual);
  wish(ada, "mend", SyncWish::periodic);
  const SyncWishes wishes = sync_wishes(ada.environment, ada.world);
  const auto about = [&](const Event& event) {
    return wish_about(wishes, event, open_journal(ada.environment, ada.world.id()).read());
  };
  CHECK(about(log(ada, "map-aed")) == SyncWish::immediate);
  const Event mend = log(ada, "mend");
  const Event teach = log(ada, "teach");
  CHECK(about(mend) == SyncWish::periodic);
  CHECK(about(teach) == SyncWish::manual);
  // What is about something that still waits does not leave before it.
  CHECK(about(record_retraction(ada.environment, ada.world, *ada.signer, teach.id, {}).event) ==
        SyncWish::manual);
  CHECK(about(record_correction(ada.environment, ada.world, *ada.signer, mend.id, deed("map-aed", "2"))
                  .event) == SyncWish::periodic);
  const Event tabled =
      sign_event({.at = ada.environment.now(),
                  .kind = "behaviour.tabled",
                  .body = {{"totals", {{{"behaviour", "map-aed"}}, {{"behaviour", "teach"}}}}},
                  .details = {},
                  .world = ada.world.id()},
                 make_nonce(ada.environment.random), *ada.signer);
  CHECK(about(tabled) == SyncWish::manual);
}

TEST_CASE("only what is due is sent, and what is manual stays until it is submitted") {
  TestWorld ada;
  wish(ada, SyncWish::periodic);
  wish(ada, "teach", SyncWish::manual);
  wish(ada, "mend", SyncWish::immediate);
  const Event teach = log(ada, "teach");
  const Event map = log(ada, "map-aed");
  const Event mend = log(ada, "mend");
  const auto in_log = [&](const Event& event) { return ada.world.stream.ids.find(event.id).has_value(); };
  submit_due(ada.environment, ada.world, *ada.signer, SyncWish::immediate);
  CHECK(in_log(mend));
  CHECK_FALSE(in_log(map));
  const SyncedWorld synced = sync(ada);
  CHECK_FALSE(synced.failed);
  CHECK(synced.sent == 1);
  CHECK(synced.waiting == 0);
  refresh(ada.environment, ada.world);
  CHECK(in_log(map));
  CHECK_FALSE(in_log(teach));
  CHECK(waiting_entries(ada.environment, ada.world, false).size() == 1);
  wish(ada, "teach", std::nullopt);
  CHECK(sync(ada).sent == 1);
}

TEST_CASE("a world that is manual throughout is left alone") {
  TestWorld ada;
  wish(ada, SyncWish::manual);
  wish(ada, "teach", SyncWish::manual);
  log(ada, "teach");
  const SyncedWorld synced = sync(ada);
  CHECK_FALSE(synced.due);
  CHECK(synced.sent == 0);
  CHECK_FALSE(last_sync(ada.environment, ada.world.folder()));
  CHECK(waiting_entries(ada.environment, ada.world, false).size() == 1);
}

TEST_CASE("a member's sync leaves a bundle and brings what is new; offline it waits, and is told of") {
  TestWorld ada;
  Follower ben(ada);
  remember_world(ben.environment, {ben.copy.id(), ben.copy.name(), ben.copy.folder(), SyncWish::periodic});
  const auto record_one = [&] { record(ben.environment, ben.copy, *ben.signer, deed("teach")); };
  record_one();
  log(ada, "teach");
  submit(ada.environment, ada.world, *ada.signer, {});
  const SyncedWorld first = sync(ben);
  CHECK_FALSE(first.failed);
  CHECK(first.sent == 1);
  CHECK(first.entries == 1);
  CHECK(unanswered_bundles(ada.world) == 1);
  CHECK(last_sync(ben.environment, ben.copy.folder())->well);

  record_one();
  fs::rename(ada.world.folder(), ada.folder.path() / "away");
  const SyncedWorld offline = sync(ben);
  CHECK(offline.failed == ErrorCode::cannot);
  CHECK(offline.sent == 0);
  CHECK(offline.waiting == 1);
  const auto last = last_sync(ben.environment, ben.copy.folder());
  REQUIRE(last);
  CHECK_FALSE(last->well);
  CHECK(contains(last->sentence, "1 event waits"));

  fs::rename(ada.folder.path() / "away", ada.world.folder());
  CHECK(sync(ben).sent == 1);
  CHECK(last_sync(ben.environment, ben.copy.folder())->well);
}

TEST_CASE("a world that fails keeps no other from its turn") {
  TestWorld ada;
  wish(ada, SyncWish::periodic);
  log(ada, "teach");
  // Sorted before it by name: a folder that is gone, and one that holds something else.
  remember_world(ada.environment, {ada.world.id(), "A", ada.folder.path() / "nowhere", SyncWish::periodic});
  fs::create_directories(ada.folder.path() / "empty");
  remember_world(ada.environment, {ada.world.id(), "B", ada.folder.path() / "empty", SyncWish::immediate});
  std::vector<std::string> order;
  const auto synced = sync_worlds(ada.environment, known_worlds(ada.environment),
                                  [&](const SyncedWorld& world) { order.push_back(world.world.name); });
  REQUIRE(synced.size() == 3);
  CHECK(order == std::vector<std::string>{"A", "B", "Test world"});
  CHECK(synced[0].failed == ErrorCode::cannot);
  CHECK(synced[1].failed == ErrorCode::invalid);
  CHECK_FALSE(synced[2].failed);
  CHECK(synced[2].sent == 1);
}

TEST_CASE("what the home refuses is told of, with the event and the reason") {
  TestWorld ada;
  wish(ada, SyncWish::periodic);
  open_journal(ada.environment, ada.world.id())
      .append(*ada.signer, ada.environment.random, [&](const std::vector<JournalEntry>&) {
        return std::vector<NewEntry>{{{.at = ada.environment.now(),
                                       .kind = "magic.cast",
                                       .body = Json::object(),
                                       .details = {},
                                       .world = ada.world.id()},
                                      {},
                                      std::nullopt}};
      });
  const SyncedWorld synced = sync(ada);
  CHECK(synced.failed == ErrorCode::refused);
  REQUIRE(synced.refused.size() == 1);
  CHECK(contains(synced.problem, "not known"));
}

TEST_CASE("a second run at once does nothing and says so") {
  TestWorld ada;
  wish(ada, SyncWish::periodic);
  log(ada, "teach");
  const FileLock running(ada.environment.state_folder / "sync.lock");
  CHECK(contains(error_of([&] { sync_worlds(ada.environment, known_worlds(ada.environment), {}); }),
                 "another sync is going on"));
  CHECK(waiting_entries(ada.environment, ada.world, false).size() == 1);
}

TEST_CASE("a damaged record of the last sync is as good as none") {
  TestWorld ada;
  wish(ada, SyncWish::periodic);
  sync(ada);
  REQUIRE(last_sync(ada.environment, ada.world.folder()));
  for (const char* text : {"", "[]", "{\"", "{\"/\":7}", "null"}) {
    write_file(ada.environment.state_folder / "sync.json", text);
    CHECK_FALSE(last_sync(ada.environment, ada.world.folder()));
  }
  sync(ada);
  CHECK(last_sync(ada.environment, ada.world.folder()));
}

}  // namespace bw
