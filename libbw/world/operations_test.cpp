#include "world/operations.h"

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "definition/edit.h"
#include "world/adopt.h"
#include "world/home.h"
#include "world/merge_definition.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::error_from;
using testing::TestWorld;

git::Oid head_of(const World& world, std::string_view ref = main_ref) {
  return *world.repository.ref(ref);
}

// A commit beside `main` that changes one text of the definition.
git::Oid topic(TestWorld& ada, const std::string& vision) {
  git::Repository& repository = ada.world.repository;
  const git::Oid main = head_of(ada.world);
  const git::Oid tree = repository.read_commit(main).tree;
  const std::string text = set_value(
      repository.read_blob(repository.find(tree, "betterworld.yaml")->oid, 1 << 20), {"vision"}, vision);
  const git::TreeEdit edit{"betterworld.yaml", repository.write_blob(text), git::Mode::file};
  return repository.commit({.tree = repository.edit_tree(tree, {&edit, 1}),
                            .parents = {main},
                            .author = appender(ada.did()),
                            .time = ada.environment.now(),
                            .message = "Topic\n"},
                           commit_signer_with(*ada.signer));
}

void merge(TestWorld& ada, const std::string& vision) {
  const git::Oid theirs = topic(ada, vision);
  const Operation operation(ada.environment, ada.world, "merge");
  merge_definition(ada.environment, ada.world, *ada.signer, theirs, "topic");
}

std::string vision_in_work_tree(const TestWorld& ada) {
  return work_tree_definition(ada.world).definition->vision.in("en");
}

TEST_CASE("what a command moved is recorded, and what moved nothing is not") {
  TestWorld ada;
  { const Operation operation(ada.environment, ada.world, "status"); }
  CHECK(operations(ada.environment, ada.world).empty());
  const git::Oid before = head_of(ada.world);
  merge(ada, "Other.");
  const auto all = operations(ada.environment, ada.world);
  REQUIRE(all.size() == 1);
  CHECK(all[0].number == 1);
  CHECK(all[0].command == "merge");
  CHECK(all[0].moved() == std::vector<std::string>{std::string(main_ref)});
  CHECK(all[0].before.at(std::string(main_ref)) == before.hex());
  CHECK(all[0].after.at(std::string(main_ref)) == head_of(ada.world).hex());
}

TEST_CASE("a merge that has not left is taken back, once, with its files") {
  TestWorld ada;
  const git::Oid before = head_of(ada.world);
  const std::string vision = vision_in_work_tree(ada);
  merge(ada, "Other.");
  CHECK(vision_in_work_tree(ada) == "Other.");
  {
    Operation operation(ada.environment, ada.world, "undo");
    operation.undoes(undo_operation(ada.environment, ada.world, std::nullopt).number);
  }
  CHECK(head_of(ada.world) == before);
  CHECK(vision_in_work_tree(ada) == vision);
  CHECK_FALSE(ada.world.repository.has_uncommitted_changes(""));
  CHECK(operations(ada.environment, ada.world).back().undoes == 1);
  CHECK(error_from([&] { undo_operation(ada.environment, ada.world, 1); }).code() == ErrorCode::refused);
  CHECK(error_from([&] { undo_operation(ada.environment, ada.world, std::nullopt); }).code() ==
        ErrorCode::invalid);
}

TEST_CASE("a merge is not taken back where a remote, a Hub or the stream has it, or files would be lost") {
  TestWorld ada;
  merge(ada, "Other.");
  const git::Oid after = head_of(ada.world);
  const auto refusal = [&] { return error_from([&] { undo_operation(ada.environment, ada.world, 1); }); };
  for (const std::string ref : {"refs/remotes/origin/main", "refs/bw/hub/main", "refs/bw/offered/x"}) {
    ada.world.repository.set_ref(ref, after, "test");
    CHECK(refusal().code() == ErrorCode::refused);
    ada.world.repository.remove_ref(ref);
  }
  write_file(ada.world.folder() / "betterworld.yaml", "mine\n");
  CHECK(refusal().code() == ErrorCode::refused);
  CHECK(read_file(ada.world.folder() / "betterworld.yaml", 100) == "mine\n");
  CHECK(head_of(ada.world) == after);
}

TEST_CASE("an adoption is not taken back, nor a merge whose definition it put in force") {
  TestWorld ada;
  merge(ada, "Other.");
  {
    const Operation operation(ada.environment, ada.world, "adopt");
    adopt(ada.environment, ada.world, *ada.signer, std::nullopt);
  }
  const Error last = error_from([&] { undo_operation(ada.environment, ada.world, std::nullopt); });
  CHECK(last.code() == ErrorCode::refused);
  CHECK(std::string(last.what()).find("the stream grew") != std::string::npos);
  const Error merged = error_from([&] { undo_operation(ada.environment, ada.world, 1); });
  CHECK(std::string(merged.what()).find("was adopted") != std::string::npos);
}

TEST_CASE("a wish and a home are set back as they were") {
  TestWorld ada;
  {
    const Operation operation(ada.environment, ada.world, "world sync");
    remember_world(ada.environment,
                   {ada.world.id(), ada.world.name(), ada.world.folder(), SyncWish::immediate});
  }
  undo_operation(ada.environment, ada.world, std::nullopt);
  CHECK(known_worlds(ada.environment).front().sync == SyncWish::manual);

  ada.world.repository.remove_config("bw.home");
  ada.world.repository.remove_config("bw.homeplace");
  {
    const Operation operation(ada.environment, ada.world, "world home");
    make_home_here(ada.world.repository);
  }
  undo_operation(ada.environment, ada.world, std::nullopt);
  CHECK_FALSE(ada.world.repository.config("bw.home"));
  CHECK_FALSE(ada.world.repository.config("bw.homeplace"));
}

TEST_CASE("what happened outside is recorded when the next command comes, and is not taken back") {
  TestWorld ada;
  merge(ada, "Other.");
  ada.world.repository.set_ref(main_ref, topic(ada, "By hand."), "by hand");
  { const Operation operation(ada.environment, ada.world, "status"); }
  const auto all = operations(ada.environment, ada.world);
  REQUIRE(all.size() == 2);
  CHECK(all[1].command == "outside");
  CHECK(error_from([&] { undo_operation(ada.environment, ada.world, std::nullopt); }).code() ==
        ErrorCode::refused);
  CHECK(error_from([&] { undo_operation(ada.environment, ada.world, 1); }).code() == ErrorCode::refused);
}

TEST_CASE("a log of operations that is torn goes on, and one that cannot be written stops nobody") {
  TestWorld ada;
  merge(ada, "Other.");
  const auto file = ada.environment.state_folder / "operations" / ada.world.id().text() / "operations.jsonl";
  const std::string whole = read_file(file, 1 << 20);
  write_file(file, whole + R"({"after":{"HEAD)", 0600);
  CHECK(operations(ada.environment, ada.world).size() == 1);
  merge(ada, "Third.");
  CHECK(operations(ada.environment, ada.world).size() == 2);
  write_file(file, "no line of ours\n", 0600);
  merge(ada, "Fourth.");
  CHECK(vision_in_work_tree(ada) == "Fourth.");
  CHECK(error_from([&] { operations(ada.environment, ada.world); }).code() == ErrorCode::invalid);
}

}  // namespace
}  // namespace bw
