#include <doctest/doctest.h>

#include "git/git_test.h"
#include "stream/test_full_world.h"
#include "stream/verification.h"

using namespace bw;
using namespace bw::stream_test;

TEST_CASE("any change that somebody else commits is named") {
  FullWorld world;
  const std::string& log = world.log();
  const std::string table = table_path(world.table.root);
  const std::vector<std::string> paths = {"log/000.jsonl", table, world.definition_file(), "checkpoint"};
  for (const std::string& path : paths) {
    const std::string content = world.file(path);
    for (std::size_t at = 0; at < content.size(); at += content.size() / 9 + 1) {
      const std::string problems =
          world.problems(world.commit({world.put(path, flipped(content, at))}, mallory));
      CAPTURE(path);
      CHECK(contains(problems, mallory.did().text() + " signed it, who is no steward"));
      CHECK(contains(problems, path));
    }
  }
  // Also where the change itself would be in order.
  const std::string honest = world.problems(
      world.commit({world.put("log/000.jsonl", log + world.line(world.logged(mallory)))}, mallory));
  CHECK(contains(honest, "who is no steward"));
  CHECK(contains(world.problems(world.commit({}, mallory)), "who is no steward"));
}

TEST_CASE("a commit in which any bit is another is refused, although its name fits") {
  FullWorld world;
  const std::string text =
      git::git_in(world.repository.git_folder(), {"cat-file", "commit", world.state.head->hex()}).output;
  REQUIRE(git::write_raw(world.repository, "commit", text) == *world.state.head);
  for (std::size_t at = 0; at < text.size(); at += 3) {
    CAPTURE(at);
    CHECK_FALSE(world.problems(git::write_raw(world.repository, "commit", flipped(text, at))).empty());
  }
}

TEST_CASE("a commit is signed by its author, who is its committer") {
  FullWorld world;
  const auto edits = world.appended(world.line(world.logged(ben)));
  const auto problems = [&](const StreamWorld::Commit& form) {
    return world.problems(world.commit(edits, world.creator, form));
  };
  CHECK(problems({{}, {}, true}).empty());
  CHECK(contains(problems({{}, {}, false}), "it is not signed"));
  CHECK(contains(problems({{}, appender(ben.did()), true}), "not the actor that signed it"));
  CHECK(
      contains(problems({{}, git::Person{"Ada", "ada@example.org"}, true}), "not the actor that signed it"));
  // The signature of another commit.
  git::CommitDraft draft{.tree = world.repository.edit_tree(world.tree(), edits),
                         .parents = {*world.state.head},
                         .author = appender(world.creator.did()),
                         .time = world.now,
                         .message = "Change\n"};
  const git::Oid borrowed = world.repository.commit(
      draft, [&](std::string_view) { return world.repository.read_commit(*world.state.head).signature; });
  CHECK(contains(world.problems(borrowed), "does not verify"));
  // The right key in another namespace.
  const git::Oid misused = world.repository.commit(draft, [&](std::string_view bytes) {
    const Signature signature = world.creator.signer->sign(sshsig::event_namespace, bytes);
    return sshsig::armor(world.creator.did(), sshsig::event_namespace, signature);
  });
  CHECK(contains(world.problems(misused), "does not verify"));
  const git::Oid mislabelled = world.repository.commit(draft, [&](std::string_view bytes) {
    const Signature signature = world.creator.signer->sign(sshsig::event_namespace, bytes);
    return sshsig::armor(world.creator.did(), sshsig::git_namespace, signature);
  });
  CHECK(contains(world.problems(mislabelled), "does not verify"));
}

TEST_CASE("a commit with two parents or another parent is named") {
  FullWorld world;
  const auto commits = world.repository.first_parent_history(*world.state.head, std::nullopt);
  const auto edits = world.appended(world.line(world.logged(ben)));
  CHECK(contains(world.problems(world.commit(edits, world.creator, {{commits[3], commits[1]}, {}, true})),
                 "parents"));
}

