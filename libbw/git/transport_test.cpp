#include "git/transport.h"

#include <atomic>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "git/git_test.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

const std::string stream = "refs/heads/stream";

RemoteUrl url_of(const std::string& text) {
  const auto url = RemoteUrl::parse(text);
  REQUIRE(url);
  return *url;
}

// A bare "home" and a repository of ours, in folders with names that people choose.
struct Playground {
  TemporaryFolder folder;
  fs::path home = folder.path() / "a home 家.git";
  Repository remote = Repository::create(home, true);
  Repository mine = Repository::create(folder.path() / "my work 工作", false);
  RemoteUrl url = url_of(home.string());

  PushReport send(const Oid& commit, const std::optional<Oid>& expected, const std::string& ref = stream) {
    return push(mine, url, {{commit, ref, expected}});
  }
  void hook(const std::string& name, const std::string& script) {
    write_file(home / "hooks" / name, "#!/bin/sh\n" + script + "\n");
    ::chmod((home / "hooks" / name).c_str(), 0755);
  }
};

// As long as it lives, ssh is a script of ours.
class FakeSsh {
public:
  FakeSsh(const fs::path& folder, const std::string& script) {
    const fs::path path = folder / "fake-ssh";
    write_file(path, "#!/bin/sh\n" + script + "\n");
    ::chmod(path.c_str(), 0755);
    ::setenv("GIT_SSH_COMMAND", ("'" + path.string() + "'").c_str(), 1);
    ::setenv("GIT_SSH_VARIANT", "simple", 1);
  }
  ~FakeSsh() {
    ::unsetenv("GIT_SSH_COMMAND");
    ::unsetenv("GIT_SSH_VARIANT");
  }
  FakeSsh(const FakeSsh&) = delete;
  FakeSsh& operator=(const FakeSsh&) = delete;
};

TEST_CASE("a push creates, moves and deletes refs, and a fetch brings them") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  const Oid b = add_commit(play.mine, {a}, "a", "2");
  CHECK(play.send(a, std::nullopt).result == PushResult::done);
  CHECK(play.remote.ref(stream) == a);
  CHECK(play.send(b, a).result == PushResult::done);

  Repository other = Repository::create(play.folder.path() / "other", false);
  add_remote(other, "origin", play.url);
  CHECK(fetch(other, play.url, {"+refs/heads/*:refs/remotes/origin/*"}));
  CHECK(other.ref("refs/remotes/origin/stream") == b);
  CHECK(other.read_commit(b).parents == std::vector{a});
  CHECK(fetch(other, play.url, {"+refs/heads/*:refs/remotes/origin/*"}));  // nothing new is no failure

  const auto listed = list_remote(play.url, {"refs/heads/*"});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].name == stream);
  CHECK(listed[0].oid == b);
  CHECK(push(play.mine, play.url, {{std::nullopt, stream, b}}).result == PushResult::done);
  CHECK(list_remote(play.url, {}).empty());
}

TEST_CASE("a push from another value than expected is stale and changes nothing") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  const Oid b = add_commit(play.mine, {a}, "a", "2");
  const Oid c = add_commit(play.mine, {a}, "a", "3");
  CHECK(play.send(b, a).result == PushResult::stale);  // it should exist
  REQUIRE(play.send(b, std::nullopt).result == PushResult::done);
  CHECK(play.send(c, std::nullopt).result == PushResult::stale);  // it should not
  const PushReport report = play.send(c, a);
  CHECK(report.result == PushResult::stale);
  CHECK_FALSE(report.message.empty());
  CHECK(play.send(b, a).result == PushResult::done);  // it is there already
  CHECK(play.remote.ref(stream) == b);
  // A rewrite is possible where the caller says what it replaces.
  CHECK(play.send(c, b).result == PushResult::done);
}

TEST_CASE("several updates are pushed together or not at all") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  const Oid b = add_commit(play.mine, {a}, "a", "2");
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  CHECK(push(play.mine, play.url, {{b, "refs/heads/main", {}}, {b, stream, b}}).result == PushResult::stale);
  CHECK_FALSE(play.remote.ref("refs/heads/main"));
  CHECK(push(play.mine, play.url, {{b, "refs/heads/main", {}}, {b, stream, a}}).result == PushResult::done);
  CHECK(play.remote.ref("refs/heads/main") == b);
}

