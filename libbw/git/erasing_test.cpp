#include "git/erasing.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "git/git_test.h"

using namespace bw;
using namespace bw::git;

namespace {

struct TestRepository {
  TemporaryFolder folder;
  Repository repository = Repository::create(folder.path() / "r", false);

  Oid commit(const std::vector<std::pair<std::string, std::string>>& files,
             const std::vector<Oid>& parents = {}) {
    std::vector<TreeEdit> edits;
    for (const auto& [path, content] : files) edits.push_back({path, repository.write_blob(content)});
    return repository.commit({.tree = repository.edit_tree(std::nullopt, edits),
                              .parents = parents,
                              .author = {"a", "a@b.invalid"},
                              .time = {1'795'000'000},
                              .message = "x\n"},
                             {});
  }
  std::string git(const std::vector<std::string>& arguments) const {
    const Finished finished = git_in(folder.path() / "r", arguments);
    CAPTURE(finished.error_output);
    REQUIRE(finished.status == 0);
    return finished.output;
  }
  // Everything that any object holds.
  std::string contents() const { return git({"cat-file", "--batch-all-objects", "--batch"}); }
  bool holds(const std::string& words) const { return contents().find(words) != std::string::npos; }
};

}  // namespace

TEST_CASE("what is named and unreachable goes, loose or packed, and nothing else does") {
  for (const bool packed : {false, true}) {
    CAPTURE(packed);
    TestRepository one;
    const Oid secret = one.commit({{"kept", "kept words"}, {"a/secret", "secret words"}});
    const Oid lost = one.commit({{"lost", "words that somebody may still look for"}});
    one.repository.set_ref("refs/heads/details", secret, "x");
    one.repository.set_ref("refs/heads/lost", lost, "x");
    if (packed) one.git({"repack", "-a", "-d", "-q"});
    one.repository.remove_ref("refs/heads/lost");
    const Oid left = one.commit({{"kept", "kept words"}});
    one.repository.set_ref("refs/heads/details", left, "x");

    const std::vector<Oid> objects = objects_below(one.repository, {secret});
    CHECK(objects.size() == 5);
    // The reflog still leads to it.
    CHECK(unreachable_commits(one.repository) == std::vector{lost});
    CHECK(remove_unreachable(one.repository, objects).size() == 5);
    CHECK(one.holds("secret words"));

    forget_past_of(one.repository, "refs/heads/details");
    const auto unreachable = unreachable_commits(one.repository);
    CHECK(std::count(unreachable.begin(), unreachable.end(), secret) == 1);
    CHECK(remove_unreachable(one.repository, objects).size() == 1);  // the blob that is still used
    CHECK_FALSE(one.holds("secret words"));
    CHECK(one.holds("kept words"));
    CHECK(one.holds("somebody may still look for"));
    one.git({"fsck", "--strict"});
  }
}

TEST_CASE("what the index holds stays") {
  TestRepository one;
  write_file(one.folder.path() / "r" / "file", "words in the index");
  one.git({"add", "file"});
  const Oid blob = one.repository.write_blob("words in the index");
  CHECK(remove_unreachable(one.repository, {blob}) == std::vector{blob});
  CHECK(one.holds("words in the index"));
}

TEST_CASE("nothing is removed from a repository with faults") {
  TestRepository one;
  const Oid commit = one.commit({{"a", "first"}});
  const Oid gone = one.commit({{"b", "second"}});
  one.repository.set_ref("refs/heads/main", commit, "x");
  const std::string hex = objects_below(one.repository, {commit}).back().hex();
  std::filesystem::remove(one.folder.path() / "r" / ".git" / "objects" / hex.substr(0, 2) / hex.substr(2));
  CHECK_THROWS_AS(remove_unreachable(one.repository, {gone}), Error);
  CHECK(one.repository.has_object(gone));
}
