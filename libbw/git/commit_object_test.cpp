#include "git/commit_object.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "git/git_test.h"

namespace bw::git {
namespace {

const std::string tree_line = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
const std::string people = "author A <a@x> 1 +0000\ncommitter C <c@x> 2 -0130\n";
const std::string signature = "-----BEGIN SSH SIGNATURE-----\nAAAA\n\nBBBB\n-----END SSH SIGNATURE-----\n";
const std::string signature_header =
    "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n \n BBBB\n -----END SSH SIGNATURE-----\n";

TEST_CASE("a commit is read with its signature and exactly the bytes that were signed") {
  const std::string parent = "parent 1111111111111111111111111111111111111111\n";
  const auto commit = parse_commit(tree_line + parent + parent + people + "encoding x\n" + signature_header +
                                   "odd a\n b\n\nWhy\n\ngpgsig x\n");
  REQUIRE(commit);
  CHECK(commit->parents.size() == 2);
  CHECK(commit->author.name == "A");
  CHECK(commit->committer.email == "c@x");
  CHECK(commit->time.seconds == 2);
  CHECK(commit->message == "Why\n\ngpgsig x\n");
  CHECK(commit->signature == signature);
  CHECK(commit->signed_bytes ==
        tree_line + parent + parent + people + "encoding x\nodd a\n b\n\nWhy\n\ngpgsig x\n");
}

TEST_CASE("a commit without message or signature is read") {
  const auto commit = parse_commit(tree_line + people);
  REQUIRE(commit);
  CHECK(commit->message.empty());
  CHECK(commit->signature.empty());
  CHECK(commit->signed_bytes == tree_line + people);
}

TEST_CASE("commits whose meaning depends on the reader are refused") {
  const std::string zero(1, '\0');
  for (const std::string& bytes :
       {std::string(),
        std::string("\n"),
        tree_line,
        people,
        tree_line + people.substr(0, people.size() - 1),
        tree_line + people + signature_header + signature_header + "\nm\n",
        tree_line + people + signature_header + "odd x\n" + signature_header + "\nm\n",
        tree_line + people + "gpgsig-sha256 x\n\nm\n",
        tree_line + people + "gpgsigx x\n\nm\n",
        tree_line + people + "gpgsig\n\nm\n",
        tree_line + signature_header + people + "\nm\n",
        signature_header + tree_line + people + "\nm\n",
        tree_line + people + tree_line + "\nm\n",
        tree_line + people + "parent 1111111111111111111111111111111111111111\n\nm\n",
        tree_line + people + "author A <a@x> 1 +0000\n\nm\n",
        tree_line + people + " continued\n\nm\n",
        tree_line + people + "odd\n\nm\n",
        tree_line + people + "odd x",
        tree_line + people + "odd x\n y",
        tree_line + people + "gpgsig x\n y",
        tree_line + people + "\nm" + zero + "\n",
        "tree 4b825\n" + people + "\n",
        "tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\n" + people + "\n",
        tree_line + "parent x\n" + people + "\n"}) {
    CAPTURE(bytes);
    const auto commit = parse_commit(bytes);
    CHECK_FALSE(commit);
    CHECK_FALSE(commit.reason().empty());
  }
}

TEST_CASE("lines of people are read strictly") {
  const std::string good = "committer C <c@x> 2 +0000\n\n";
  CHECK(parse_commit(tree_line + "author <a@x> 1 +0000\n" + good));
  CHECK(parse_commit(tree_line + "author A <> 1 +0000\n" + good));
  for (const char* line :
       {"A a@x 1 +0000", "A<a@x> 1 +0000", "A <a@x 1 +0000", "A <a@x>1 +0000", "A <a@x> +0000", "A <a@x> 1",
        "A <a@x> -1 +0000", "A <a@x> 1x +0000", "A <a@x> 1 0000", "A <a@x> 1 +00", "A <a@x> 1 +0000 ",
        "A <a@x> 253402300800 +0000", "A <a@x> 99999999999999999999 +0000"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_commit(tree_line + "author " + line + "\n" + good));
  }
}

TEST_CASE("what is written is read back, and the signature covers all of it") {
  CHECK(rc::check("commit_bytes and parse_commit are inverse", [] {
    CommitDraft written = draft(Oid{}, {});
    written.parents.resize(*rc::gen::inRange<std::size_t>(0, 3));
    written.time.seconds = *rc::gen::inRange<std::int64_t>(0, Timestamp::last);
    written.message =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a \n<gpgsig "))) + "\n";
    const std::string bytes = commit_bytes(written);
    const std::string name = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AB \n-")));
    const auto read = parse_commit(with_signature(bytes, "S" + name));
    RC_ASSERT(static_cast<bool>(read));
    RC_ASSERT(read->signed_bytes == bytes);
    RC_ASSERT(read->message == written.message);
    RC_ASSERT(read->parents == written.parents);
    RC_ASSERT(read->time == written.time);
  }));
}

TEST_CASE("a draft cannot break out of its headers") {
  const auto code = [](const std::function<void(CommitDraft&)>& spoil) {
    CommitDraft spoiled = draft(Oid{});
    spoil(spoiled);
    return failure_of([&] { commit_bytes(spoiled); }).code;
  };
  CHECK(code([](CommitDraft&) {}) == ErrorCode{});
  for (const std::string name : {"", " a", "a ", "a\nparent x", "a<b", "a>b", "a\xff", "a\x7f"}) {
    CAPTURE(name);
    CHECK(code([&](CommitDraft& d) { d.author.name = name; }) == ErrorCode::invalid);
    CHECK(code([&](CommitDraft& d) { d.author.email = name; }) == ErrorCode::invalid);
  }
  CHECK(code([](CommitDraft& d) { d.author.name = "志愿者"; }) == ErrorCode{});
  CHECK(code([](CommitDraft& d) { d.message = std::string("a\0b", 3); }) == ErrorCode::invalid);
  CHECK(code([](CommitDraft& d) { d.message = "\xff"; }) == ErrorCode::invalid);
  CHECK(code([](CommitDraft& d) { d.time.seconds = -1; }) == ErrorCode::invalid);
  CHECK(commit_bytes(draft(Oid{}, {}, "no line feed")).ends_with("\n\nno line feed\n"));
}

TEST_CASE("arbitrary bytes never break the parser") {
  CHECK(rc::check("a spoiled commit is refused or keeps its signed bytes", [] {
    std::string bytes = tree_line + people + signature_header + "\nmessage\n";
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::arbitrary<char>();
    bytes.resize(*rc::gen::inRange<std::size_t>(at, bytes.size() + 1));
    const auto commit = parse_commit(bytes);
    if (commit) RC_ASSERT(commit->signed_bytes.size() <= bytes.size());
  }));
}

}  // namespace
}  // namespace bw::git
