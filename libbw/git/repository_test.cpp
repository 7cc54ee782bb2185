#include "git/repository.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "git/git_test.h"

#ifdef __SANITIZE_ADDRESS__
// libgit2 1.5 built with PCRE2 leaks a little when it opens a repository of format version 1.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): its name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpcre2-8";
}  // NOLINT: as above
#endif

namespace bw::git {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a new repository is one for git too, and its HEAD names main") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a world 世界";
  const Repository repository = Repository::create(path, false);
  CHECK(repository.head_branch() == "main");
  CHECK(repository.work_tree() == path);
  CHECK(repository.git_folder() == path / ".git");
  CHECK_FALSE(repository.ref("HEAD"));
  CHECK(git_says(path, {"symbolic-ref", "HEAD"}) == "refs/heads/main");
  CHECK(failure_of([&] { Repository::create(path, false); }).code == ErrorCode::refused);

  const Repository bare = Repository::create(folder.path() / "bare.git", true);
  CHECK_FALSE(bare.work_tree());
  CHECK(bare.git_folder() == folder.path() / "bare.git");
}

TEST_CASE("a repository is found from below and opened only where it is") {
  const TemporaryFolder folder;
  Repository::create(folder.path() / "w", false);
  fs::create_directories(folder.path() / "w/a/b");
  REQUIRE(Repository::discover(folder.path() / "w/a/b"));
  CHECK(Repository::discover(folder.path() / "w/a/b")->work_tree() == folder.path() / "w");
  CHECK_FALSE(Repository::discover(folder.path()));
  CHECK_FALSE(Repository::discover(folder.path() / "missing"));
  CHECK(failure_of([&] { Repository::open(folder.path() / "w/a"); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { Repository::open(folder.path()); }).code == ErrorCode::invalid);
  write_file(folder.path() / "file", "x");
  CHECK(failure_of([&] { Repository::open(folder.path() / "file"); }).code != ErrorCode{});
}

TEST_CASE("repositories of kinds that we cannot read say so") {
  const TemporaryFolder folder;
  git_says(folder.path(), {"init", "-q", "--object-format=sha256", "sha256"});
  git_says(folder.path(), {"init", "-q", "partial"});
  git_says(folder.path() / "partial", {"config", "core.repositoryFormatVersion", "1"});
  git_says(folder.path() / "partial", {"config", "extensions.partialClone", "origin"});
  for (const char* name : {"sha256", "partial"}) {
    const Failure failure = failure_of([&] { Repository::open(folder.path() / name); });
    CHECK(failure.code == ErrorCode::cannot);
    CHECK_FALSE(failure.hint.empty());
  }
}

TEST_CASE("a repository of somebody else is not trusted, with a hint") {
  if (::geteuid() != 0) return;  // only root can give files away
  const TemporaryFolder folder;
  Repository::create(folder.path() / "w", false);
  for (const char* name : {"w", "w/.git"})
    REQUIRE(::chown((folder.path() / name).c_str(), 65534, 65534) == 0);
  const Failure failure = failure_of([&] { Repository::open(folder.path() / "w"); });
  CHECK(failure.code == ErrorCode::refused);
  CHECK(failure.hint.find("safe.directory") != std::string::npos);
}

TEST_CASE("blobs are written once and read within a bound") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const std::string content("急救\0x\n", 9);
  const Oid oid = repository.write_blob(content);
  CHECK(oid.hex() == git_says(folder.path(), {"hash-object", "--stdin"}, content));
  CHECK(repository.write_blob(content) == oid);
  CHECK(repository.read_blob(oid, 9) == content);
  CHECK(repository.blob_size(oid) == 9);
  CHECK(repository.has_object(oid));
  CHECK(failure_of([&] { repository.read_blob(oid, 8); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { repository.list(oid); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { repository.read_commit(oid); }).code == ErrorCode::invalid);
  CHECK_FALSE(repository.has_object(Oid{}));
  const Failure missing = failure_of([&] { repository.read_blob(Oid{}, 8); });
  CHECK(missing.code == ErrorCode::invalid);
  CHECK(missing.what.find(Oid{}.hex()) != std::string::npos);
}

TEST_CASE("objects that another process packed meanwhile are found") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid commit = add_commit(repository, {}, "a", "1");
  REQUIRE(repository.update_ref("refs/heads/main", commit, {}, "first"));
  const Repository other = Repository::open(folder.path());
  git_says(folder.path(), {"repack", "-q", "-a", "-d"});
  git_says(folder.path(), {"pack-refs", "--all"});
  CHECK(other.ref("refs/heads/main") == commit);
  CHECK(other.list(other.read_commit(commit).tree).size() == 1);
}

// Flips one bit of a file and calls `judge`, for many places in it.
void for_flipped_bits(const fs::path& path, std::size_t begin, std::size_t step,
                      const std::function<void()>& judge) {
  const std::string good = read_file(path, 1 << 20);
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  for (std::size_t i = begin; i < good.size(); i += step) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    std::ofstream(path, std::ios::binary) << bad;
    CAPTURE(i);
    judge();
  }
  std::ofstream(path, std::ios::binary) << good;
}

