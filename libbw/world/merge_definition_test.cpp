#include "world/merge_definition.h"

#include <doctest/doctest.h>

#include "tools/toolset.h"
#include "world/adopt.h"
#include "world/definition_for_tests.h"

using namespace bw;
using namespace bw::testing;
using git::Failure;
using git::failure_of;
using git::git_in;
using git::git_says;

namespace {

using Outcome = MergedDefinition::Outcome;

// A world and, beside its main, a branch of someone else's that began at the same commit.
struct TwoBranches : TestWorld {
  TestPerson other{"Bob"};
  git::Oid base = *world.repository.ref(main_ref);

  // What `work` commits becomes their branch; main goes back to where it was.
  template <class Work>
  git::Oid theirs(Work work) {
    const git::Oid here = *world.repository.ref(main_ref);
    world.repository.set_ref(main_ref, base, "test");
    world.repository.checkout_head(here);
    work();
    const git::Oid there = *world.repository.ref(main_ref);
    world.repository.set_ref(main_ref, here, "test");
    world.repository.checkout_head(there);
    return there;
  }
  git::Oid their_change(std::string_view from, std::string_view to) {
    return theirs([&] { change(other, world, from, to); });
  }
  git::Oid their_file(const std::string& path, const std::optional<std::string>& content,
                      Signed is_signed = Signed::yes) {
    return theirs([&] { commit_file(other, world, path, content, is_signed); });
  }

  MergedDefinition merge(const git::Oid& commit) {
    return merge_definition(environment, world, *signer, commit, "bob/main");
  }
  git::Oid head() const { return *world.repository.ref(main_ref); }
  std::string work_file(const std::string& path = "betterworld.yaml") const {
    return read_file(world.folder() / path, 1u << 20);
  }
  bool is_clean() const { return git_in(world.folder(), {"status", "--porcelain"}).output.empty(); }
};

}  // namespace

TEST_CASE("a branch that main holds already changes nothing") {
  TwoBranches story;
  const git::Oid before = story.head();
  const MergedDefinition merged = story.merge(story.base);
  CHECK(merged.outcome == Outcome::already);
  CHECK(merged.changes.empty());
  CHECK(story.head() == before);
}

TEST_CASE("a branch that only adds to main is fast-forwarded, and says what it brings and who signed") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("target: 3", "target: 5");
  const MergedDefinition merged = story.merge(theirs);
  CHECK(merged.outcome == Outcome::fast_forward);
  CHECK(story.head() == theirs);
  CHECK(sentences(merged.changes) == std::vector<std::string>{"goal coverage: target 3 → 5"});
  CHECK(merged.signers == std::vector<Did>{story.other.did()});
  CHECK(story.is_clean());
  CHECK(story.work_file() == file_on_main(story.world));
}

TEST_CASE("two people who add different behaviours are merged by one signed commit of two parents") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("  - {id: mend", behaviour("of-bob") + "  - {id: mend");
  const git::Oid ours = change(story, story.world, "  - {id: mend", behaviour("of-ada") + "  - {id: mend");
  const MergedDefinition merged = story.merge(theirs);
  REQUIRE(merged.outcome == Outcome::merged);
  CHECK(sentences(merged.changes) == std::vector<std::string>{"behaviour of-bob (Something) added"});
  CHECK(merged.signers == std::vector<Did>{story.other.did()});

  const git::Commit commit = story.world.repository.read_commit(story.head());
  CHECK(commit.parents == std::vector<git::Oid>{ours, theirs});
  CHECK(*commit_signer(commit) == story.did());
  CHECK(commit.message == "Merge bob/main\n\nbehaviour of-bob (Something) added\n");
  CHECK(git_in(story.world.folder(), {"verify-commit", "HEAD"}).status == 0);
  const Finished fsck = git_in(story.world.folder(), {"fsck", "--strict", "--no-progress"});
  CHECK(fsck.output + fsck.error_output == "");
  CHECK(story.is_clean());
  CHECK_FALSE(std::filesystem::exists(story.world.repository.git_folder() / "MERGE_HEAD"));
  const auto definition = work_tree_definition(story.world).definition;
  REQUIRE(definition);
  CHECK(definition->behaviours.find("of-ada"));
  CHECK(definition->behaviours.find("of-bob"));
  CHECK(story.merge(theirs).outcome == Outcome::already);
}

