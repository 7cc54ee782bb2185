// What may stand in the stream's file `cosigned`. (`checkpoint`: verification_commits_test.cpp.)

#include "stream/checkpoint_rules.h"

#include <doctest/doctest.h>

#include "stream/test_full_world.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

using Act = StewardChange::Act;

NoteSigner witness_named(const std::string& name, std::uint64_t seed) {
  return NoteSigner::generate(name, counting_random(seed), NoteKeyType::cosignature);
}

// A world that asks for two of three witnesses.
struct WitnessedWorld : FullWorld {
  std::vector<NoteSigner> witnesses = {witness_named("witness.example/w1", 31),
                                       witness_named("witness.example/w2", 32),
                                       witness_named("witness.example/w3", 33)};
  WitnessedWorld() {
    for (const NoteSigner& witness : witnesses) name(witness);
    set_quorum(2);
    checkpoint();
  }
  void name(const NoteSigner& witness, Act act = Act::add_witness) {
    append({proposed(
        creator, {.act = act, .did = {}, .witness = witness.verifier().vkey(), .number = 0, .home = {}})});
  }
  void set_quorum(std::uint32_t number) {
    append({proposed(
        creator, {.act = Act::set_witness_quorum, .did = {}, .witness = {}, .number = number, .home = {}})});
  }

  Note cosigned_by(Note note, const std::vector<NoteSigner>& by) const {
    for (const NoteSigner& witness : by) cosign(note, witness, now);
    return note;
  }
  Note head() const { return note(state.covered(), state.checkpoint->root, log_key); }
  std::string problems_of(const Note& note) { return problems(commit({put("cosigned", note.bytes())})); }
  void cosigned_head() {
    follow(append_cosigned(repository, state, cosigned_by(head(), {witnesses[0], witnesses[1]}), now,
                           *creator.signer));
  }
  void grow() {
    append({logged(ben)});
    checkpoint();
  }
};

}  // namespace

TEST_CASE("a checkpoint behind which enough of the world's witnesses stand is its cosigned one") {
  WitnessedWorld world;
  world.cosigned_head();
  CHECK(world.state.cosigned == world.state.checkpoint);
  CHECK(world.file("cosigned") ==
        world.cosigned_by(world.head(), {world.witnesses[0], world.witnesses[1]}).bytes());
  // From nothing as well, and through the saved state.
  const auto verification = world.verify_all(*world.state.head);
  CHECK(verification.ok());
  CHECK(verification.state.cosigned == world.state.cosigned);
  CHECK(StreamState::from_bytes(world.state.bytes()).cosigned == world.state.cosigned);
  CHECK(StreamState::from_bytes(world.state.bytes()).recent == world.state.recent);
  world.grow();
  world.cosigned_head();
  CHECK(world.state.cosigned == world.state.checkpoint);
}

TEST_CASE("too few witnesses, strangers, or one twice are not enough") {
  WitnessedWorld world;
  const auto& [first, second, third] = std::tie(world.witnesses[0], world.witnesses[1], world.witnesses[2]);
  REQUIRE(world.problems_of(world.cosigned_by(world.head(), {first, third})).empty());
  CHECK(contains(world.problems_of(world.head()),
                 "0 of the world's witnesses stand behind it, and it asks for 2"));
  CHECK(contains(world.problems_of(world.cosigned_by(world.head(), {first})), "1 of the world's witnesses"));
  const NoteSigner stranger = witness_named("stranger.example", 40);
  CHECK(contains(world.problems_of(world.cosigned_by(world.head(), {first, stranger})), "1 of the world's"));
  // A stranger who takes a witness's name is a stranger.
  const NoteSigner namesake = witness_named("witness.example/w2", 41);
  CHECK(contains(world.problems_of(world.cosigned_by(world.head(), {first, namesake})), "1 of the world's"));
  // The same cosignature on two lines.
  Note twice = world.cosigned_by(world.head(), {first});
  twice.signatures.push_back(twice.signatures.back());
  CHECK(contains(world.problems_of(twice), "1 of the world's"));
  // A witness's signature over something else.
  world.grow();
  Note moved = world.cosigned_by(world.head(), {first});
  Note older = world.cosigned_by(
      world.note(5, world.verify_all(*world.state.head).state.tree.root(), world.log_key), {second});
  moved.add(older.signatures.back());
  CHECK(contains(world.problems_of(moved), "1 of the world's"));
  // One more is no harm.
  CHECK(world.problems_of(world.cosigned_by(world.head(), {first, second, third, stranger})).empty());
}

