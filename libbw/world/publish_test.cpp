#include "world/publish.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "world/clone.h"
#include "world/hub_directory.h"
#include "world/merge_bundles.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_hub.h"
#include "world/verify_world.h"

namespace bw {
namespace {

using namespace bw::testing;
namespace fs = std::filesystem;

PublishOptions to(const TestHub& keeper, std::optional<std::string> name = std::nullopt) {
  return {.hub = keeper.hub_folder, .name = std::move(name)};
}

Error refusal(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::usage, "nothing was refused"};
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t listed_worlds(const TestHub& keeper) {
  return read_directory(keeper.environment, keeper.open()).worlds.size();
}

TEST_CASE("who keeps the Hub publishes at once: branches, listing and nothing else") {
  TestHub keeper;
  World world = make_named_world(keeper, "My World");
  world.repository.set_ref("refs/bw/inbox/x/y", *world.repository.ref(main_ref), "private");
  const Published published = publish(keeper.environment, world, *keeper.signer, to(keeper));
  CHECK(published.way == Published::Way::listed);
  CHECK(published.name == "my-world");
  CHECK(published.size == world.stream.checkpoint->size);
  CHECK(published.pushed == std::vector<std::string>{"stream", "main"});

  const git::Repository copy = git::Repository::open(published.repository);
  std::vector<std::string> refs;
  for (const auto& [name, oid] : copy.refs("refs/")) refs.push_back(name);
  CHECK(refs == std::vector<std::string>{"refs/heads/main", "refs/heads/stream"});
  CHECK(verify_world(keeper.environment, published.repository).ok());
  const auto found = resolve_name(keeper.environment, keeper.hub_folder, "my-world");
  REQUIRE(found);
  CHECK(found->world == world.id());
}

TEST_CASE("publishing again changes nothing until there is something new") {
  TestHub keeper;
  World world = make_world(keeper, keeper.folder.path() / "world");
  publish(keeper.environment, world, *keeper.signer, to(keeper));
  const auto size = keeper.open().world.stream.size();
  const Published again = publish(keeper.environment, world, *keeper.signer, {});
  CHECK(again.way == Published::Way::unchanged);
  CHECK(again.pushed.empty());
  CHECK(again.hub == keeper.hub_folder);
  CHECK(keeper.open().world.stream.size() == size);

  record(keeper.environment, world, *keeper.signer, testing::deed("teach"));
  submit(keeper.environment, world, *keeper.signer, {});
  const Published more = publish(keeper.environment, world, *keeper.signer, {});
  CHECK(more.way == Published::Way::listed);
  CHECK(more.name == again.name);
  CHECK(more.size > again.size);
}

TEST_CASE("others leave their listing in the Hub's inbox until the keeper admits it") {
  TestHub keeper;
  const TestPerson ada("Ada");
  World world = make_named_world(ada, "First");
  const Published published = publish(ada.environment, world, *ada.signer, to(keeper, "ＯＨＣＡ"));
  CHECK(published.way == Published::Way::waiting);
  CHECK(published.name == "ohca");
  CHECK(listed_worlds(keeper) == 0);

  const Published again = publish(ada.environment, world, *ada.signer, {});
  CHECK(again.way == Published::Way::waiting);

  Hub hub = keeper.open();
  const auto merged = merge_inboxes(keeper.environment, hub.world, *keeper.signer).bundles;
  std::size_t admitted = 0;
  for (const MergedBundle& bundle : merged) admitted += bundle.verdicts.size();
  CHECK(admitted >= 1);
  CHECK(resolve_name(ada.environment, keeper.hub_folder, "ohca")->world == world.id());
  CHECK(publish(ada.environment, world, *ada.signer, {}).way == Published::Way::unchanged);
}

TEST_CASE("a name that is another world's, or no name, is refused before anything is signed") {
  TestHub keeper;
  World first = make_named_world(keeper, "First");
  World second = make_named_world(keeper, "Second");
  publish(keeper.environment, first, *keeper.signer, to(keeper, "taken"));
  const Error taken =
      refusal([&] { publish(keeper.environment, second, *keeper.signer, to(keeper, "Taken")); });
  CHECK(taken.code() == ErrorCode::refused);
  CHECK(mentions(taken.what(), "belongs to another world"));
  for (const char* name : {"../x", "a/b", "", "-x", "\xff", "a\nb"}) {
    CAPTURE(name);
    CHECK(refusal([&] { publish(keeper.environment, second, *keeper.signer, to(keeper, name)); }).code() ==
          ErrorCode::usage);
  }
  CHECK(listed_worlds(keeper) == 1);
  CHECK_FALSE(fs::exists(HubLayout(keeper.hub_folder).repository_of(second.id())));
}

TEST_CASE("only a steward publishes, and only to a Hub") {
  TestHub keeper;
  const TestPerson eve("Eve");
  World world = make_named_world(keeper, "First");
  CHECK(refusal([&] { publish(eve.environment, world, *eve.signer, to(keeper)); }).code() ==
        ErrorCode::refused);
  CHECK(refusal([&] { publish(keeper.environment, world, *keeper.signer, {}); }).code() == ErrorCode::usage);
  CHECK(refusal([&] {
          publish(keeper.environment, world, *keeper.signer, {.hub = keeper.folder.path(), .name = {}});
        }).code() == ErrorCode::invalid);
}

TEST_CASE("a copy that lags behind the Hub, or went another way, does not overwrite it") {
  TestHub keeper;
  World world = make_world(keeper, keeper.folder.path() / "world");
  const fs::path old = keeper.folder.path() / "old";
  fs::copy(keeper.folder.path() / "world", old, fs::copy_options::recursive);
  const auto one_more = [&](World& where) {
    record(keeper.environment, where, *keeper.signer, testing::deed("teach"));
    submit(keeper.environment, where, *keeper.signer, {});
  };
  one_more(world);
  publish(keeper.environment, world, *keeper.signer, to(keeper));
  const auto published =
      git::Repository::open(HubLayout(keeper.hub_folder).repository_of(world.id())).ref(stream_ref);

  World behind = open_world(keeper.environment, old);
  CHECK(mentions(refusal([&] { publish(keeper.environment, behind, *keeper.signer, to(keeper)); }).what(),
                 "newer stream"));
  CHECK(git::Repository::open(HubLayout(keeper.hub_folder).repository_of(world.id())).ref(stream_ref) ==
        published);
}

TEST_CASE("the Hub's copy takes no push that would rewrite the stream") {
  TestHub keeper;
  World world = make_named_world(keeper, "First");
  const Published published = publish(keeper.environment, world, *keeper.signer, to(keeper));
  const auto before = git::Repository::open(published.repository).ref(stream_ref);
  const Command command{.arguments = {"git", "push", "--force", published.repository.string(), "main:stream"},
                        .folder = world.folder(),
                        .environment = {},
                        .input = {},
                        .on_error_output = {}};
  CHECK(run(command).status != 0);
  CHECK(git::Repository::open(published.repository).ref(stream_ref) == before);
}

TEST_CASE("the Hub becomes a remote whose inbox the steward collects") {
  TestHub keeper;
  World world = make_world(keeper, keeper.folder.path() / "world");
  const Published published = publish(keeper.environment, world, *keeper.signer, to(keeper));
  CHECK(world.repository.remote_url("hub") == published.repository.string());

  const TestPerson ben("Ben");
  Cloned clone =
      clone_world(ben.environment, resolve_name(ben.environment, keeper.hub_folder, published.name)->url,
                  ben.folder.path() / "clone");
  CHECK(clone.pinned);
  record(ben.environment, clone.world, *ben.signer,
         {.behaviour = "teach",
          .quantity = Decimal{2},
          .unit = {},
          .at = {},
          .note = {},
          .place = {},
          .evidence = {},
          .visibility = {}});
  CHECK(submit(ben.environment, clone.world, *ben.signer, {}).way == Submitted::Way::inbox);
  const auto merged = merge_inboxes(keeper.environment, world, *keeper.signer).bundles;
  REQUIRE(merged.size() == 1);
  REQUIRE(merged.front().verdicts.size() == 1);
  CHECK(merged.front().verdicts.front().kind == Verdict::Kind::admitted);
}

TEST_CASE("two who publish at the same instant are both listed") {
  TestHub keeper;
  std::vector<World> worlds;
  for (const char* name : {"One", "Two", "Three"}) worlds.push_back(make_named_world(keeper, name));
  std::vector<pid_t> children;
  for (World& world : worlds) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        // Each process has randomness of its own.
        keeper.environment.random = seeded_random(world.name());
        publish(keeper.environment, world, *keeper.signer, to(keeper));
        _exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", world.name().c_str(), error.what());
        _exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(listed_worlds(keeper) == 3);
  CHECK(verify_world(keeper.environment, HubLayout(keeper.hub_folder).world()).ok());
}

TEST_CASE("of two who publish the same world at once neither is refused") {
  TestHub keeper;
  World world = make_named_world(keeper, "One");
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        keeper.environment.random = seeded_random("process " + std::to_string(i));
        World mine = open_world(keeper.environment, world.folder());
        publish(keeper.environment, mine, *keeper.signer, to(keeper));
        _exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(listed_worlds(keeper) == 1);
}

}  // namespace
}  // namespace bw
