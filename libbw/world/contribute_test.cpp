#include "world/contribute.h"

#include <doctest/doctest.h>

#include "git/transport.h"
#include "world/clone.h"
#include "world/definition_for_tests.h"
#include "world/fork.h"
#include "world/merge_definition.h"

using namespace bw;
using namespace bw::testing;
using git::Failure;
using git::failure_of;
using git::git_in;
using git::git_says;

namespace {

// Ada's world, and Eve's fork of it with her own name.
struct WithFork : TestWorld {
  TestPerson eve{"Eve"};
  World fork = fork_world(eve.environment, *eve.identity, *eve.signer,
                          {address(world.folder()), eve.folder.path() / "fork", "Eve's world"})
                   .world;

  Contributed offer(const ContributeOptions& options = {}) {
    return contribute(eve.environment, fork, *eve.signer, options);
  }
  Failure failed(const ContributeOptions& options = {}) {
    return failure_of([&] { offer(options); });
  }
  std::string branch(const std::string& topic) const {
    return "contribute/" + eve.did().short_id() + "/" + topic;
  }
  std::optional<git::Oid> offered(const std::string& topic) const {
    return world.repository.ref("refs/heads/" + branch(topic));
  }
  std::size_t offers() const { return world.repository.refs("refs/heads/contribute/").size(); }
  git::Oid main() const { return *world.repository.ref(main_ref); }
};

ContributeOptions only(std::vector<std::string> parts) {
  ContributeOptions options;
  options.only = std::move(parts);
  return options;
}

}  // namespace

TEST_CASE("a fork's change is offered upstream as one signed commit on top of upstream's main") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  const git::Oid main = story.main();
  const Contributed result = story.offer();
  CHECK(result.branch == story.branch("goals-coverage"));
  CHECK(sentences(result.changes) == std::vector<std::string>{"goal coverage: target 3 → 5"});
  REQUIRE(result.commit);
  CHECK(story.offered("goals-coverage") == result.commit);
  CHECK(story.main() == main);

  const git::Commit commit = story.world.repository.read_commit(*result.commit);
  CHECK(commit.parents == std::vector<git::Oid>{main});
  CHECK(*commit_signer(commit) == story.eve.did());
  CHECK(commit.author.name == story.eve.did().short_id());
  CHECK(commit.message == "goal coverage: target 3 → 5\n\nFrom-World: " + story.fork.id().text() + "\n");
  CHECK(git_in(story.fork.folder(), {"verify-commit", result.commit->hex()}).status == 0);
  // Name and stewards of the fork stayed at home.
  CHECK(definition_at(story.world.repository, *result.commit).files.at("betterworld.yaml") ==
        with(file_on_main(story.world), "target: 3", "target: 5"));
}

TEST_CASE("upstream merges an offer, and the fork takes upstream's changes: both ways") {
  WithFork story;
  change(story.eve, story.fork, "  - {id: mend", behaviour("of-eve") + "  - {id: mend");
  const Contributed offer = story.offer();
  change(story, story.world, "  - {id: mend", behaviour("of-ada") + "  - {id: mend");
  const auto up =
      merge_definition(story.environment, story.world, *story.signer, *offer.commit, offer.branch);
  CHECK(up.outcome == MergedDefinition::Outcome::merged);
  CHECK(up.signers == std::vector<Did>{story.eve.did()});

  git::fetch(story.fork.repository, address(story.world.folder()),
             {"+refs/heads/main:refs/remotes/upstream/main"});
  const git::Oid upstream = *story.fork.repository.ref("refs/remotes/upstream/main");
  const auto down =
      merge_definition(story.eve.environment, story.fork, *story.eve.signer, upstream, "upstream/main");
  CHECK(down.outcome == MergedDefinition::Outcome::merged);
  const auto definition = work_tree_definition(story.fork).definition;
  REQUIRE(definition);
  CHECK(definition->name.in("en") == "Eve's world");
  CHECK(definition->stewards[0].did == story.eve.did());
  CHECK(definition->behaviours.find("of-ada"));
  CHECK(definition->behaviours.find("of-eve"));
  CHECK(story.failed().what.find("nothing to offer") != std::string::npos);
}

TEST_CASE("a dry run says what would be offered and leaves nothing there") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  ContributeOptions options;
  options.dry_run = true;
  const Contributed result = story.offer(options);
  CHECK(result.changes.size() == 1);
  CHECK_FALSE(result.commit);
  CHECK(story.offers() == 0);
}

TEST_CASE("an offer is narrowed to what was asked") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  change(story.eve, story.fork, "title: Teach", "title: To teach");
  const Contributed result = story.offer(only({"behaviours"}));
  CHECK(result.changes.size() == 1);
  CHECK(result.branch == story.branch("behaviours-teach"));
  CHECK(definition_at(story.world.repository, *result.commit).files.at("betterworld.yaml") ==
        with(file_on_main(story.world), "title: Teach", "title: To teach"));
}

TEST_CASE("an offer that needs a part which was left out is refused before anything is pushed") {
  WithFork story;
  change(story.eve, story.fork, "goals:\n", "  - {id: taught, title: Hours, unit: hour}\ngoals:\n");
  change(
      story.eve, story.fork, "behaviours:\n",
      "  - {id: training, title: Training, indicator: taught, target: 90, due: 2027-06-30}\nbehaviours:\n");
  const Failure failure = story.failed(only({"goals"}));
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("taught") != std::string::npos);
  CHECK(failure.hint.find("--only") != std::string::npos);
  CHECK(story.offers() == 0);
  CHECK(story.offer(only({"goals", "indicators/taught"})).changes.size() == 2);
}