TEST_CASE("a flipped bit in a loose object is an error that names it") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const std::string content =
      "some content that is long enough to be worth compressing, compressing, compressing";
  const Oid oid = repository.write_blob(content);
  const fs::path file = folder.path() / "objects" / oid.hex().substr(0, 2) / oid.hex().substr(2);
  for_flipped_bits(file, 0, 1, [&] {
    const Repository fresh = Repository::open(folder.path());
    std::string read;
    const Failure failure = failure_of([&] { read = fresh.read_blob(oid, 1000); });
    // zlib's own header has bits that change nothing.
    if (failure.code == ErrorCode{}) {
      CHECK(read == content);
      return;
    }
    CHECK(failure.code == ErrorCode::invalid);
    CHECK(failure.what.find(oid.hex()) != std::string::npos);
  });
}

TEST_CASE("a flipped bit in a pack is never read as another content") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  std::string content;
  for (int i = 0; i < 200; ++i) content += "line " + std::to_string(i) + "\n";
  const Oid first = add_commit(repository, {}, "log/000.jsonl", content);
  const Oid second = add_commit(repository, {first}, "log/000.jsonl", content + "one more\n");
  REQUIRE(repository.update_ref("refs/heads/main", second, {}, "x"));
  git_says(folder.path(), {"repack", "-q", "-a", "-d"});
  fs::path pack;
  for (const auto& entry : fs::directory_iterator(folder.path() / "objects/pack")) {
    if (entry.path().extension() == ".pack") pack = entry.path();
  }
  int refused = 0;
  for_flipped_bits(pack, 12, 3, [&] {
    const Repository fresh = Repository::open(folder.path());
    const auto everything = [&] {
      std::string text;
      for (const Oid& oid : {first, second}) {
        const Commit commit = fresh.read_commit(oid);
        const auto blob = fresh.find(commit.tree, "log/000.jsonl");
        REQUIRE(blob);
        text += commit.message + fresh.read_blob(blob->oid, 1 << 20);
      }
      return text;
    };
    std::string read;
    const Failure failure = failure_of([&] { read = everything(); });
    if (failure.code == ErrorCode{}) {
      CHECK(read == "Say why\n" + content + "Say why\n" + content + "one more\n");
    } else {
      CHECK(failure.code == ErrorCode::invalid);
      ++refused;
    }
  });
  CHECK(refused > 50);
}

TEST_CASE("an object stored under another's name is refused") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const auto path_of = [&](const Oid& oid) {
    return folder.path() / "objects" / oid.hex().substr(0, 2) / oid.hex().substr(2);
  };
  const Oid commit = add_commit(repository, {}, "a", "1");
  const Oid other = add_commit(repository, {}, "a", "2");
  const Oid tree = repository.read_commit(commit).tree;
  fs::copy_file(path_of(other), path_of(commit), fs::copy_options::overwrite_existing);
  fs::copy_file(path_of(repository.read_commit(other).tree), path_of(tree),
                fs::copy_options::overwrite_existing);
  const Repository fresh = Repository::open(folder.path());
  for (const Failure& failure :
       {failure_of([&] { fresh.read_commit(commit); }), failure_of([&] { fresh.list(tree); }),
        failure_of([&] { fresh.find(tree, "a"); }), failure_of([&] { fresh.reachable(commit, {}); })}) {
    CHECK(failure.code == ErrorCode::invalid);
  }
}

TEST_CASE("refs move only from the value that is expected") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid a = add_commit(repository, {}, "a", "1");
  const Oid b = add_commit(repository, {a}, "a", "2");
  const std::string name = "refs/heads/stream";
  CHECK_FALSE(repository.update_ref(name, a, b, "not there yet"));
  CHECK(repository.update_ref(name, a, std::nullopt, "created\nwith a line feed"));
  CHECK_FALSE(repository.update_ref(name, b, std::nullopt, "exists"));
  CHECK_FALSE(repository.update_ref(name, b, b, "other value"));
  CHECK(repository.ref(name) == a);
  CHECK(repository.update_ref(name, b, a, "moved"));
  CHECK(repository.ref(name) == b);
  repository.set_ref(name, a, "whatever it was");
  CHECK(repository.ref(name) == a);
  repository.set_ref(name, b, "and again");
  CHECK(failure_of([&] { repository.set_ref(name, Oid{}, "missing object"); }).code == ErrorCode::invalid);
  repository.remove_ref(name);
  repository.remove_ref(name);
  CHECK_FALSE(repository.ref(name));
}

