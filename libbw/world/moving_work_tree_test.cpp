#include "world/moving_work_tree.h"

#include <doctest/doctest.h>

#include "world/doctor.h"
#include "world/plain_git.h"
#include "world/test_world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;
using testing::TestWorld;

// A commit on top of main that changes the definition and brings a file; main does not move.
git::Oid next_commit(TestWorld& ada) {
  git::Repository& repository = ada.world.repository;
  const git::Oid main = *repository.ref(main_ref);
  const std::vector<git::TreeEdit> edits = {{"betterworld.yaml", repository.write_blob("changed\n")},
                                            {"new/file", repository.write_blob("new\n")}};
  return repository.commit({.tree = repository.edit_tree(repository.read_commit(main).tree, edits),
                            .parents = {main},
                            .author = appender(ada.did()),
                            .time = ada.environment.now(),
                            .message = "Next\n"},
                           commit_signer_with(*ada.signer));
}

void leave_note(const TestWorld& ada, const git::Oid& before, const git::Oid& after) {
  write_file(ada.world.repository.git_folder() / "bw" / "work-tree", before.hex() + " " + after.hex() + "\n");
}

bool is_clean(const TestWorld& ada) {
  return run_plain_git(ada.world.repository, {"status", "--porcelain"}).output.empty();
}

TEST_CASE("a move that came to its end leaves no note, and one at work is not taken for interrupted") {
  TestWorld ada;
  const git::Oid main = *ada.world.repository.ref(main_ref);
  {
    const MovingWorkTree moving(ada.world.repository, main, main);
    CHECK_FALSE(is_work_tree_between(ada.world.repository));
  }
  CHECK_FALSE(is_work_tree_between(ada.world.repository));
  leave_note(ada, main, main);
  CHECK(is_work_tree_between(ada.world.repository));
}

TEST_CASE("files that were changed before main moved are put back, and what differed is kept") {
  TestWorld ada;
  const git::Oid main = *ada.world.repository.ref(main_ref);
  const git::Oid after = next_commit(ada);
  leave_note(ada, main, after);
  write_file(ada.world.folder() / "betterworld.yaml", "changed\n");
  write_file(ada.world.folder() / "new" / "file", "new\n");
  CHECK_FALSE(examine(ada.environment, ada.world.folder(), false).healthy());
  CHECK(examine(ada.environment, ada.world.folder(), true).healthy());
  CHECK(is_clean(ada));
  CHECK(ada.world.repository.ref(main_ref) == main);
  CHECK(read_file(ada.world.repository.git_folder() / "bw" / "aside" / "work-tree" / "betterworld.yaml",
                  100) == "changed\n");
  CHECK_FALSE(is_work_tree_between(ada.world.repository));
}

TEST_CASE("where main moved before its files, they follow") {
  TestWorld ada;
  const git::Oid main = *ada.world.repository.ref(main_ref);
  const git::Oid after = next_commit(ada);
  leave_note(ada, main, after);
  ada.world.repository.set_ref(main_ref, after, "merge");
  settle_work_tree(ada.world.repository);
  CHECK(is_clean(ada));
  CHECK(read_file(ada.world.folder() / "new" / "file", 100) == "new\n");
  CHECK(read_file(ada.world.folder() / "betterworld.yaml", 100) == "changed\n");
}

}  // namespace
}  // namespace bw
