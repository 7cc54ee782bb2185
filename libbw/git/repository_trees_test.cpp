#include <map>

#include <rapidcheck.h>

#include "git/git_test.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

struct Playground {
  TemporaryFolder folder;
  Repository repository = Repository::create(folder.path() / "w", true);

  Oid blob(const std::string& content = "x") { return repository.write_blob(content); }
  Oid tree(const std::vector<std::string>& paths, const std::string& content = "x") {
    return edit({}, paths, content);
  }
  Oid edit(const std::optional<Oid>& base, const std::vector<std::string>& paths,
           const std::string& content = "x") {
    std::vector<TreeEdit> edits;
    for (const std::string& path : paths) edits.push_back({path, blob(content)});
    return repository.edit_tree(base, edits);
  }
  Oid without(const Oid& base, const std::vector<std::string>& paths) {
    std::vector<TreeEdit> edits;
    for (const std::string& path : paths) edits.push_back({path, std::nullopt});
    return repository.edit_tree(base, edits);
  }
  std::vector<std::string> paths(const Oid& tree) {
    std::vector<std::string> result;
    for (const TreeEntry& entry : repository.list_recursive(tree, 1000)) result.push_back(entry.name);
    return result;
  }
};
using Paths = std::vector<std::string>;

TEST_CASE("trees are those that git writes") {
  Playground play;
  const Oid tree = play.tree({"a-b", "a/c", "a0", "log/x001/234.jsonl", "急救"});
  CHECK(git_says(play.folder.path() / "w", {"ls-tree", "-r", "--name-only", tree.hex()}) == "a-b");
  CHECK(git_says(play.folder.path() / "w", {"mktree"},
                 git_in(play.folder.path() / "w", {"ls-tree", tree.hex()}).output) == tree.hex());
  CHECK(play.paths(tree) == Paths{"a-b", "a/c", "a0", "log/x001/234.jsonl", "急救"});
  CHECK(play.repository.empty_tree().hex() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

TEST_CASE("edits add, replace and remove, and leave no empty folder") {
  Playground play;
  Repository& repository = play.repository;
  const Oid base = play.tree({"a/b/c", "a/d", "e"});
  CHECK(play.paths(play.edit(base, {"a/b/x"})) == Paths{"a/b/c", "a/b/x", "a/d", "e"});
  CHECK(play.paths(play.without(base, {"a/b/c"})) == Paths{"a/d", "e"});
  CHECK(play.paths(play.without(base, {"a"})) == Paths{"e"});
  CHECK(play.without(base, {"a", "e"}) == repository.empty_tree());
  CHECK(play.without(base, {"missing", "a/missing", "e/below/a/file"}) == base);
  CHECK(repository.edit_tree(base, {}) == base);
  CHECK(repository.edit_tree(std::nullopt, {}) == repository.empty_tree());
  CHECK(play.edit(base, {"e"}, "new") != base);

  const Oid blob = play.blob();
  const std::vector<TreeEdit> swapped = {
      {"e/f", blob}, {"e", std::nullopt}, {"a", blob}, {"a", std::nullopt}, {"a", blob}};
  CHECK(failure_of([&] { repository.edit_tree(base, swapped); }).code ==
        ErrorCode::invalid);  // the last edit of a counts
  const std::vector<TreeEdit> replaced = {{"e/f", blob}, {"e", std::nullopt}};
  CHECK(play.paths(repository.edit_tree(base, replaced)) == Paths{"a/b/c", "a/d", "e/f"});
  const std::vector<TreeEdit> grafted = {{"copy", repository.find(base, "a")->oid, Mode::tree}};
  CHECK(play.paths(repository.edit_tree(base, grafted)) == Paths{"a/b/c", "a/d", "copy/b/c", "copy/d", "e"});
}

TEST_CASE("edits that cannot be meant are refused") {
  Playground play;
  const Oid base = play.tree({"a/b", "e"});
  for (const std::string path :
       {"e/below", "a", "", "/a", "a/", "a//b", ".", "a/../b", "..", ".git", "x/.GIT/config"}) {
    CAPTURE(path);
    CHECK(failure_of([&] { play.edit(base, {path}); }).code == ErrorCode::invalid);
  }
  CHECK(failure_of([&] { play.edit(base, {std::string("a\0b", 3)}); }).code == ErrorCode::invalid);
  std::string deep = "d";
  for (int i = 0; i < 33; ++i) deep += "/d";
  CHECK(failure_of([&] { play.edit(base, {deep.substr(2)}); }).code == ErrorCode{});
  CHECK(failure_of([&] { play.edit(base, {deep}); }).code == ErrorCode::invalid);
  const std::vector<TreeEdit> missing = {{"x", Oid{}}};
  CHECK(failure_of([&] { play.repository.edit_tree(base, missing); }).code == ErrorCode::invalid);
}

TEST_CASE("any set of edits gives the tree of its last values") {
  Playground play;
  CHECK(rc::check("edit_tree is a map from paths to blobs", [&] {
    std::map<std::string, bool> expected;
    std::optional<Oid> tree;
    const int rounds = *rc::gen::inRange(1, 4);
    for (int round = 0; round < rounds; ++round) {
      std::vector<TreeEdit> edits;
      const int count = *rc::gen::inRange(0, 6);
      for (int i = 0; i < count; ++i) {
        // Folders and files never share a name, so that nothing is in the way.
        const std::string path = std::string("d") + *rc::gen::elementOf(std::string("12")) + "/f" +
                                 *rc::gen::elementOf(std::string("abc"));
        const bool set = *rc::gen::arbitrary<bool>();
        edits.push_back({path, set ? std::optional(play.blob()) : std::nullopt});
        expected[path] = set;
      }
      tree = play.repository.edit_tree(tree, edits);
    }
    Paths paths;
    for (const auto& [path, set] : expected) {
      if (set) paths.push_back(path);
    }
    RC_ASSERT(play.paths(*tree) == paths);
  }));
}

TEST_CASE("entries are found by path") {
  Playground play;
  const Oid tree = play.tree({"a/b/c", "e"});
  CHECK(play.repository.find(tree, "a/b/c")->name == "c");
  CHECK(play.repository.find(tree, "a/b")->mode == Mode::tree);
  for (const char* path : {"", "a/", "/a", "a/x", "e/f", "A", "a/b/c/d", "..", "a/../e"}) {
    CAPTURE(path);
    CHECK_FALSE(play.repository.find(tree, path));
  }
}

TEST_CASE("comparison names what differs, through kinds of entries") {
  Playground play;
  Repository& repository = play.repository;
  const Oid before = play.tree({"a/b", "a/same", "gone/x/y", "kind", "mode", "same/z"});
  const Oid blob = play.blob();
  const std::vector<TreeEdit> edits = {{"a/b", play.blob("new")},        {"gone", std::nullopt},
                                       {"kind", std::nullopt},           {"kind/inside", blob},
                                       {"mode", blob, Mode::executable}, {"added", blob, Mode::link}};
  const Oid after = repository.edit_tree(before, edits);
  std::string text;
  for (const TreeChange& change : repository.compare(before, after)) {
    text += std::string(change.before ? "-" : " ") + (change.after ? "+" : " ") + change.path + "\n";
    CHECK((!change.before || change.before->name == change.path));
    CHECK((!change.after || change.after->name == change.path));
  }
  CHECK(text == "-+a/b\n +added\n- gone/x/y\n- kind\n +kind/inside\n-+mode\n");
  CHECK(repository.compare(after, after).empty());
  CHECK(repository.compare(std::nullopt, before).size() == 6);
  CHECK(repository.compare(before, repository.empty_tree()).size() == 6);
}

TEST_CASE("hostile trees are listed as they are or refused, and never touch a file") {
  Playground play;
  const std::string oid(20, 'o');
  const std::string zero(1, '\0');
  const auto raw = [&](const std::string& mode, const std::string& name) {
    return write_raw(play.repository, "tree", mode + " " + name + zero + oid);
  };
  for (const Oid& tree :
       {raw("100644", ".."), raw("40000", ".git"), raw("100644", ".Git"), raw("100644", "a/b"),
        raw("100644", "../../etc/passwd"), raw("100644", ""), raw("100777", "a")}) {
    const std::vector<TreeEdit> graft = {{"sub", tree, Mode::tree}};
    const Oid parent = play.repository.edit_tree(std::nullopt, graft);
    for (const Failure& failure :
         {failure_of([&] { play.repository.list(tree); }),
          failure_of([&] { play.repository.list_recursive(parent, 10); }),
          failure_of([&] { play.repository.compare(std::nullopt, parent); }),
          failure_of([&] { [[maybe_unused]] const auto found = play.repository.find(parent, "sub/a"); }),
          failure_of([&] { play.edit(parent, {"sub/b"}); })}) {
      CHECK(failure.code == ErrorCode::invalid);
      CHECK(failure.what.find(tree.hex()) != std::string::npos);
    }
  }
  CHECK(play.repository.list(raw("120000", "link"))[0].mode == Mode::link);
  CHECK(play.repository.list(raw("160000", "sub"))[0].mode == Mode::submodule);
  CHECK(play.paths(raw("100644", "\x1b[2J\r\n")) == Paths{"\x1b[2J\r\n"});
}

TEST_CASE("a few trees that describe billions of files are stopped") {
  Playground play;
  Oid tree = play.tree({"a", "b", "c", "d", "e", "f", "g", "h"});
  for (int level = 0; level < 12; ++level) {
    std::vector<TreeEdit> edits;
    for (char name = 'a'; name < 'i'; ++name) edits.push_back({std::string(1, name), tree, Mode::tree});
    tree = play.repository.edit_tree(std::nullopt, edits);
  }
  CHECK(failure_of([&] { play.repository.list_recursive(tree, 1000); }).code == ErrorCode::invalid);
  CHECK(failure_of([&] { play.repository.compare(std::nullopt, tree, 1000); }).code == ErrorCode::invalid);
  for (int level = 0; level < 30; ++level) {
    const std::vector<TreeEdit> edits = {{"d", tree, Mode::tree}};
    tree = play.repository.edit_tree(std::nullopt, edits);
  }
  CHECK(failure_of([&] { play.repository.list_recursive(tree, 1000); }).what.find("levels") !=
        std::string::npos);
}

// A work tree, where `main` holds a first commit with a.txt and dir/b.txt.
struct WorkTree {
  TemporaryFolder folder;
  fs::path path = folder.path() / "w";
  Repository repository = Repository::create(path, false);
  Oid first = [this] {
    const Oid oid =
        add_commit(repository, {add_commit(repository, {}, "a.txt", "one\n")}, "dir/b.txt", "two\n");
    REQUIRE(repository.update_ref("refs/heads/main", oid, {}, "x"));
    repository.checkout_head({});
    return oid;
  }();

  Oid advance(const std::string& file, const std::string& content) {
    const Oid oid = add_commit(repository, {first}, file, content);
    REQUIRE(repository.update_ref("refs/heads/main", oid, first, "x"));
    return oid;
  }
  std::string read(const std::string& file) { return read_file(path / file, 1000); }
  std::string status() { return git_in(path, {"status", "--porcelain"}).output; }
};

TEST_CASE("HEAD is checked out, and moves forward around untouched files") {
  WorkTree tree;
  CHECK(tree.read("dir/b.txt") == "two\n");
  CHECK(tree.status().empty());
  write_file(tree.path / "a.txt", "mine\n");
  write_file(tree.path / "notes", "untracked\n");
  tree.advance("dir/b.txt", "three\n");
  tree.repository.checkout_head(tree.first);
  CHECK(tree.read("dir/b.txt") == "three\n");
  CHECK(tree.read("a.txt") == "mine\n");
  CHECK(tree.status() == " M a.txt\n?? notes\n");
}

TEST_CASE("a checkout that would overwrite something is refused and changes nothing") {
  WorkTree tree;
  SUBCASE("an edited file") {
    write_file(tree.path / "a.txt", "mine\n");
  }
  SUBCASE("an edited and staged file") {
    write_file(tree.path / "a.txt", "mine\n");
    git_says(tree.path, {"add", "a.txt"});
  }
  SUBCASE("a file that is only staged") {
    write_file(tree.path / "a.txt", "mine\n");
    git_says(tree.path, {"add", "a.txt"});
    write_file(tree.path / "a.txt", "one\n");
  }
  const std::string before = tree.read("a.txt");
  tree.advance("a.txt", "theirs\n");
  const Failure failure = failure_of([&] { tree.repository.checkout_head(tree.first); });
  CHECK(failure.code == ErrorCode::refused);
  CHECK(failure.what.find("a.txt") != std::string::npos);
  CHECK(tree.read("a.txt") == before);
}

TEST_CASE("a checkout does not overwrite a file that git does not know, unless it is the same") {
  WorkTree tree;
  write_file(tree.path / "new.txt", "mine\n");
  const Oid second = tree.advance("new.txt", "theirs\n");
  CHECK(failure_of([&] { tree.repository.checkout_head(tree.first); }).code == ErrorCode::refused);
  CHECK(tree.read("new.txt") == "mine\n");
  write_file(tree.path / "new.txt", "theirs\n");
  tree.repository.checkout_head(tree.first);
  CHECK(tree.status().empty());
  CHECK(tree.repository.ref("HEAD") == second);
}

TEST_CASE("a commit made of the files that lie there needs no writing") {
  const TemporaryFolder folder;
  Repository repository = Repository::create(folder.path() / "w", false);
  write_file(folder.path() / "w/a.txt", "one\n");
  const Oid commit = add_commit(repository, {}, "a.txt", "one\n");
  REQUIRE(repository.update_ref("refs/heads/main", commit, {}, "x"));
  repository.checkout_head(std::nullopt);
  CHECK(git_in(folder.path() / "w", {"status", "--porcelain"}).output.empty());
}

TEST_CASE("a checkout does not write through a symbolic link or into .git") {
  WorkTree tree;
  fs::create_directory(tree.folder.path() / "outside");
  fs::remove_all(tree.path / "dir");
  fs::create_directory_symlink(tree.folder.path() / "outside", tree.path / "dir");
  tree.advance("dir/c.txt", "theirs\n");
  failure_of([&] { tree.repository.checkout_head(tree.first); });
  CHECK(fs::is_empty(tree.folder.path() / "outside"));

  const Oid hostile =
      write_raw(tree.repository, "tree", "100644 .git" + std::string(1, '\0') + std::string(20, 'x'));
  const Oid commit = tree.repository.commit(draft(hostile, {tree.first}), {});
  REQUIRE(tree.repository.update_ref("refs/heads/main", commit, tree.repository.ref("HEAD"), "x"));
  CHECK(failure_of([&] { tree.repository.checkout_head(tree.first); }).code == ErrorCode::invalid);
}

TEST_CASE("uncommitted changes are seen where they are") {
  WorkTree tree;
  const Repository& repository = tree.repository;
  CHECK_FALSE(repository.has_uncommitted_changes(""));
  write_file(tree.path / "tools/new.yaml", "x");
  CHECK_FALSE(repository.has_uncommitted_changes(""));
  CHECK(repository.has_uncommitted_changes("tools"));
  CHECK(repository.has_uncommitted_changes("tools/new.yaml"));
  CHECK_FALSE(repository.has_uncommitted_changes("a.txt"));
  write_file(tree.path / "a.txt", "edited\n");
  CHECK(repository.has_uncommitted_changes(""));
  CHECK(repository.has_uncommitted_changes("a.txt"));
  CHECK_FALSE(repository.has_uncommitted_changes("dir"));
  CHECK_FALSE(repository.has_uncommitted_changes("*.txt"));
  git_says(tree.path, {"add", "a.txt"});
  CHECK(repository.has_uncommitted_changes("a.txt"));
  fs::remove(tree.path / "dir/b.txt");
  CHECK(repository.has_uncommitted_changes("dir/b.txt"));
}

}  // namespace
}  // namespace bw::git
