#include "world/registry.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/test_errors.h"
#include "crypto/hash.h"

using namespace bw;
namespace fs = std::filesystem;

namespace {

using testing::error_from;

struct Machine {
  TemporaryFolder folder;
  Environment environment;
  Machine() { environment.data_folder = folder.path() / "data"; }

  KnownWorld world(const std::string& name, const std::string& where) const {
    return {WorldId{sha256(name + where)}, name, folder.path() / where, SyncWish::manual};
  }
};

}  // namespace

TEST_CASE("worlds are remembered by folder, sorted by name, and forgotten") {
  const Machine machine;
  CHECK(known_worlds(machine.environment).empty());
  remember_world(machine.environment, machine.world("ohca", "b"));
  remember_world(machine.environment, machine.world("green", "a"));
  KnownWorld changed = machine.world("ohca", "b");
  changed.sync = SyncWish::periodic;
  remember_world(machine.environment, changed);

  const auto worlds = known_worlds(machine.environment);
  REQUIRE(worlds.size() == 2);
  CHECK(worlds[0].name == "green");
  CHECK(worlds[1].sync == SyncWish::periodic);
  CHECK(worlds[1].id == changed.id);

  forget_world(machine.environment, machine.folder.path() / "a");
  forget_world(machine.environment, machine.folder.path() / "a");
  CHECK(known_worlds(machine.environment).size() == 1);
}

TEST_CASE("a folder is one place however it is written") {
  const Machine machine;
  fs::create_directories(machine.folder.path() / "w" / "sub");
  fs::create_directory_symlink(machine.folder.path() / "w", machine.folder.path() / "link");
  KnownWorld world = machine.world("w", "w");
  for (const char* written : {"w", "w/", "w/sub/..", "link"}) {
    world.folder = machine.folder.path() / written;
    remember_world(machine.environment, world);
  }
  CHECK(known_worlds(machine.environment).size() == 1);
}

TEST_CASE("a world is found by name, id prefix, folder name or path") {
  const Machine machine;
  const KnownWorld estate = machine.world("心脏骤停 Ａ", "estate");
  remember_world(machine.environment, estate);
  remember_world(machine.environment, machine.world("ohca", "other"));
  for (const std::string& name : {std::string("心脏骤停 a"), std::string("estate"), std::string("ESTATE"),
                                  estate.id.short_text(), (machine.folder.path() / "estate").string()}) {
    CHECK(find_world(machine.environment, name).id == estate.id);
  }
}

TEST_CASE("a name that fits none or several is refused with what may be meant") {
  const Machine machine;
  remember_world(machine.environment, machine.world("ohca", "a"));
  remember_world(machine.environment, machine.world("OHCA", "b"));
  const Error several = error_from([&] { find_world(machine.environment, "ohca"); });
  CHECK(several.code() == ErrorCode::usage);
  CHECK(several.hint().find((machine.folder.path() / "b").string()) != std::string::npos);

  const Error none = error_from([&] { find_world(machine.environment, "ocha"); });
  CHECK(none.code() == ErrorCode::usage);
  CHECK(none.hint() == "did you mean \"OHCA\"?");
  for (const std::string& hostile :
       {std::string(), std::string("\xff\xfe"), std::string("../../etc"), std::string(100000, 'x')}) {
    CHECK(error_from([&] { find_world(machine.environment, hostile); }).code() == ErrorCode::usage);
  }
}

TEST_CASE("a damaged registry says so, and rows that make no sense are passed over") {
  const Machine machine;
  const fs::path file = machine.environment.data_folder / "worlds.json";
  for (const char* text : {"", "[]", "{\"worlds\":{}}", "nonsense"}) {
    write_file(file, text);
    CHECK(error_from([&] { known_worlds(machine.environment); }).code() == ErrorCode::invalid);
  }
  write_file(file, R"({"worlds":[7,{},{"id":"ab","folder":"/x"},{"id":")" + std::string(64, 'a') +
                       R"(","name":3,"folder":"/x","sync":"never"}]})");
  const auto worlds = known_worlds(machine.environment);
  REQUIRE(worlds.size() == 1);
  CHECK(worlds[0].sync == SyncWish::manual);
}

TEST_CASE("worlds remembered at the same time are all remembered") {
  const Machine machine;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string name = "w" + std::to_string(i);
      remember_world(machine.environment, machine.world(name, name));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(known_worlds(machine.environment).size() == 8);
}

TEST_CASE("a sync wish has one word") {
  for (const SyncWish wish : {SyncWish::immediate, SyncWish::periodic, SyncWish::manual}) {
    CHECK(parse_sync_wish(text_of(wish)) == wish);
  }
  CHECK_FALSE(parse_sync_wish("Immediate"));
  CHECK_FALSE(parse_sync_wish(""));
}

TEST_CASE("wishes about behaviours stay when the world is remembered again, and not for another world") {
  const Machine machine;
  const KnownWorld world = machine.world("ohca", "w");
  CHECK(error_from([&] {
          remember_behaviour_wish(machine.environment, world.folder, "teach", SyncWish::manual);
        }).code() == ErrorCode::invalid);
  remember_world(machine.environment, world);
  remember_behaviour_wish(machine.environment, world.folder, "teach", SyncWish::manual);
  remember_behaviour_wish(machine.environment, world.folder, "walk", SyncWish::immediate);
  KnownWorld again = world;
  again.sync = SyncWish::periodic;
  remember_world(machine.environment, again);
  const auto known = known_world_at(machine.environment, world.folder);
  REQUIRE(known);
  CHECK(known->sync == SyncWish::periodic);
  CHECK(known->behaviours ==
        std::map<std::string, SyncWish>{{"teach", SyncWish::manual}, {"walk", SyncWish::immediate}});
  remember_behaviour_wish(machine.environment, world.folder, "teach", std::nullopt);
  CHECK(known_world_at(machine.environment, world.folder)->behaviours.size() == 1);
  KnownWorld other = machine.world("another", "elsewhere");
  other.folder = world.folder;
  remember_world(machine.environment, other);
  CHECK(known_world_at(machine.environment, world.folder)->behaviours.empty());
}