TEST_CASE("a merge takes other files along, new, changed and removed ones") {
  TwoBranches story;
  commit_file(story, story.world, "README.md", "one\ntwo\nthree\nfour\nfive\n");
  commit_file(story, story.world, "old.txt", "old\n");
  story.base = story.head();
  const git::Oid theirs = story.theirs([&] {
    commit_file(story.other, story.world, "README.md", "one\ntwo\nthree\nfour\nFIVE\n");
    commit_file(story.other, story.world, "docs/a b 急救.md", "new\n");
    commit_file(story.other, story.world, "old.txt", std::nullopt);
    change(story.other, story.world, "target: 3", "target: 4");
  });
  commit_file(story, story.world, "README.md", "ONE\ntwo\nthree\nfour\nfive\n");
  change(story, story.world, "title: Teach", "title: To teach");
  REQUIRE(story.merge(theirs).outcome == Outcome::merged);
  CHECK(story.work_file("README.md") == "ONE\ntwo\nthree\nfour\nFIVE\n");
  CHECK(story.work_file("docs/a b 急救.md") == "new\n");
  CHECK_FALSE(std::filesystem::exists(story.world.folder() / "old.txt"));
  CHECK(file_on_main(story.world).find("target: 4") != std::string::npos);
  CHECK(file_on_main(story.world).find("title: To teach") != std::string::npos);
  CHECK(story.is_clean());
}

TEST_CASE("comments and order of ours stay") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("target: 3", "target: 4");
  change(story, story.world, "  - {id: mend", "  # Why we mend.\n  - {id: mend");
  const std::string ours = file_on_main(story.world);
  REQUIRE(story.merge(theirs).outcome == Outcome::merged);
  CHECK(file_on_main(story.world) == with(ours, "target: 3", "target: 4"));
}

TEST_CASE("a real conflict names goal and field and is left to plain git") {
  TwoBranches story;
  const git::Oid theirs = story.theirs([&] {
    change(story.other, story.world, "target: 3", "target: 4");
    change(story.other, story.world, "  - {id: mend", behaviour("of-bob") + "  - {id: mend");
    commit_file(story.other, story.world, "notes.txt", "of Bob\n");
  });
  const git::Oid ours = change(story, story.world, "target: 3", "target: 5");
  const MergedDefinition merged = story.merge(theirs);
  REQUIRE(merged.outcome == Outcome::conflicts);
  REQUIRE(merged.conflicts.size() == 1);
  CHECK(merged.conflicts[0].sentence.find("goal coverage") != std::string::npos);
  CHECK(story.head() == ours);
  const auto folder = story.world.folder();
  const std::string text = story.work_file();
  CHECK(text.find("<<<<<<< main\n") != std::string::npos);
  CHECK(text.find(">>>>>>> bob/main\n") != std::string::npos);
  CHECK(text.find("of-bob") != std::string::npos);  // what can be decided is
  CHECK(git_says(folder, {"rev-parse", "MERGE_HEAD"}) == theirs.hex());
  CHECK(git_in(folder, {"status", "--porcelain"}).output == "UU betterworld.yaml\nA  notes.txt\n");

  SUBCASE("which a commit ends") {
    write_file(folder / "betterworld.yaml", with(with(file_on_main(story.world), "target: 5", "target: 6"),
                                                 "  - {id: mend", behaviour("of-bob") + "  - {id: mend"));
    git_says(folder, {"add", "betterworld.yaml"});
    git_says(folder, {"commit", "-q", "--no-edit"});
    CHECK(story.world.repository.read_commit(story.head()).parents == std::vector<git::Oid>{ours, theirs});
    CHECK(story.is_clean());
  }
  SUBCASE("which git merge --abort gives up") {
    git_in(folder, {"merge", "--abort"});
    CHECK(story.head() == ours);
    CHECK(story.is_clean());
    CHECK_FALSE(std::filesystem::exists(folder / "notes.txt"));
  }
  SUBCASE("and no second merge begins before that") {
    CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::refused);
  }
}