TEST_CASE("of many who create or move a ref at once exactly one succeeds") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid base = add_commit(repository, {}, "a", "0");
  std::vector<Oid> targets;
  for (int i = 0; i < 8; ++i) targets.push_back(add_commit(repository, {base}, "a", std::to_string(i + 1)));
  const auto race = [&](const std::string& name, const std::optional<Oid>& expected) {
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (const Oid& target : targets) {
      threads.emplace_back([&, target] {
        if (Repository::open(folder.path()).update_ref(name, target, expected, "race")) ++won;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return won.load();
  };
  for (int round = 0; round < 5; ++round) {
    CHECK(race("refs/heads/new-" + std::to_string(round), std::nullopt) == 1);
    const std::string name = "refs/heads/moved-" + std::to_string(round);
    REQUIRE(repository.update_ref(name, base, std::nullopt, "x"));
    CHECK(race(name, base) == 1);
  }
}

TEST_CASE("a ref that another process holds is waited for") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid a = add_commit(repository, {}, "a", "1");
  write_file(folder.path() / "refs/heads/main.lock", "");
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    fs::remove(folder.path() / "refs/heads/main.lock");
  });
  CHECK(repository.update_ref("refs/heads/main", a, std::nullopt, "x"));
  holder.join();
}

TEST_CASE("unsafe ref names are refused, and not listed") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid a = add_commit(repository, {}, "a", "1");
  for (const char* name :
       {"refs/heads/../../config", "config", "hooks/pre-push", "refs/heads/a b", "refs/heads/\x1b"}) {
    CAPTURE(name);
    CHECK(failure_of([&] { repository.set_ref(name, a, "x"); }).code == ErrorCode::invalid);
    CHECK(failure_of([&] { repository.remove_ref(name); }).code == ErrorCode::invalid);
    CHECK(failure_of([&] { [[maybe_unused]] const auto oid = repository.ref(name); }).code ==
          ErrorCode::invalid);
  }
  for (const char* name : {"refs/bw/inbox/b/1", "refs/bw/inbox/a/1", "refs/bw/receipt/a", "refs/heads/x"}) {
    REQUIRE(repository.update_ref(name, a, {}, "x"));
  }
  write_file(folder.path() / "refs/bw/inbox/\x1b[31m", a.hex() + "\n");
  const auto inbox = repository.refs("refs/bw/inbox/");
  REQUIRE(inbox.size() == 2);
  CHECK(inbox[0].first == "refs/bw/inbox/a/1");
  CHECK(inbox[1].first == "refs/bw/inbox/b/1");
  CHECK(repository.refs("refs/").size() == 4);
  CHECK(repository.refs("refs/none/").empty());
  CHECK(repository.refs("refs/*").empty());
}

TEST_CASE("configuration is what git reads, whatever the value") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), false);
  for (const std::string value : {"plain", "with # hash ; and \"quotes\"", " spaces ", "a\nb\t\\c", "急救",
                                  "key::ssh-ed25519 AAAA", "!sh"}) {
    CAPTURE(value);
    repository.set_config("bw.World-Name.value", value);
    CHECK(repository.config("bw.World-Name.value") == value);
    const Finished git = git_in(folder.path(), {"config", "--null", "bw.World-Name.value"});
    CHECK(git.output == value + std::string(1, '\0'));
  }
  repository.remove_config("bw.World-Name.value");
  repository.remove_config("bw.World-Name.value");
  CHECK_FALSE(repository.config("bw.World-Name.value"));
  CHECK_FALSE(repository.config("not a key"));
  CHECK(failure_of([&] { repository.set_config("not a key", "x"); }).code == ErrorCode::cannot);
  git_says(folder.path(), {"config", "--add", "bw.twice", "1"});
  git_says(folder.path(), {"config", "--add", "bw.twice", "2"});
  repository.set_config("bw.twice", "3");
  CHECK(repository.config("bw.twice") == "3");
}

TEST_CASE("only the repository's own configuration counts") {
  const TemporaryFolder folder;
  const Repository repository = Repository::create(folder.path(), false);
  CHECK(repository.config("core.bare") == "false");
  CHECK_FALSE(repository.config("user.name"));
  CHECK(repository.remotes().empty());
}

}  // namespace
}  // namespace bw::git
