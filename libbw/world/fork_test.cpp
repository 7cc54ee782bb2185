#include "world/fork.h"

#include <doctest/doctest.h>

#include "world/adopt.h"
#include "world/clone.h"
#include "world/definition_for_tests.h"
#include "world/verify_world.h"

using namespace bw;
using namespace bw::testing;
using git::Failure;
using git::failure_of;
using git::git_in;

namespace {

Forked fork(const TestPerson& who, const World& parent, const std::string& folder = "fork",
            const std::optional<std::string>& name = std::nullopt) {
  return fork_world(who.environment, *who.identity, *who.signer,
                    {address(parent.folder()), who.folder.path() / folder, name});
}

Failure failed_fork(const TestPerson& who, const git::RemoteUrl& source) {
  return failure_of([&] {
    fork_world(who.environment, *who.identity, *who.signer, {source, who.folder.path() / "fork", {}});
  });
}

}  // namespace

TEST_CASE("a fork is a new world over the same main, and names its parent") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  const git::Oid before = *ada.world.repository.ref(main_ref);
  const Forked forked = fork(eve, ada.world, "fork", "Eve's world");
  const Authority& authority = forked.world.stream.authority;

  CHECK(forked.world.id() != ada.world.id());
  CHECK(forked.world.name() == "Eve's world");
  CHECK(forked.parent_name == "Test world");
  REQUIRE(authority.parent());
  CHECK(authority.parent()->world == ada.world.id());
  CHECK(authority.parent()->size == ada.world.stream.checkpoint->size);
  CHECK(authority.parent()->root == ada.world.stream.checkpoint->root);
  CHECK(authority.stewards() == std::set<Did>{eve.did()});
  CHECK(forked.world.repository.first_parent_history(*forked.world.repository.ref(main_ref), before).size() ==
        1);
  CHECK(verify_world(eve.environment, forked.world.folder()).ok());
  CHECK(forked.world.repository.remote_url("upstream") == ada.world.folder().string());
  CHECK_FALSE(forked.world.repository.remote_url("origin"));
}

TEST_CASE("a fork's definition differs from its parent's by name and stewards only") {
  TestPerson ada("Ada");
  TestPerson eve("Eve");
  const std::string stewards =
      "stewards:\n  # The founder.\n  - {did: \"" + ada.did().text() + "\", name: Ada}\n";
  World world = make_world(ada, ada.folder.path() / "world",
                           {{"betterworld.yaml", "# Ours.\n" + std::string(test_definition) + stewards}});
  const Forked forked = fork(eve, world, "fork", "Another");
  const auto changes = difference(definition_at(world.repository, *world.repository.ref(main_ref)).files,
                                  adopted_definition(forked.world).files);
  for (const Change& change : changes) {
    INFO(change.sentence);
    CHECK((change.path == "name" || change.path.starts_with("stewards")));
  }
  const auto definition = adopted_definition(forked.world).definition;
  REQUIRE(definition->stewards.size() == 1);
  CHECK(definition->stewards[0].did == eve.did());
  CHECK(definition->name.in("en") == "Another");
  CHECK(file_on_main(forked.world).starts_with("# Ours.\n"));
}

TEST_CASE("a fork that is given no name keeps its parent's") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  CHECK(fork(eve, ada.world).world.name() == "Test world");
}

TEST_CASE("the fork of a fork names the fork as its parent") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  TestPerson carl("Carl");
  const Forked first = fork(eve, ada.world);
  const Forked second = fork(carl, first.world);
  CHECK(second.parent.world == first.world.id());
  CHECK(second.inherited.size() == 2);
  CHECK(second.unknown.empty());
}