TEST_CASE("a conflict in another file is named too, and the definition is merged beside it") {
  TwoBranches story;
  const git::Oid theirs = story.theirs([&] {
    commit_file(story.other, story.world, "notes.txt", "of Bob\n");
    change(story.other, story.world, "target: 3", "target: 4");
  });
  commit_file(story, story.world, "notes.txt", "of Ada\n");
  change(story, story.world, "title: Teach", "title: To teach");
  const MergedDefinition merged = story.merge(theirs);
  REQUIRE(merged.outcome == Outcome::conflicts);
  REQUIRE(merged.conflicts.size() == 1);
  CHECK(merged.conflicts[0].path == "notes.txt");
  CHECK(git_in(story.world.folder(), {"status", "--porcelain"}).output ==
        "M  betterworld.yaml\nAA notes.txt\n");
}

TEST_CASE("removing on one side what the other changed is a conflict") {
  TwoBranches story;
  commit_file(story, story.world, "notes.txt", "first\n");
  story.base = story.head();
  const git::Oid theirs = story.their_file("notes.txt", std::nullopt);
  commit_file(story, story.world, "notes.txt", "second\n");
  const MergedDefinition merged = story.merge(theirs);
  REQUIRE(merged.conflicts.size() == 1);
  CHECK(merged.conflicts[0].sentence == "file notes.txt: changed here, removed there");
}

TEST_CASE("branches that were merged into each other both ways merge again") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("target: 3", "target: 4");
  const git::Oid ours = change(story, story.world, "title: Teach", "title: To teach");
  REQUIRE(story.merge(theirs).outcome == Outcome::merged);
  // Bob merged the same two commits on his side: two best common ancestors.
  const git::Commit mine = story.world.repository.read_commit(story.head());
  const git::Oid his = story.world.repository.commit({.tree = mine.tree,
                                                      .parents = {theirs, ours},
                                                      .author = appender(story.other.did()),
                                                      .time = story.other.environment.now(),
                                                      .message = "Merge\n"},
                                                     commit_signer_with(*story.other.signer));
  story.base = his;
  const git::Oid next = story.their_change("target: 4", "target: 8");
  change(story, story.world, "title: To teach", "title: Teaching");
  REQUIRE(story.merge(next).outcome == Outcome::merged);
  CHECK(file_on_main(story.world).find("target: 8") != std::string::npos);
  CHECK(file_on_main(story.world).find("title: Teaching") != std::string::npos);
}

TEST_CASE("unsigned commits are not merged") {
  TwoBranches story;
  const git::Oid theirs = story.theirs([&] {
    commit_file(story.other, story.world, "notes.txt", "unsigned\n", Signed::no);
    change(story.other, story.world, "target: 3", "target: 4");
  });
  for (const bool diverged : {false, true}) {
    CAPTURE(diverged);
    if (diverged) change(story, story.world, "title: Teach", "title: To teach");
    const git::Oid before = story.head();
    CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::invalid);
    CHECK(story.head() == before);
    CHECK(story.is_clean());
  }
}