TEST_CASE("of two that push at once one is done and the other stale") {
  Playground play;
  const Oid base = add_commit(play.mine, {}, "a", "0");
  REQUIRE(play.send(base, std::nullopt).result == PushResult::done);
  // Both have looked before either writes.
  play.hook("pre-receive", "sleep 0.2");
  std::vector<Oid> commits = {add_commit(play.mine, {base}, "a", "1"),
                              add_commit(play.mine, {base}, "a", "2")};
  std::atomic<int> done{0};
  std::atomic<int> stale{0};
  std::vector<std::thread> threads;
  for (const Oid& commit : commits) {
    threads.emplace_back([&, commit] {
      const Repository mine = Repository::open(*play.mine.work_tree());
      const PushReport report = push(mine, play.url, {{commit, stream, base}});
      ++(report.result == PushResult::done ? done : report.result == PushResult::stale ? stale : done);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(done == 1);
  CHECK(stale == 1);
}

TEST_CASE("a hook that refuses is quoted, made harmless") {
  Playground play;
  play.hook("pre-receive", "printf 'only stewards\\033[31m may push\\n' >&2; exit 1");
  const PushReport report = play.send(add_commit(play.mine, {}, "a", "1"), std::nullopt);
  CHECK(report.result == PushResult::refused);
  CHECK(report.message.find("hook declined") != std::string::npos);
  CHECK(report.message.find("only stewards") != std::string::npos);
  CHECK(report.message.find('\x1b') == std::string::npos);
}

TEST_CASE("an update hook that refuses one ref refuses all") {
  Playground play;
  play.hook("update", "test \"$1\" != refs/heads/stream");
  const Oid a = add_commit(play.mine, {}, "a", "1");
  const PushReport report = push(play.mine, play.url, {{a, "refs/heads/main", {}}, {a, stream, {}}});
  CHECK(report.result == PushResult::refused);
  CHECK_FALSE(play.remote.ref("refs/heads/main"));
}

TEST_CASE("a remote where we may not write refuses") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  // Root may write anywhere, so as root the remote side runs as nobody.
  const bool root = ::geteuid() == 0;
  for (const auto& entry : fs::recursive_directory_iterator(play.home)) {
    ::chmod(entry.path().c_str(), entry.is_directory() ? 0555 : 0444);
  }
  ::chmod(play.folder.path().c_str(), 0755);
  const std::string as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
  const FakeSsh ssh(play.folder.path(),
                    "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'\n"
                    "shift; exec " +
                        (root ? as_nobody : "") + "sh -c \"$*\"");
  const PushReport report = push(play.mine, url_of("ssh://host" + play.home.string()), {{a, stream, {}}});
  CHECK(report.result == PushResult::refused);
  CHECK_FALSE(report.message.empty());
  for (const auto& entry : fs::recursive_directory_iterator(play.home)) {
    if (entry.is_directory()) ::chmod(entry.path().c_str(), 0755);
  }
}

TEST_CASE("a remote that is not there or goes away is an error with a hint") {
  Playground play;
  std::string incompressible;
  for (unsigned i = 0, state = 1; i < 50'000; ++i, state = state * 1664525 + 1013904223) {
    incompressible += static_cast<char>(state >> 24);
  }
  const Oid a = add_commit(play.mine, {}, "a", incompressible);
  const RemoteUrl gone = url_of((play.folder.path() / "gone").string());
  for (const Failure& failure : {failure_of([&] {
                                   push(play.mine, gone, {{a, stream, {}}});
                                 }),
                                 failure_of([&] { fetch(play.mine, gone, {"refs/heads/main"}); }),
                                 failure_of([&] { list_remote(gone, {}); })}) {
    CHECK(failure.code == ErrorCode::cannot);
    CHECK(failure.what.find(gone.text()) != std::string::npos);
    CHECK(failure.what.find("Please make sure") == std::string::npos);
    CHECK_FALSE(failure.hint.empty());
  }
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  // In the middle of a transfer.
  const FakeSsh ssh(play.folder.path(), "shift; sh -c \"$*\" | { dd bs=1 count=5000 2>/dev/null; kill $$; }");
  const RemoteUrl cut = url_of("ssh://host" + play.home.string());
  Repository other = Repository::create(play.folder.path() / "other", true);
  CHECK(failure_of([&] { fetch(other, cut, {"+refs/heads/*:refs/remotes/origin/*"}); }).code ==
        ErrorCode::cannot);
  CHECK(other.refs("refs/").empty());
}

TEST_CASE("a host that never answers is given up") {
  Playground play;
  const FakeSsh ssh(play.folder.path(), "sleep 20");
  TransportOptions options;
  options.patience = std::chrono::seconds(1);
  CHECK(failure_of([&] { list_remote(url_of("ssh://host/x"), {}, options); }).code == ErrorCode::cannot);
}

TEST_CASE("only refs that exist are fetched") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  Repository other = Repository::create(play.folder.path() / "other", true);
  CHECK_FALSE(fetch(other, play.url, {"+refs/heads/*:refs/remotes/origin/*"}));
  CHECK_FALSE(fetch(other, play.url, {"refs/heads/main:refs/remotes/origin/main"}));
  CHECK_FALSE(fetch(other, play.url, {}));
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  CHECK_FALSE(fetch(other, play.url, {"refs/bw/inbox/*:refs/bw/inbox/*"}));
  CHECK(fetch(other, play.url,
              {"refs/heads/main:refs/heads/main", stream + ":" + stream, "refs/heads/x:refs/heads/x"}));
  CHECK(other.refs("refs/").size() == 1);
}

TEST_CASE("a rewritten history is not fetched unless that is asked") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  const Oid b = add_commit(play.mine, {a}, "a", "2");
  REQUIRE(play.send(b, std::nullopt).result == PushResult::done);
  Repository other = Repository::create(play.folder.path() / "other", true);
  const std::string to = "refs/remotes/origin/stream";
  REQUIRE(fetch(other, play.url, {stream + ":" + to}));
  REQUIRE(play.send(a, b).result == PushResult::done);
  other.set_config("fetch.showForcedUpdates", "false");  // must not switch the check off
  CHECK(failure_of([&] { fetch(other, play.url, {stream + ":" + to}); }).code == ErrorCode::refused);
  CHECK(other.ref(to) == b);
  CHECK(fetch(other, play.url, {"+" + stream + ":" + to}));
  CHECK(other.ref(to) == a);
}

