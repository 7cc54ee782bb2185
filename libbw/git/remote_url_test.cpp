#include "git/remote_url.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "git/git_test.h"

namespace bw::git {
namespace {

const std::string world(64, 'a');

bool accepts(std::string_view text) {
  return static_cast<bool>(RemoteUrl::parse(text));
}

TEST_CASE("addresses that people use are accepted as they are") {
  for (const char* text : {"/srv/git/world.git",
                           "../world",
                           "./-odd",
                           "~/world",
                           "world",
                           "a folder/心脏 世界",
                           "file:///srv/a%20b",
                           "https://example.org/w.git",
                           "https://user:secret@example.org:8443/w.git",
                           "http://127.0.0.1:8080/w",
                           "ssh://git@example.org/w.git",
                           "ssh://git@example.org:2222/~me/w",
                           "ssh://[::1]:22/w",
                           "git://example.org/w",
                           "git@example.org:me/w.git",
                           "alias:w",
                           "user@[::1]:w",
                           "https://例え.jp/w",
                           "/path/with#hash",
                           "/srv/a:b",
                           "./a:b"}) {
    CAPTURE(text);
    const auto url = RemoteUrl::parse(text);
    REQUIRE(url);
    CHECK(url->text() == text);
    CHECK_FALSE(url->pin());
  }
}

TEST_CASE("what would run a program or be read as an option is refused with a reason") {
  for (const char* text : {"",
                           "ext::sh -c touch% /tmp/pwned",
                           "ext::sh",
                           "fd::3",
                           "a+b::x",
                           "testgit::https://example.org/w",
                           "--upload-pack=touch /tmp/pwned",
                           "-oProxyCommand=x",
                           "-",
                           "ssh://-oProxyCommand=x/y",
                           "ssh://%2DoProxyCommand=x/y",
                           "ssh://-u@example.org/w",
                           "ssh://%2Du@example.org/w",
                           "ssh://git@-oProxyCommand=x/y",
                           "-oProxy@host:path",
                           "user@-oProxy:path",
                           "host:-path",
                           "host:",
                           ":path",
                           "git://example.org%0d%0ahost=x/w",
                           "https://example.org/a%0ab",
                           "https://example.org/%zz",
                           "https:///w",
                           "https://example.org",
                           "https://example.org/",
                           "https://example.org:port/w",
                           "https://example.org:99999999/w",
                           "ftp://example.org/w",
                           "git+ssh://example.org/w",
                           "HTTPS://example.org/w",
                           "javascript://x/y",
                           "file://host/share",
                           "file://",
                           "https://exa mple.org/w",
                           "https://exam\\ple.org/w",
                           "ssh://[::1/w",
                           "ssh://[::1]x/w",
                           "a\nb",
                           "/a\x1b[31m",
                           "/a\x7f",
                           "/a\xff",
                           "https://example.org/w#abc",
                           "host:w#abc"}) {
    CAPTURE(text);
    const auto url = RemoteUrl::parse(text);
    CHECK_FALSE(url);
    CHECK_FALSE(url.reason().empty());
  }
  CHECK_FALSE(accepts(std::string("/a\0b", 4)));
  CHECK_FALSE(accepts(std::string(5000, 'a')));
}

TEST_CASE("a world id after # pins the address") {
  for (const std::string text : {"/srv/w", "https://example.org/w", "git@example.org:w", "/srv/c#"}) {
    const auto url = RemoteUrl::parse(text + "#" + world);
    CAPTURE(text);
    REQUIRE(url);
    CHECK(url->text() == text);
    CHECK(url->pin() == world);
  }
  CHECK_FALSE(accepts("https://example.org/w#" + std::string(64, 'A')));
  CHECK_FALSE(accepts("https://example.org/w#" + std::string(63, 'a')));
  CHECK_FALSE(accepts("#" + world));
}

TEST_CASE("passwords and tokens are not shown") {
  CHECK(RemoteUrl::parse("https://me:secret@example.org/w")->shown() == "https://example.org/w");
  CHECK(RemoteUrl::parse("https://ghp_token@example.org/w")->shown() == "https://example.org/w");
  CHECK(RemoteUrl::parse("https://me:p@ss@example.org/w")->shown() == "https://example.org/w");
  CHECK(RemoteUrl::parse("ssh://git:secret@example.org:22/w")->shown() == "ssh://git@example.org:22/w");
  CHECK(RemoteUrl::parse("git@example.org:w")->shown() == "git@example.org:w");
  CHECK(RemoteUrl::parse("https://example.org/a@b")->shown() == "https://example.org/a@b");
}

TEST_CASE("local addresses are told from others, and relative paths made absolute") {
  for (const char* text : {"/srv/w", "../w", "file:///srv/w", "./a:b", "w"})
    CHECK(RemoteUrl::parse(text)->is_local());
  for (const char* text : {"https://h/w", "h:w", "git@h:w", "ssh://h/w"})
    CHECK_FALSE(RemoteUrl::parse(text)->is_local());
  CHECK(RemoteUrl::parse("../w")->absolute("/srv/a").text() == "/srv/w");
  CHECK(RemoteUrl::parse("/x/w")->absolute("/srv/a").text() == "/x/w");
  CHECK(RemoteUrl::parse("host:w")->absolute("/srv/a").text() == "host:w");
  CHECK(RemoteUrl::parse("w#" + world)->absolute("/srv").pin() == world);
}

TEST_CASE("no accepted address can be an option for git or ssh") {
  CHECK(rc::check("accepted text never begins with a dash and never names a remote helper", [] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("-:/@#[]%a2D.\n ~e+x")));
    const auto url = RemoteUrl::parse(text);
    if (!url) return;
    RC_ASSERT(!url->text().starts_with('-'));
    const std::string host = url->text().substr(0, url->text().find(':'));
    RC_ASSERT(url->is_local() || host.find("@-") == std::string::npos);
    RC_ASSERT(url->text().find('\n') == std::string::npos);
  }));
}

