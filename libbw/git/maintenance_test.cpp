#include "git/maintenance.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "git/git_test.h"

namespace bw::git {
namespace {

// `count` commits, each with a file that grows by a line, as the last log file of a stream does.
Oid grow(Repository& repository, int count) {
  std::string content;
  std::optional<Oid> head = repository.ref("refs/heads/stream");
  for (int i = 0; i < count; ++i) {
    content += "line " + std::to_string(i) + " of a file that grows\n";
    const TreeEdit edit{"log", repository.write_blob(content), Mode::file};
    const Oid commit = repository.commit({.tree = repository.edit_tree(std::nullopt, {&edit, 1}),
                                          .parents = head ? std::vector<Oid>{*head} : std::vector<Oid>{},
                                          .author = {"A", "a@bw.invalid"},
                                          .time = Timestamp{1'700'000'000 + i},
                                          .message = "m"},
                                         [](std::string_view) { return std::string(); });
    repository.set_ref("refs/heads/stream", commit, "m");
    head = commit;
  }
  return *head;
}

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

TEST_CASE("what lies loose is packed in the background, and nothing is dropped") {
  const TemporaryFolder place;
  Repository repository = Repository::create(place.path() / "r", false);
  const Oid head = grow(repository, 150);
  const Oid unreferenced = repository.write_blob("nobody refers to this yet");
  std::filesystem::create_directories(repository.git_folder() / "bw");
  CHECK(wants_packing(repository));
  const ObjectSizes before = object_sizes(repository);
  REQUIRE(pack_in_background(repository));
  CHECK(comes_true([&] { return object_sizes(repository).loose < 10; }));
  const FileLock ended(repository.git_folder() / "bw" / "packing.lock", std::chrono::seconds(20));
  CHECK_FALSE(wants_packing(repository));
  CHECK(object_sizes(repository).bytes < before.bytes / 4);
  CHECK(Repository::open(place.path() / "r").has_object(unreferenced));
  CHECK(repository.read_commit(head).oid == head);  // by a reader that was there before
  CHECK(git_in(place.path() / "r", {"fsck", "--strict"}).status == 0);
}

TEST_CASE("packing in the background is one at a time, and can be switched off") {
  const TemporaryFolder place;
  Repository repository = Repository::create(place.path() / "r", false);
  grow(repository, 2);
  std::filesystem::create_directories(repository.git_folder() / "bw");
  CHECK_FALSE(wants_packing(repository));
  {
    const FileLock busy(repository.git_folder() / "bw" / "packing.lock");
    CHECK_FALSE(pack_in_background(repository));
  }
  repository.set_config("gc.auto", "0");
  CHECK_FALSE(pack_in_background(repository));
}

TEST_CASE("packing everything drops what is old and unreachable, and nothing that is young") {
  const TemporaryFolder place;
  Repository repository = Repository::create(place.path() / "r", false);
  const Oid head = grow(repository, 20);
  const Oid young = repository.write_blob("an append is writing this");
  const Oid old = repository.write_blob("a draft of last month");
  const auto file = repository.git_folder() / "objects" / old.hex().substr(0, 2) / old.hex().substr(2);
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 30));
  repository.set_config("gc.pruneExpire", "now");
  pack_all(repository);
  const Repository again = Repository::open(place.path() / "r");
  CHECK(again.has_object(young));
  CHECK_FALSE(again.has_object(old));
  CHECK(again.read_commit(head).oid == head);
  CHECK(object_sizes(again).packs == 1);
}

}  // namespace
}  // namespace bw::git