TEST_CASE("a fetch brings no tags, runs no hook, and checks objects") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  REQUIRE(play.send(a, std::nullopt, "refs/tags/v1").result == PushResult::done);
  Repository other = Repository::create(play.folder.path() / "other", true);
  const fs::path hook = play.folder.path() / "other/hooks/reference-transaction";
  write_file(hook, "#!/bin/sh\ntouch '" + (play.folder.path() / "hooked").string() + "'\n");
  ::chmod(hook.c_str(), 0755);
  REQUIRE(fetch(other, play.url, {"+refs/heads/*:refs/remotes/origin/*"}));
  CHECK(other.refs("refs/").size() == 1);
  CHECK_FALSE(fs::exists(play.folder.path() / "hooked"));

  const Oid tree = write_raw(
      play.remote, "tree", "40000 .git" + std::string(1, '\0') + [&] {
        const Oid t = play.remote.empty_tree();
        return std::string(t.bytes.begin(), t.bytes.end());
      }());
  const Oid hostile = play.remote.commit(draft(tree), {});
  REQUIRE(play.remote.update_ref("refs/heads/hostile", hostile, {}, "x"));
  const Failure failure =
      failure_of([&] { fetch(other, play.url, {"+refs/heads/*:refs/remotes/origin/*"}); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK_FALSE(other.ref("refs/remotes/origin/hostile"));
}

TEST_CASE("refs with hostile names are left out") {
  Playground play;
  const std::string oid(40, '1');
  const auto packet = [](const std::string& line) {
    char size[5];
    std::snprintf(size, sizeof size, "%04zx", line.size() + 4);
    return size + line;
  };
  write_file(play.folder.path() / "answer",
             packet(oid + " refs/heads/good" + std::string(1, '\0') + "side-band-64k\n") +
                 packet(oid + " refs/heads/\x1b[31mred\n") + packet(oid + " refs/heads/..\n") +
                 packet(oid + " refs/heads/../../hooks/x\n") + packet(oid + " refs/heads/a b\n") +
                 packet(oid + " refs/heads/x.lock\n") + "0000");
  const FakeSsh ssh(play.folder.path(),
                    "cat '" + (play.folder.path() / "answer").string() + "'; head -c 4 >/dev/null");
  for (const RemoteRef& ref : list_remote(url_of("ssh://host/x"), {})) CHECK(ref.name == "refs/heads/good");
  Repository other = Repository::create(play.folder.path() / "other", true);
  failure_of([&] { fetch(other, url_of("ssh://host/x"), {"+refs/heads/*:refs/remotes/origin/*"}); });
  CHECK(other.refs("refs/").empty());
}

TEST_CASE("patterns name whole refs") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  REQUIRE(play.send(a, std::nullopt, "refs/x/refs/heads/stream").result == PushResult::done);
  REQUIRE(list_remote(play.url, {stream}).size() == 1);
  CHECK(list_remote(play.url, {stream})[0].name == stream);
  CHECK(list_remote(play.url, {"refs/x/*", "refs/heads/*"}).size() == 2);
}