TEST_CASE("ref names are those that git accepts") {
  for (const char* name :
       {"refs/heads/main", "refs/bw/inbox/z6MkA/0123", "refs/heads/a@b", "refs/heads/-x", "refs/x/{"}) {
    CAPTURE(name);
    CHECK(is_safe_ref_name(name));
  }
  for (const char* name : {"",
                           "refs/",
                           "refs",
                           "main",
                           "HEAD",
                           "heads/main",
                           "hooks/pre-push",
                           "refs/heads/..",
                           "refs/heads/../../config",
                           "refs/heads/.hidden",
                           "refs/heads/a.lock",
                           "refs/a.lock/b",
                           "refs/heads/a..b",
                           "refs/heads/a//b",
                           "refs/heads/a/",
                           "refs/heads/a.",
                           "refs/heads/a b",
                           "refs/heads/a~1",
                           "refs/heads/a^",
                           "refs/heads/a:b",
                           "refs/heads/a?",
                           "refs/heads/*",
                           "refs/heads/[a",
                           "refs/heads/a\\b",
                           "refs/heads/a@{1}",
                           "refs/heads/\x1b[31m",
                           "refs/heads/a\n",
                           "refs/heads/急救"}) {
    CAPTURE(name);
    CHECK_FALSE(is_safe_ref_name(name));
  }
  CHECK_FALSE(is_safe_ref_name(std::string("refs/heads/a\0b", 14)));
  CHECK_FALSE(is_safe_ref_name("refs/heads/" + std::string(300, 'a')));
}

TEST_CASE("git check-ref-format agrees about every name") {
  for (int i = 0; i < 150; ++i) {
    const std::string characters = "ab./@{~^:?*[\\-_lock ";
    std::string name = "refs/heads/";
    unsigned long long state = 0x9e3779b97f4a7c15ull * static_cast<unsigned long long>(i + 1);
    for (int j = 0; j < 1 + i % 6; ++j) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      name += characters[(state >> 33) % characters.size()];
    }
    CAPTURE(name);
    CHECK(is_safe_ref_name(name) == (git_in("/", {"check-ref-format", name}).status == 0));
  }
}

}  // namespace
}  // namespace bw::git
