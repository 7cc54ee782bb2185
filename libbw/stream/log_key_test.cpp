#include "stream/log_key.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const std::string origin = log_origin(WorldId{sha256("world")});

MerkleTree tree_of(TreeSize size, const std::string& name = "a") {
  MerkleTree tree;
  for (TreeSize i = 0; i < size; ++i) tree.append(leaf_hash(name + std::to_string(i)));
  return tree;
}

Checkpoint at(TreeSize size, const std::string& name = "a") {
  return {origin, size, tree_of(size, name).root()};
}

// Whether the entries named so go on from an earlier checkpoint.
std::function<bool(const Checkpoint&)> continues(const std::string& name = "a") {
  return [name](const Checkpoint& earlier) { return at(earlier.size, name) == earlier; };
}

LogKeyFile key_in(const TemporaryFolder& folder) {
  return LogKeyFile::open_or_create(folder.path() / "keys" / "world", origin, counting_random());
}

}  // namespace

TEST_CASE("a log key is made once, for its owner's eyes") {
  const TemporaryFolder folder;
  CHECK_FALSE(LogKeyFile::open(folder.path() / "keys" / "world"));
  const NoteVerifier verifier = key_in(folder).verifier();
  CHECK(verifier.name == origin);
  CHECK(key_in(folder).verifier() == verifier);
  CHECK(LogKeyFile::open(folder.path() / "keys" / "world")->verifier() == verifier);
  struct stat status {};
  REQUIRE(::stat((folder.path() / "keys" / "world" / "log.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);
  REQUIRE(::stat((folder.path() / "keys" / "world").c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);
}

TEST_CASE("a log key signs checkpoints that grow") {
  const TemporaryFolder folder;
  const LogKeyFile key = key_in(folder);
  for (const TreeSize size : {1u, 5u, 5u, 9u}) {
    const Note note = key.sign(at(size), continues());
    CHECK(note.verified_by(key.verifier()));
    CHECK(*Checkpoint::parse(note.text) == at(size));
  }
}

TEST_CASE("a log key never signs what is inconsistent with what it signed") {
  const TemporaryFolder folder;
  key_in(folder).sign(at(5), continues());
  // Another process of the same machine, later.
  const LogKeyFile key = key_in(folder);
  const auto refused = [&](const Checkpoint& checkpoint,
                           const std::function<bool(const Checkpoint&)>& extends) {
    return failure_of([&] { key.sign(checkpoint, extends); }).code == ErrorCode::refused;
  };
  CHECK(refused(at(4), continues()));
  CHECK(refused(at(5, "b"), continues("b")));
  CHECK(refused(at(5, "b"), [](const Checkpoint&) { return true; }));
  CHECK(refused(at(9, "b"), continues("b")));
  Checkpoint foreign = at(9);
  foreign.origin = log_origin(WorldId{sha256("other")});
  CHECK(failure_of([&] { key.sign(foreign, continues()); }).code == ErrorCode::invalid);
  CHECK(key.sign(at(9), continues()).verified_by(key.verifier()));
}

TEST_CASE("a key that may not be used any more stays, and a fresh one is bound by the same record") {
  const TemporaryFolder folder;
  const auto keys = folder.path() / "keys" / "world";
  const NoteVerifier first = key_in(folder).verifier();
  key_in(folder).sign(at(5), continues());
  const auto fresh = [&] {
    return LogKeyFile::open_or_create(keys, origin, counting_random(7),
                                      [&](const NoteVerifier& key) { return !(key == first); });
  };
  const NoteVerifier second = fresh().verifier();
  CHECK_FALSE(second == first);
  CHECK(fresh().verifier() == second);
  CHECK(LogKeyFile::open(keys)->verifier() == first);
  CHECK(fresh().last_signed() == at(5));
  CHECK(failure_of([&] { fresh().sign(at(9, "b"), continues("b")); }).code == ErrorCode::refused);
  CHECK(failure_of([&] { fresh().sign(at(4), continues()); }).code == ErrorCode::refused);
  CHECK(fresh().sign(at(9), continues()).verified_by(second));
  CHECK(key_in(folder).last_signed() == at(9));
}

TEST_CASE("a damaged key or record is refused, never replaced") {
  const TemporaryFolder folder;
  const LogKeyFile key = key_in(folder);
  key.sign(at(5), continues());
  const auto record = folder.path() / "keys" / "world" / "log.signed";
  write_file(record, "nonsense\n");
  CHECK(failure_of([&] { key.sign(at(9), continues()); }).code == ErrorCode::invalid);
  write_file(record, "");
  CHECK(failure_of([&] { key.sign(at(9), continues()); }).code == ErrorCode::invalid);
  write_file(folder.path() / "keys" / "world" / "log.key", "nonsense\n");
  CHECK(failure_of([&] { key_in(folder); }).code == ErrorCode::invalid);
}

TEST_CASE("two processes that see different histories sign only one of them") {
  const TemporaryFolder folder;
  key_in(folder);
  constexpr int processes = 8;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const std::string name = i % 2 == 0 ? "a" : "b";
      int result = 1;
      try {
        key_in(folder).sign(at(3 + static_cast<TreeSize>(i), name), continues(name));
        result = 0;
      } catch (const Error& error) {
        result = error.code() == ErrorCode::refused ? 2 : 1;
      } catch (...) {
        result = 1;
      }
      ::_exit(result);
    }
    children.push_back(child);
  }
  bool signed_a = false;
  bool signed_b = false;
  for (int i = 0; i < processes; ++i) {
    int status = 0;
    REQUIRE(::waitpid(children[static_cast<std::size_t>(i)], &status, 0) > 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) != 1);
    if (WEXITSTATUS(status) == 0) (i % 2 == 0 ? signed_a : signed_b) = true;
  }
  CHECK(signed_a != signed_b);
}