TEST_CASE("plain git verifies every commit of a fork whose signer the parent's stream knows") {
  TestWorld ada("Ada");
  TestPerson bob("Bob");
  TestPerson mallory("Mallory");
  TestPerson eve("Eve");
  const git::Oid of_bob = commit_file(bob, ada.world, "notes.txt", "from Bob\n");
  adopt(ada.environment, ada.world, *ada.signer, std::nullopt);  // vouches for Bob
  const git::Oid of_mallory = commit_file(mallory, ada.world, "notes.txt", "from Mallory\n");
  const git::Oid of_nobody = commit_file(mallory, ada.world, "notes.txt", "from nobody\n", Signed::no);

  const Forked forked = fork(eve, ada.world);
  const auto folder = forked.world.folder();
  CHECK(std::set<Did>(forked.inherited.begin(), forked.inherited.end()) ==
        std::set<Did>{ada.did(), bob.did()});
  REQUIRE(forked.unknown.size() == 2);
  CHECK(forked.unknown[0].find(mallory.did().text()) != std::string::npos);
  CHECK(forked.unknown[0].find(of_mallory.hex().substr(0, 12)) != std::string::npos);
  CHECK(forked.unknown[1].find(of_nobody.hex().substr(0, 12)) != std::string::npos);

  for (const git::Oid& oid : forked.world.repository.reachable(*forked.world.repository.ref(main_ref), {})) {
    INFO(forked.world.repository.read_commit(oid).message);
    const bool accepted = git_in(folder, {"verify-commit", oid.hex()}).status == 0;
    CHECK(accepted == (oid != of_mallory && oid != of_nobody));
  }
  CHECK(git_in(folder, {"verify-commit", of_bob.hex()}).status == 0);
  CHECK(git_in(folder, {"verify-commit", "stream"}).status == 0);
  const Finished fsck = git_in(folder, {"fsck", "--strict", "--no-progress"});
  CHECK(fsck.output + fsck.error_output == "");
}

TEST_CASE("the world that was forked does not change, and openings of its people do not travel") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  const auto before = ada.world.repository.refs("refs/");
  const Forked forked = fork(eve, ada.world);
  CHECK(ada.world.repository.refs("refs/") == before);
  CHECK(forked.world.repository.refs("refs/bw/upstream/").size() == 1);
}

TEST_CASE("a fork of what is no world leaves nothing behind") {
  TestPerson eve("Eve");
  const auto source = eve.folder.path() / "plain";
  git::Repository repository = git::Repository::create(source, true);
  repository.set_ref(main_ref, git::add_commit(repository, {}, "a.txt", "a"), "test");
  const Failure failure = failed_fork(eve, address(source));
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("holds no world") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(eve.folder.path() / "fork"));
  CHECK(known_worlds(eve.environment).empty());
}

TEST_CASE("a fork of a world whose stream was tampered with leaves nothing behind") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  git::Repository& repository = ada.world.repository;
  const git::Oid head = *repository.ref(stream_ref);
  repository.set_ref(stream_ref, git::add_commit(repository, {head}, "log/000.jsonl", "{}\n"), "test");
  const Failure failure = failed_fork(eve, address(ada.world.folder()));
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("does not verify") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(eve.folder.path() / "fork"));
}

TEST_CASE("a fork from a pinned address refuses any other world") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  const std::string path = ada.world.folder().string();
  const Failure failure = failed_fork(eve, address(path + "#" + std::string(64, '0')));
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find(ada.world.id().text()) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(eve.folder.path() / "fork"));
  fork_world(eve.environment, *eve.identity, *eve.signer,
             {address(path + "#" + ada.world.id().text()), eve.folder.path() / "fork", {}});
}

TEST_CASE(
    "a fork does not touch a folder that holds something, and empties the one it was given on failure") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  const auto folder = eve.folder.path() / "fork";
  write_file(folder / "mine.txt", "mine");
  CHECK(failed_fork(eve, address(ada.world.folder())).code == ErrorCode::refused);
  CHECK(read_file(folder / "mine.txt", 10) == "mine");
  std::filesystem::remove(folder / "mine.txt");
  CHECK(failed_fork(eve, address("/nonexistent/world")).code == ErrorCode::cannot);
  CHECK(std::filesystem::is_empty(folder));
}

TEST_CASE("a fork of a world whose main is not valid says what is wrong") {
  TestWorld ada("Ada");
  TestPerson eve("Eve");
  change(ada, ada.world, "indicator: aeds, target", "indicator: nothing, target");
  const Failure failure = failed_fork(eve, address(ada.world.folder()));
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("betterworld.yaml:") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(eve.folder.path() / "fork"));
}