TEST_CASE("what cannot be meant is refused before git runs") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  for (const char* refspec :
       {"--upload-pack=touch x", "-f", "main", "refs/heads/*:refs/heads/main", "^refs/heads/x",
        "refs/heads/a:refs/heads/..", "refs/a:refs/b:refs/c", "", ":refs/heads/x", "refs/*/*:refs/*/*"}) {
    CAPTURE(refspec);
    CHECK(failure_of([&] { fetch(play.mine, play.url, {refspec}); }).code == ErrorCode::usage);
  }
  for (const char* ref : {"main", "refs/heads/..", "refs/heads/a b", "--force"}) {
    CHECK(failure_of([&] { play.send(a, std::nullopt, ref); }).code == ErrorCode::invalid);
  }
  CHECK(failure_of([&] { push(play.mine, play.url, {}); }).code == ErrorCode::usage);
  CHECK(failure_of([&] { list_remote(url_of("relative/path"), {}); }).code == ErrorCode::usage);
}

TEST_CASE("variables of a surrounding git and settings of its user do not reach ours") {
  Playground play;
  const Oid a = add_commit(play.mine, {}, "a", "1");
  ::setenv("GIT_DIR", "/nonexistent", 1);
  ::setenv("GIT_OBJECT_DIRECTORY", "/nonexistent", 1);
  ::setenv("GIT_INDEX_FILE", "/nonexistent", 1);
  ::setenv("GIT_NAMESPACE", "elsewhere", 1);
  ::setenv("GIT_CONFIG_COUNT", "1", 1);
  ::setenv("GIT_CONFIG_KEY_0", "core.bare", 1);
  ::setenv("GIT_CONFIG_VALUE_0", "nonsense", 1);
  const PushReport report = play.send(a, std::nullopt);
  for (const char* name : {"GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_NAMESPACE",
                           "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"}) {
    ::unsetenv(name);
  }
  CHECK(report.result == PushResult::done);
  CHECK(play.remote.ref(stream) == a);
}

TEST_CASE("a redirection of addresses to a remote helper does not run it") {
  Playground play;
  const fs::path pwned = play.folder.path() / "pwned";
  play.mine.set_config("url.ext::sh -c touch% " + pwned.string() + " .insteadOf", play.home.string());
  play.mine.set_config("protocol.ext.allow", "always");
  CHECK(failure_of([&] { fetch(play.mine, play.url, {"refs/heads/main:refs/heads/x"}); }).code ==
        ErrorCode::cannot);
  CHECK_FALSE(fs::exists(pwned));
}

TEST_CASE("progress arrives line by line, made harmless") {
  Playground play;
  play.hook("pre-receive", "printf 'one\\033[2J\\ntwo\\n' >&2");
  std::vector<std::string> lines;
  TransportOptions options;
  options.progress = [&](std::string_view line) { lines.emplace_back(line); };
  const Oid a = add_commit(play.mine, {}, "a", "1");
  CHECK(push(play.mine, play.url, {{a, stream, {}}}, options).result == PushResult::done);
  bool found = false;
  for (const std::string& line : lines) {
    found = found || line.find("two") != std::string::npos;
    CHECK(line.find_first_of("\x1b\n\r") == std::string::npos);
  }
  CHECK(found);
}

TEST_CASE("a remote is added with the refspecs of a world") {
  Playground play;
  add_remote(play.mine, "origin", play.url);
  add_remote(play.mine, "origin", play.url);
  CHECK(play.mine.remotes() == std::vector<std::string>{"origin"});
  CHECK(play.mine.remote_url("origin") == play.home.string());
  CHECK(play.mine.config("remote.origin.fetch") == "+refs/heads/*:refs/remotes/origin/*");
  CHECK(failure_of([&] { add_remote(play.mine, "origin", url_of("/elsewhere")); }).code ==
        ErrorCode::refused);
  for (const char* name : {"", "-x", "a/b", "a b", "..", "a\n", ".x", "x.lock", "[core]"}) {
    CAPTURE(name);
    CHECK(failure_of([&] { add_remote(play.mine, name, play.url); }).code == ErrorCode::invalid);
  }
  const Oid a = add_commit(play.mine, {}, "a", "1");
  REQUIRE(play.send(a, std::nullopt).result == PushResult::done);
  git_says(*play.mine.work_tree(), {"fetch", "-q", "origin"});
  CHECK(play.mine.ref("refs/remotes/origin/stream") == a);
}

TEST_CASE("hostile addresses never become a command") {
  for (const char* text :
       {"ext::sh -c touch% /tmp/bw-pwned", "--upload-pack=touch /tmp/bw-pwned",
        "ssh://-oProxyCommand=touch%20%2Ftmp%2Fbw-pwned/y", "-oProxyCommand=touch@host:path"}) {
    CHECK_FALSE(RemoteUrl::parse(text));
  }
}

}  // namespace
}  // namespace bw::git