TEST_CASE("what upstream changed meanwhile stays in the offer") {
  WithFork story;
  change(story.eve, story.fork, "  - {id: mend", behaviour("of-eve") + "  - {id: mend");
  change(story, story.world, "  - {id: mend", behaviour("of-ada") + "  - {id: mend");
  const Contributed result = story.offer();
  CHECK(sentences(result.changes) == std::vector<std::string>{"behaviour of-eve (Something) added"});
  const auto definition = definition_at(story.world.repository, *result.commit).definition;
  REQUIRE(definition);
  CHECK(definition->behaviours.find("of-ada"));
}

TEST_CASE("an offer that contradicts what upstream changed names both and pushes nothing") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  change(story, story.world, "target: 3", "target: 4");
  const Failure failure = story.failed();
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("betterworld.yaml: goal coverage") != std::string::npos);
  CHECK(story.offers() == 0);
}

TEST_CASE("an earlier offer of the same topic gives way to the new one") {
  WithFork story;
  ContributeOptions options;
  options.topic = "lower-target";
  options.message = "Fewer would do";
  change(story.eve, story.fork, "target: 3", "target: 2");
  story.offer(options);
  change(story.eve, story.fork, "target: 2", "target: 1");
  const Contributed second = story.offer(options);
  CHECK(story.offers() == 1);
  CHECK(story.offered("lower-target") == second.commit);
  CHECK(story.world.repository.read_commit(*second.commit)
            .message.starts_with("Fewer would do\n\nFrom-World: "));
}

TEST_CASE("there is nothing to offer where nothing changed, or nothing was committed") {
  WithFork story;
  CHECK(story.failed().code == ErrorCode::invalid);
  write_file(story.fork.folder() / "betterworld.yaml",
             with(file_on_main(story.fork), "target: 3", "target: 5"));
  CHECK(story.failed().hint.find("commit") != std::string::npos);
}

TEST_CASE("a definition that is not valid is not offered") {
  WithFork story;
  change(story.eve, story.fork, "indicator: aeds, target", "indicator: gone, target");
  CHECK(story.failed().code == ErrorCode::invalid);
  CHECK(story.offers() == 0);
}

TEST_CASE("a topic that could not be part of a ref is refused before the network is asked") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  for (const char* topic : {"", "../main", "a/b", "Großes", "a b", "a.lock", "-x", "x\n"}) {
    CAPTURE(topic);
    ContributeOptions options;
    options.topic = topic;
    options.to = address("/nonexistent/repository");
    CHECK(story.failed(options).code == ErrorCode::usage);
  }
}

TEST_CASE("a member without a fork offers to the origin of the clone, name and stewards included") {
  TestWorld ada("Ada");
  TestPerson bob("Bob");
  Cloned cloned = clone_world(bob.environment, address(ada.world.folder()), bob.folder.path() / "clone");
  change(bob, cloned.world, "name: Test world", "name: Better world");
  const Contributed result = contribute(bob.environment, cloned.world, *bob.signer, {});
  CHECK(result.changes.size() == 1);
  CHECK(ada.world.repository.ref("refs/heads/" + result.branch) == result.commit);
  CHECK(result.branch.ends_with("/name"));
}

TEST_CASE("where upstream lets nobody push, the offer is refused with a way out") {
  WithFork story;
  change(story.eve, story.fork, "target: 3", "target: 5");
  write_file(story.world.repository.git_folder() / "hooks" / "pre-receive",
             "#!/bin/sh\necho members only\nexit 1\n", 0755);
  const Failure failure = story.failed();
  CHECK(failure.code == ErrorCode::refused);
  CHECK(failure.what.find("members only") != std::string::npos);
  CHECK(failure.hint.find("--to") != std::string::npos);
  // The way out: a copy of one's own.
  git_says(story.eve.folder.path(), {"clone", "-q", "--bare", story.world.folder().string(), "copy.git"});
  ContributeOptions options;
  options.to = address(story.eve.folder.path() / "copy.git");
  CHECK(story.offer(options).commit);
}

TEST_CASE("a world that names nobody upstream must be told where to offer") {
  TestWorld ada("Ada");
  change(ada, ada.world, "target: 3", "target: 5");
  CHECK(failure_of([&] { contribute(ada.environment, ada.world, *ada.signer, {}); }).code ==
        ErrorCode::usage);
  TestWorld zoe("Zoe");
  ContributeOptions options;
  options.to = address(zoe.world.folder());
  const Failure failure = failure_of([&] { contribute(ada.environment, ada.world, *ada.signer, options); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("no history") != std::string::npos);
}

TEST_CASE("files that the definition names travel with an offer") {
  WithFork story;
  commit_file(story.eve, story.fork, "icon.png", "picture");
  change(story.eve, story.fork, "vision:", "pages: {icon: icon.png}\nvision:");
  const Contributed result = story.offer();
  const git::Oid tree = story.world.repository.read_commit(*result.commit).tree;
  const auto entry = story.world.repository.find(tree, "icon.png");
  REQUIRE(entry);
  CHECK(story.world.repository.read_blob(entry->oid, 100) == "picture");
}

TEST_CASE("a file that lies upstream already is not overwritten by an offer that begins to name it") {
  WithFork story;
  commit_file(story, story.world, "icon.png", "something of theirs");
  commit_file(story.eve, story.fork, "icon.png", "picture");
  change(story.eve, story.fork, "vision:", "pages: {icon: icon.png}\nvision:");
  const Failure failure = story.failed();
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("icon.png") != std::string::npos);
}