TEST_CASE("a checkpoint says what the log says, and is signed by a live key of who may append") {
  FullWorld world;
  const auto problems = [&](const Note& note) {
    return world.problems(world.commit({world.put("checkpoint", note.bytes())}));
  };
  const Digest root = world.state.tree.root();
  REQUIRE(problems(world.note(7, root, world.log_key)).empty());
  CHECK(contains(problems(world.note(7, sha256("x"), world.log_key)), "its root"));
  CHECK(contains(problems(world.note(6, root, world.log_key)), "no commit before it ended at 6"));
  CHECK(contains(problems(world.note(8, root, world.log_key)), "no commit before it ended at 8"));
  CHECK(contains(problems(world.note(0, sha256(""), world.log_key)), "covers less"));
  CHECK(contains(problems(world.note(2, root, world.log_key)), "covers less"));
  CHECK(contains(world.problems(world.commit({world.put("checkpoint", "nonsense")})), "checkpoint"));
  CHECK(contains(world.problems(world.commit({world.put("checkpoint", "")})), "checkpoint"));

  const NoteSigner unknown = NoteSigner::generate(log_origin(world.world()), counting_random(5));
  CHECK(contains(problems(world.note(7, root, unknown)), "no live log key"));
  Note foreign{Checkpoint{log_origin(WorldId{sha256("x")}), 7, root}.text(), {}};
  foreign.sign(world.log_key);
  CHECK(contains(problems(foreign), "another log"));
  // A second signature by somebody harms nothing.
  Note cosigned = world.note(7, root, world.log_key);
  cosigned.sign(NoteSigner::generate("witness.example", counting_random(6)));
  CHECK(problems(cosigned).empty());
  // Cut off from its text.
  Note moved = world.note(7, root, world.log_key);
  moved.text = Checkpoint{log_origin(world.world()), 7, sha256("x")}.text();
  CHECK(contains(problems(moved), "no live log key"));
  // A checkpoint that is refused does not count as the last one.
  const auto verification = world.verify_all(
      world.commit({world.put("checkpoint", world.note(1u << 30, root, world.log_key).bytes())}));
  CHECK(verification.state.covered() == 5);
}

TEST_CASE("a checkpoint covers entries of earlier commits only") {
  FullWorld world;
  const Event event = world.logged(ben);
  MerkleTree tree = world.state.tree;
  const std::string line = world.line(event);
  tree.append(leaf_hash(std::string_view(line).substr(0, line.size() - 1)));
  auto edits = world.appended(line);
  edits.push_back(world.put("checkpoint", world.note(8, tree.root(), world.log_key).bytes()));
  CHECK(contains(world.problems(world.commit(edits)), "no commit before it ended at 8"));
  edits.back() = world.put("checkpoint", world.note(7, world.state.tree.root(), world.log_key).bytes());
  CHECK(world.problems(world.commit(edits)).empty());
}

TEST_CASE("a log key that was retired, or whose owner lost his office, signs no more") {
  FullWorld world;
  const NoteSigner bens_key = NoteSigner::generate(log_origin(world.world()), counting_random(8));
  world.append({world.event(ben, "identity.announced", announced_log_key(bens_key, ben, world.world()))});
  const auto signed_by = [&](const NoteSigner& key) {
    const Note note = world.note(world.state.size(), world.state.tree.root(), key);
    return world.problems(world.commit({world.put("checkpoint", note.bytes())}));
  };
  CHECK(contains(signed_by(bens_key), "no live log key"));  // a member's
  world.append({world.proposed(world.creator, change_of(StewardChange::Act::add_steward, ben))});
  CHECK(signed_by(bens_key).empty());
  world.append({world.proposed(world.creator, change_of(StewardChange::Act::remove_steward, ben))});
  CHECK(contains(signed_by(bens_key), "no live log key"));
  CHECK(signed_by(world.log_key).empty());
  world.append(
      {world.event(world.creator, "identity.retired", {{"keys", {world.log_key.verifier().vkey()}}})});
  CHECK(contains(signed_by(world.log_key), "no live log key"));
}