TEST_CASE("the cosigned checkpoint is one that this stream had, signed by its log") {
  WitnessedWorld world;
  const std::vector<NoteSigner> enough = {world.witnesses[0], world.witnesses[1]};
  const TreeSize size = world.state.covered();
  const Digest root = world.state.checkpoint->root;
  CHECK(contains(world.problems_of(world.cosigned_by(world.note(size, sha256("x"), world.log_key), enough)),
                 "none of the last 256 checkpoints"));
  CHECK(contains(world.problems_of(world.cosigned_by(world.note(size - 1, root, world.log_key), enough)),
                 "none of the last 256 checkpoints"));
  CHECK(contains(world.problems_of(world.cosigned_by(world.note(size + 9, root, world.log_key), enough)),
                 "none of the last 256 checkpoints"));
  Note unsigned_note{world.head().text, {}};
  CHECK(contains(world.problems_of(world.cosigned_by(unsigned_note, enough)), "no live log key"));
  Note foreign{Checkpoint{"example.com/log", size, root}.text(), {}};
  foreign.sign(world.log_key);
  CHECK(contains(world.problems_of(world.cosigned_by(foreign, enough)), "another log"));
  CHECK(contains(world.problems(world.commit({world.put("cosigned", "nonsense")})), "cosigned"));
  CHECK(contains(world.problems(world.commit({world.put("cosigned", "")})), "cosigned"));
  CHECK(contains(world.problems(world.commit({world.put(
                     "cosigned", world.cosigned_by(world.head(), enough).bytes(), git::Mode::link)})),
                 "no regular file"));
  // Not even with a checkpoint of the same commit that is none.
  world.append({world.logged(ben)});
  const Note next = world.note(world.state.size(), world.state.tree.root(), world.log_key);
  const std::string both =
      world.problems(world.commit({world.put("checkpoint", next.bytes()),
                                   world.put("cosigned", world.cosigned_by(next, enough).bytes())}));
  CHECK(both.empty());
  CHECK(contains(world.problems_of(world.cosigned_by(next, enough)), "none of the last 256 checkpoints"));
}

TEST_CASE("an older checkpoint is cosigned late, and what is cosigned never falls") {
  WitnessedWorld world;
  const std::vector<NoteSigner> enough = {world.witnesses[0], world.witnesses[1]};
  const Note first = world.cosigned_by(world.head(), enough);
  world.grow();
  const Note second = world.cosigned_by(world.head(), enough);
  world.grow();
  CHECK(world.problems_of(first).empty());
  world.follow(append_cosigned(world.repository, world.state, second, world.now, *world.creator.signer));
  CHECK(world.state.cosigned->size == world.state.covered() - 1);
  CHECK(contains(world.problems_of(first), "it covers less than the one before"));
  // The same entries again, with newer times.
  world.now.seconds += 1000;
  Note again = second;
  for (const NoteSigner& witness : enough) cosign(again, witness, world.now);
  CHECK(world.problems_of(again).empty());
  // Gone it must not be, and its commit is an appender's.
  CHECK(contains(world.problems(world.commit({{"cosigned", std::nullopt, git::Mode::file}})),
                 "it was removed"));
  CHECK(contains(world.problems(world.commit({world.put("cosigned", again.bytes())}, ben)),
                 "no steward or sequencer"));
}

TEST_CASE("witnesses are those of before the commit, and a world that asks for none has none") {
  WitnessedWorld world;
  const auto& [first, second, third] = std::tie(world.witnesses[0], world.witnesses[1], world.witnesses[2]);
  world.name(third, Act::remove_witness);
  CHECK(contains(world.problems_of(world.cosigned_by(world.head(), {first, third})), "1 of the world's"));
  CHECK(world.problems_of(world.cosigned_by(world.head(), {first, second})).empty());
  // Asking for fewer in the same commit does not help.
  auto edits = world.appended(world.line(world.proposed(
      world.creator, {.act = Act::set_witness_quorum, .did = {}, .witness = {}, .number = 1, .home = {}})));
  edits.push_back(world.put("cosigned", world.cosigned_by(world.head(), {first}).bytes()));
  CHECK(contains(world.problems(world.commit(edits)),
                 "1 of the world's witnesses stand behind it, and it asks for 2"));
  world.set_quorum(1);
  CHECK(world.problems_of(world.cosigned_by(world.head(), {first})).empty());
  world.set_quorum(0);
  CHECK(
      contains(world.problems_of(world.cosigned_by(world.head(), {first, second})), "asks for no witnesses"));
}

TEST_CASE("the log key of the cosigned checkpoint is live, as that of any checkpoint") {
  WitnessedWorld world;
  const Note note = world.cosigned_by(world.head(), {world.witnesses[0], world.witnesses[1]});
  world.append(
      {world.event(world.creator, "identity.retired", {{"keys", {world.log_key.verifier().vkey()}}})});
  CHECK(contains(world.problems_of(note), "no live log key"));
}

TEST_CASE("of the checkpoints before, the last 256 are remembered") {
  WitnessedWorld world;
  const std::vector<NoteSigner> enough = {world.witnesses[0], world.witnesses[1]};
  const Note first = world.cosigned_by(world.head(), enough);
  for (int i = 0; i < 255; ++i) world.grow();
  CHECK(world.state.recent.size() == StreamState::max_recent);
  const git::Oid in_time = world.commit({world.put("cosigned", first.bytes())});
  CHECK(verify_stream(world.repository, in_time, world.state, {.now = world.now}).ok());
  world.grow();
  const git::Oid late = world.commit({world.put("cosigned", first.bytes())});
  const auto verification = verify_stream(world.repository, late, world.state, {.now = world.now});
  REQUIRE_FALSE(verification.ok());
  CHECK(contains(verification.problems.front().what, "none of the last 256 checkpoints"));
}
