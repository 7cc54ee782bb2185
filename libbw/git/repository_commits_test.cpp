#include "git/git_test.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

// A key of ssh-keygen, which signs; the file that tells git to accept it.
struct SshKey {
  explicit SshKey(const fs::path& folder) : key(folder / "key"), allowed_signers(folder / "allowed_signers") {
    Command command;
    command.arguments = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key.string()};
    REQUIRE(run(command).status == 0);
    write_file(allowed_signers,
               "z6MkTest@bw.invalid namespaces=\"git\" " + read_file(key.string() + ".pub", 1000));
  }
  CommitSigner signer() const {
    return [path = key.string()](std::string_view bytes) {
      Command command;
      command.arguments = {"ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", path};
      command.input = std::string(bytes);
      const Finished finished = run(command);
      REQUIRE(finished.status == 0);
      return finished.output;
    };
  }
  Finished verify(const fs::path& repository, const Oid& commit) const {
    return git_in(repository, {"-c", "gpg.ssh.allowedSignersFile=" + allowed_signers.string(),
                               "verify-commit", commit.hex()});
  }
  fs::path key;
  fs::path allowed_signers;
};

TEST_CASE("git verify-commit and git fsck accept signed commits") {
  const TemporaryFolder folder;
  const SshKey key(folder.path());
  Repository repository = Repository::create(folder.path() / "w", true);
  const std::vector<TreeEdit> edits = {{"log/000.jsonl", repository.write_blob("x\n")}};
  const Oid tree = repository.edit_tree({}, edits);
  std::vector<Oid> parents;
  for (const std::string message :
       {"Say why\n", "no line feed", "", "two\n\nparagraphs 急救\n", "\n\nleading\n\n"}) {
    const Oid commit = repository.commit(draft(tree, parents, message), key.signer());
    const Finished verified = key.verify(folder.path() / "w", commit);
    CAPTURE(verified.error_output);
    CHECK(verified.status == 0);
    CHECK(verified.error_output.find("Good \"git\" signature for z6MkTest@bw.invalid") != std::string::npos);

    const Commit read = repository.read_commit(commit);
    CHECK(read.signed_bytes.find("gpgsig") == std::string::npos);
    CHECK(read.signature.starts_with("-----BEGIN SSH SIGNATURE-----\n"));
    CHECK(read.message == (message.ends_with('\n') ? message : message + "\n"));
    CHECK(read.parents == parents);
    CHECK(read.author.name == "z6MkTest");
    CHECK(read.time == Timestamp{1'700'000'000});
    parents = {commit};
  }
  REQUIRE(repository.update_ref("refs/heads/stream", parents.front(), {}, "x"));
  const Finished fsck = git_in(folder.path() / "w", {"fsck", "--strict", "--no-dangling"});
  CHECK(fsck.status == 0);
  CHECK(fsck.output == "");
}

TEST_CASE("the signed bytes of a commit made by git are those that git signed") {
  const TemporaryFolder folder;
  const SshKey key(folder.path());
  git_says(folder.path(), {"init", "-q", "w"});
  const fs::path w = folder.path() / "w";
  git_says(w, {"-c", "gpg.format=ssh", "-c", "user.signingKey=" + key.key.string(), "commit", "-q", "-S",
               "--allow-empty", "-m", "hi"});
  const Oid head = oid_of(git_says(w, {"rev-parse", "HEAD"}));
  const Commit commit = Repository::open(w).read_commit(head);
  write_file(folder.path() / "sig", commit.signature);
  Command verify;
  verify.arguments = {"ssh-keygen",
                      "-Y",
                      "verify",
                      "-n",
                      "git",
                      "-I",
                      "z6MkTest@bw.invalid",
                      "-f",
                      key.allowed_signers.string(),
                      "-s",
                      (folder.path() / "sig").string()};
  verify.input = commit.signed_bytes;
  CHECK(run(verify).status == 0);
  verify.input += "x";
  CHECK(run(verify).status != 0);
}

TEST_CASE("a signer cannot spoil a commit") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const CommitDraft plain = draft(repository.empty_tree());
  const std::string zero(1, '\0');
  for (const std::string& signature : {zero, "a" + zero}) {
    const auto sign = [&](std::string_view) { return signature; };
    CHECK(failure_of([&] { repository.commit(plain, sign); }).code == ErrorCode::invalid);
  }
  const auto refuses = [](std::string_view) -> std::string {
    throw Error(ErrorCode::refused, "wrong passphrase");
  };
  CHECK(failure_of([&] { repository.commit(plain, refuses); }).code == ErrorCode::refused);
  CHECK(failure_of([&] { repository.commit(draft(Oid{}), {}); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { repository.commit(draft(plain.tree, {Oid{}}), {}); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { repository.commit(draft(plain.tree, {plain.tree}), {}); }).code ==
        ErrorCode::invalid);
}

TEST_CASE("a commit with two signatures is refused by name") {
  const TemporaryFolder folder;
  const Repository repository = Repository::create(folder.path(), true);
  const Oid forged = write_raw(repository, "commit",
                               "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@x> 1 +0000\n"
                               "committer A <a@x> 1 +0000\ngpgsig a\ngpgsig b\n\nm\n");
  const Failure failure = failure_of([&] { repository.read_commit(forged); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find(forged.hex()) != std::string::npos);
}

TEST_CASE("history is followed, oldest first, along first parents") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid a = add_commit(repository, {}, "f", "1");
  const Oid b = add_commit(repository, {a}, "f", "2");
  const Oid side = add_commit(repository, {a}, "g", "3");
  const Oid merge = add_commit(repository, {b, side}, "g", "3");
  const Oid alone = add_commit(repository, {}, "h", "4");

  CHECK(repository.first_parent_history(merge, std::nullopt) == std::vector{a, b, merge});
  CHECK(repository.first_parent_history(merge, a) == std::vector{b, merge});
  CHECK(repository.first_parent_history(merge, merge).empty());
  CHECK(failure_of([&] { repository.first_parent_history(merge, side); }).code == ErrorCode::invalid);

  CHECK(repository.is_ancestor(side, merge));
  CHECK(repository.is_ancestor(a, a));
  CHECK_FALSE(repository.is_ancestor(merge, a));
  CHECK_FALSE(repository.is_ancestor(alone, merge));
  CHECK(repository.merge_base(b, side) == a);
  CHECK_FALSE(repository.merge_base(alone, merge));
  CHECK(failure_of([&] { [[maybe_unused]] const auto base = repository.merge_base(Oid{}, a); }).code ==
        ErrorCode::invalid);

  CHECK(repository.reachable(merge, {}).size() == 4);
  CHECK(repository.reachable(merge, {}).front() == merge);
  CHECK(repository.reachable(merge, {b}) == std::vector{merge, side});
  CHECK(repository.count_reachable(merge, a) == 3);
  CHECK(repository.count_reachable(merge, std::nullopt) == 4);
}

TEST_CASE("a forged commit-graph does not change history") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path(), true);
  const Oid a = add_commit(repository, {}, "f", "1");
  const Oid b = add_commit(repository, {a}, "f", "2");
  const Oid c = add_commit(repository, {b}, "f", "3");
  REQUIRE(repository.update_ref("refs/heads/main", c, {}, "x"));
  git_says(folder.path(), {"commit-graph", "write", "--reachable"});
  const fs::path graph = folder.path() / "objects/info/commit-graph";
  const std::string good = read_file(graph, 1 << 20);
  // Every commit a root: parents are 0x70000000 where there is none.
  std::string forged = good;
  const std::size_t oids = good.find(std::string(std::begin(a.bytes), std::end(a.bytes)).substr(0, 20));
  REQUIRE(oids != std::string::npos);
  const std::string tree_of_c = [&] {
    const Oid tree = repository.read_commit(c).tree;
    return std::string(tree.bytes.begin(), tree.bytes.end());
  }();
  const std::size_t at = good.find(tree_of_c);
  REQUIRE(at != std::string::npos);
  forged.replace(at + 20, 4, std::string("\x70\0\0\0", 4));
  fs::remove(graph);
  write_file(graph, forged);
  const Repository fresh = Repository::open(folder.path());
  CHECK(fresh.reachable(c, {}).size() == 3);
  CHECK(fresh.is_ancestor(a, c));
  CHECK(fresh.merge_base(a, c) == a);
  CHECK(fresh.first_parent_history(c, std::nullopt).size() == 3);
}

TEST_CASE("a hole in the history is an error, and in a shallow clone says what to do") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path() / "w", true);
  const Oid a = add_commit(repository, {}, "f", "1");
  const Oid b = add_commit(repository, {a}, "f", "2");
  REQUIRE(repository.update_ref("refs/heads/main", b, {}, "x"));
  git_says(folder.path(),
           {"clone", "-q", "--bare", "--depth=1", "file://" + (folder.path() / "w").string(), "shallow"});
  const Repository shallow = Repository::open(folder.path() / "shallow");
  const Failure failure = failure_of([&] { shallow.first_parent_history(b, std::nullopt); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find(a.hex()) != std::string::npos);
  CHECK(failure.hint.find("unshallow") != std::string::npos);
  CHECK(failure_of([&] { shallow.reachable(b, {}); }).code == ErrorCode::invalid);
}

}  // namespace
}  // namespace bw::git