TEST_CASE("an event without authority stays in the log and is reported") {
  FullWorld world;
  world.append({world.proposed(ben, change_of(StewardChange::Act::add_steward, ben)), world.logged(ben)});
  const auto verification = world.verify_all(*world.state.head);
  CHECK(verification.ok());
  REQUIRE(verification.ineffective.size() == 1);
  CHECK(verification.ineffective[0].index == 7);
  CHECK_FALSE(verification.state.authority.is_steward(ben.did()));
}

TEST_CASE("who may append is decided by the entries before the commit") {
  FullWorld world;
  const std::string line = world.line(world.logged(ben));
  CHECK(contains(world.problems(world.commit(world.appended(line), ben)), "no steward or sequencer"));
  // Naming oneself in the same commit does not help.
  const std::string naming =
      world.line(world.proposed(world.creator, change_of(StewardChange::Act::add_sequencer, ben)));
  CHECK(contains(world.problems(world.commit(world.appended(naming), ben)), "no steward or sequencer"));
  world.append({world.proposed(world.creator, change_of(StewardChange::Act::add_sequencer, ben))});
  world.append({{world.logged(ben, "8")}, {}, {}}, ben);
  world.append({{world.logged(mallory, "8")}, {}, {}}, ben);

  world.append({world.proposed(world.creator, change_of(StewardChange::Act::remove_sequencer, ben))});
  const auto late = world.commit(world.appended(world.line(world.logged(ben, "9"))), ben);
  CHECK(contains(world.problems(late), "no steward or sequencer"));
  // A steward may remove himself in a commit of his own.
  world.append({world.proposed(world.creator, change_of(StewardChange::Act::add_steward, ben))});
  world.append({{world.proposed(ben, change_of(StewardChange::Act::remove_steward, ben))}, {}, {}}, ben);
  CHECK(contains(world.problems(world.commit(world.appended(line), ben)), "no steward or sequencer"));
}

TEST_CASE("a stream begins with the genesis in a commit by its creator") {
  StreamWorld world;
  const auto problems = [&](const std::vector<git::TreeEdit>& edits, const Actor& by) {
    const git::Oid head = world.repository.commit({.tree = world.repository.edit_tree(std::nullopt, edits),
                                                   .parents = {},
                                                   .author = appender(by.did()),
                                                   .time = world.now,
                                                   .message = "Begin\n"},
                                                  commit_signer_with(*by.signer));
    return world.problems(head);
  };
  const std::string genesis = world.line(world.genesis);
  CHECK(problems({world.put("log/000.jsonl", genesis)}, world.creator).empty());
  CHECK(contains(problems({world.put("log/000.jsonl", genesis)}, mallory), "not the creator"));
  // Not even who is named in the same commit.
  const std::string naming =
      world.line(world.proposed(world.creator, change_of(StewardChange::Act::add_steward, mallory)));
  CHECK(contains(problems({world.put("log/000.jsonl", genesis + naming)}, mallory), "not the creator"));
  CHECK(contains(problems({world.put("log/000.jsonl", naming + genesis)}, world.creator), "line 1"));
  CHECK(contains(problems({world.put("log/000.jsonl", world.line(world.logged(ben)))}, world.creator),
                 "line 1"));
  CHECK_FALSE(problems({}, world.creator).empty());
  CHECK_FALSE(problems({world.put("README", "x")}, world.creator).empty());
  CHECK_FALSE(problems({world.put("checkpoint", "x")}, world.creator).empty());
  Json body = genesis_body(world.creator);
  body["k"] = 2;
  const Event bad = make_event(world.creator, std::nullopt, "world.created", body);
  CHECK(contains(problems({world.put("log/000.jsonl", world.line(bad))}, world.creator),
                 "line 1 (entry 0): \"k\""));
}
