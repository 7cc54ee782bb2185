#include "git/plain_repository.h"

#include <fstream>

#include <doctest/doctest.h>

#include "git/git_test.h"

using namespace bw;
using namespace bw::git;

namespace {

// A world's own kind of repository, with a commit on a branch.
struct Place {
  TemporaryFolder folder;
  Repository repository = Repository::create(folder.path() / "w", false);
  Oid commit = add_commit(repository, {}, "a", "a");

  Place() {
    repository.set_ref("refs/heads/stream", commit, "test");
    std::filesystem::create_directories(folder.path() / "w" / "deep" / "er");
  }
  std::filesystem::path path() const { return folder.path() / "w"; }
  std::optional<PlainRepository> plain() const { return PlainRepository::discover(path()); }
  void configure(const std::string& lines) const {
    std::ofstream(path() / ".git" / "config", std::ios::app) << lines;
  }
};

}  // namespace

TEST_CASE("a plain repository is found from any folder in it, where libgit2 finds it") {
  const Place place;
  for (const char* below : {"", "deep", "deep/er"}) {
    const auto plain = PlainRepository::discover(place.path() / below);
    const auto repository = Repository::discover(place.path() / below);
    REQUIRE(plain);
    REQUIRE(repository);
    CHECK(plain->git_folder() == place.repository.git_folder());
    CHECK(plain->work_tree() == place.repository.work_tree());
    CHECK(repository->git_folder() == place.repository.git_folder());
    CHECK(repository->work_tree() == place.repository.work_tree());
  }
  std::filesystem::create_directory_symlink(place.path() / "deep", place.folder.path() / "link");
  const auto linked = PlainRepository::discover(place.folder.path() / "link");
  REQUIRE(linked);
  CHECK(linked->git_folder() == place.repository.git_folder());
}

TEST_CASE("what is not plain is left to libgit2") {
  const Place place;
  CHECK_FALSE(PlainRepository::discover("/"));
  CHECK_FALSE(PlainRepository::discover(place.folder.path()));
  CHECK_FALSE(PlainRepository::discover(place.path() / "none"));
  const Repository bare = Repository::create(place.folder.path() / "bare.git", true);
  CHECK_FALSE(PlainRepository::discover(place.folder.path() / "bare.git"));
  git_says(place.path(),
           {"worktree", "add", "-q", "--detach", place.folder.path() / "linked", place.commit.hex()});
  CHECK_FALSE(PlainRepository::discover(place.folder.path() / "linked"));
  CHECK(place.plain());
  for (const char* unusual :
       {"[include]\n\tpath = /x\n", "[extensions]\n\tfoo = 1\n", "[core]\n\tworktree = /x\n",
        "[core]\n\trepositoryformatversion = 1\n", "[core] bare = false\n", "[a]\n\tb = c \\\n", "[broken\n",
        "[core]\n\tbare = true\n"}) {
    const Place other;
    other.configure(unusual);
    CHECK_MESSAGE(!other.plain(), unusual);
  }
}

TEST_CASE("refs are read as libgit2 reads them, loose, packed and absent") {
  const Place place;
  const auto plain = place.plain();
  REQUIRE(plain);
  const auto check = [&](std::string_view name) {
    const auto answer = plain->ref(name);
    CHECK(answer.known);
    CHECK(answer.value == place.repository.ref(name));
  };
  const auto check_all = [&] {
    for (const char* name :
         {"refs/heads/stream", "refs/heads/strea", "refs/heads/main", "refs/bw/home/stream"})
      check(name);
  };
  check_all();
  git_says(place.path(), {"pack-refs", "--all"});
  CHECK(plain->ref("refs/heads/stream").value == place.commit);
  check_all();
  git_says(place.path(), {"symbolic-ref", "refs/heads/link", "refs/heads/stream"});
  CHECK_FALSE(plain->ref("refs/heads/link").known);
}

TEST_CASE("settings are read as libgit2 reads them, or not at all") {
  const Place place;
  Repository& repository = const_cast<Repository&>(place.repository);
  const auto plain = place.plain();
  REQUIRE(plain);
  repository.set_config("bw.world", "abc");
  repository.set_config("remote.Ori gin.url", "https://example.org/x y");
  repository.set_config("user.name", "z6Mk");
  for (const char* value : {"plain", "two words", " led", "trailed ", "a;b", "a#b", "\"q\"", "back\\slash",
                            "", "tab\there", "e=mc2", "ünï", "[x]"}) {
    repository.set_config("test.value", value);
    const auto answer = plain->config("test.value");
    if (answer.known) CHECK(answer.value == repository.config("test.value"));
    for (const char* key :
         {"bw.world", "BW.World", "remote.Ori gin.url", "user.name", "user.none", "core.bare"}) {
      const auto other = plain->config(key);
      CHECK(other.known);
      CHECK(other.value == place.repository.config(key));
    }
  }
  place.configure("[bw]\n\tworld = second\n");
  CHECK(plain->config("bw.world").value == "second");
  CHECK(place.repository.config("bw.world") == "second");
}