TEST_CASE("a merge whose result would not be valid changes nothing and says why") {
  TwoBranches story;
  const git::Oid theirs =
      story.their_change("contributes: [{indicator: aeds}]", "contributes: [{indicator: gone}]");
  const git::Oid before = story.head();
  Failure failure = failure_of([&] { story.merge(theirs); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(failure.what.find("betterworld.yaml:") != std::string::npos);
  CHECK(story.head() == before);
  CHECK(story.is_clean());

  const git::Oid ours = change(story, story.world, "title: Teach", "title: To teach");
  failure = failure_of([&] { story.merge(theirs); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(story.head() == ours);
  CHECK(story.is_clean());
  CHECK_FALSE(std::filesystem::exists(story.world.repository.git_folder() / "MERGE_HEAD"));
}

TEST_CASE("each side is fine alone and together they are not") {
  TwoBranches story;
  const git::Oid theirs =
      story.their_change("  - {id: mend", "  - {id: of-bob, title: B, unit: device}\n  - {id: mend");
  // Ada gives up the unit that Bob's behaviour counts in.
  const std::string text = file_on_main(story.world);
  std::string without = with(text, "  - {id: device, title: Device, precision: 0}\n", "");
  for (std::size_t at; (at = without.find("unit: device")) != std::string::npos;)
    without.replace(at, 12, "unit: hour");
  commit_file(story, story.world, "betterworld.yaml", without);
  const Failure failure = failure_of([&] { story.merge(theirs); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(story.is_clean());
}

TEST_CASE("uncommitted changes stop a merge before it begins") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("target: 3", "target: 4");
  change(story, story.world, "title: Teach", "title: To teach");
  const std::string draft = file_on_main(story.world) + "# a thought\n";
  write_file(story.world.folder() / "betterworld.yaml", draft);
  CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::refused);
  CHECK(story.work_file() == draft);
}

TEST_CASE("a file that git does not know is not overwritten") {
  TwoBranches story;
  const git::Oid theirs = story.their_file("notes.txt", "of Bob\n");
  write_file(story.world.folder() / "notes.txt", "my own");
  const git::Oid before = story.head();
  CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::refused);
  CHECK(story.head() == before);

  const git::Oid ours = change(story, story.world, "title: Teach", "title: To teach");
  CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::refused);
  CHECK(story.head() == ours);
  CHECK(story.work_file("notes.txt") == "my own");
}

TEST_CASE("a merge needs main checked out, and a common history") {
  TwoBranches story;
  const git::Oid theirs = story.their_change("target: 3", "target: 4");
  git_says(story.world.folder(), {"switch", "-q", "-c", "draft"});
  CHECK(failure_of([&] { story.merge(theirs); }).code == ErrorCode::refused);
  git_says(story.world.folder(), {"switch", "-q", "main"});
  TestWorld stranger("Zoe");
  git_says(story.world.folder(), {"fetch", "-q", stranger.world.folder().string(), "main"});
  const git::Oid foreign = *stranger.world.repository.ref(main_ref);
  CHECK(failure_of([&] { story.merge(foreign); }).code == ErrorCode::invalid);
}

TEST_CASE("the settings and hooks of a user do not change how definitions are merged") {
  TwoBranches story;
  const auto folder = story.world.folder();
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"merge.ff", "only"},
                                                        {"merge.verifySignatures", "true"},
                                                        {"rerere.enabled", "true"},
                                                        {"merge.autoStash", "true"},
                                                        {"commit.gpgSign", "true"}}) {
    git_says(folder, {"config", key, value});
  }
  for (const char* hook : {"pre-merge-commit", "post-merge", "commit-msg"}) {
    write_file(story.world.repository.git_folder() / "hooks" / hook, "#!/bin/sh\nexit 1\n", 0755);
  }
  const git::Oid theirs = story.their_change("target: 3", "target: 4");
  change(story, story.world, "title: Teach", "title: To teach");
  CHECK(story.merge(theirs).outcome == Outcome::merged);
}

TEST_CASE("the merge driver merges into the file of ours and says whether it could") {
  const TemporaryFolder folder;
  const auto base = folder.path() / "b a s e";
  const auto ours = folder.path() / "ours";
  const auto theirs = folder.path() / "theirs";
  const std::string text(test_definition);
  write_file(base, text);
  write_file(ours, with(text, "  - {id: mend", behaviour("of-ada") + "  - {id: mend"));
  write_file(theirs, with(text, "  - {id: mend", behaviour("of-bob") + "  - {id: mend"));
  CHECK(run_merge_driver(base, ours, theirs).conflicts.empty());
  CHECK(load_definition(memory_source({{"betterworld.yaml", read_file(ours, 1u << 20)}}))
            .definition->behaviours.size() == 7);

  write_file(ours, with(text, "target: 3", "target: 4"));
  write_file(theirs, with(text, "target: 3", "target: 5"));
  CHECK_FALSE(run_merge_driver(base, ours, theirs).conflicts.empty());
  CHECK(read_file(ours, 1u << 20).find("=======\n") != std::string::npos);

  write_file(theirs, "\t: not YAML\n");
  CHECK_FALSE(run_merge_driver(base, ours, theirs).conflicts.empty());
}
