#include "world/journal_proofs.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/test_errors.h"
#include "stream/line_file.h"
#include "tlog/test_log.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::error_from;
using testing::TestWorld;

struct Diarist : TestWorld {
  using TestWorld::TestWorld;
  Event deed() const { return record(environment, world, *signer, testing::deed("map-aed")).event; }
  Journal journal() const { return open_journal(environment, world.id()); }
  TlogProof prove(const EventId& event) const { return prove_in_journal(environment, world.id(), event); }
  std::string answer(const NoteSigner& witness) const {
    Note note = ask_witness(environment, world.id(), std::nullopt, std::nullopt).checkpoint;
    const std::size_t before = note.bytes().size();
    cosign(note, witness, environment.now());
    return note.bytes().substr(before);
  }
};

ProofPolicy trusting(const JournalNote& note, WitnessRule witnesses = {}) {
  return {note.checkpoint.origin, {note.key}, std::move(witnesses)};
}

}  // namespace

TEST_CASE("every event of a journal is proved, whether the world took it or not") {
  const Diarist ada;
  for (int i = 0; i < 6; ++i) ada.deed();
  undo(ada.environment, ada.world, std::nullopt);
  const JournalNote note = checkpoint_journal(ada.environment, ada.world.id());
  const auto entries = ada.journal().read();
  CHECK(note.checkpoint.size == entries.size());
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const auto proof = TlogProof::parse(ada.prove(entries[index].event.id).text());
    REQUIRE(proof);
    CHECK(is_journal_proof(*proof));
    const auto checked = check_journal_proof(*proof, trusting(note));
    REQUIRE_MESSAGE(checked, checked.reason());
    CHECK(checked->index == index);
    CHECK(checked->event.id == entries[index].event.id);
    // My own journal is trusted where nobody names a key.
    CHECK(check_journal_proof(*proof, journal_policy(ada.environment, *proof, {}, std::nullopt)));
  }
}

TEST_CASE("a proof of a journal with any byte changed proves nothing else") {
  const Diarist ada;
  const Event event = ada.deed();
  ada.deed();
  const JournalNote note = checkpoint_journal(ada.environment, ada.world.id());
  const std::string good = ada.prove(event.id).text();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto proof = TlogProof::parse(bad);
    if (!proof) continue;
    const auto checked = check_journal_proof(*proof, trusting(note));
    if (checked) CHECK(checked->event.line == event.line);
  }
}

TEST_CASE("a proof of one journal is none by another's key, and none of a world's log") {
  const Diarist ada("Ada"), ben("Ben");
  const Event event = ada.deed();
  ben.deed();
  const TlogProof proof = ada.prove(event.id);
  const JournalNote bens = checkpoint_journal(ben.environment, ben.world.id());
  CHECK_FALSE(check_journal_proof(proof, trusting(bens)));
  CHECK(error_from([&] { journal_policy(ada.environment, proof, {bens.key.vkey()}, std::nullopt); }).code() ==
        ErrorCode::usage);
  // A stranger's machine knows no key of it.
  CHECK(error_from([&] { journal_policy(ben.environment, proof, {}, std::nullopt); }).code() ==
        ErrorCode::usage);
  CHECK(error_from([&] { ada.prove(EventId{sha256("no")}); }).code() == ErrorCode::invalid);
}

TEST_CASE("a journal is signed once for each state, and grows by what continues it") {
  const Diarist ada;
  ada.deed();
  const JournalNote first = checkpoint_journal(ada.environment, ada.world.id());
  CHECK(checkpoint_journal(ada.environment, ada.world.id()).note.bytes() == first.note.bytes());
  CHECK(complete_lines(journal_notes_path(ada.journal())).size() == 1);
  ada.deed();
  const JournalNote second = checkpoint_journal(ada.environment, ada.world.id());
  CHECK(second.key == first.key);
  CHECK(second.checkpoint.size == first.checkpoint.size + 1);
  CHECK(check_my_journal(ada.environment, ada.world.id()).problems.empty());
}

TEST_CASE("a journal that lost what was signed of it is not signed again under the same name") {
  const Diarist ada;
  ada.deed();
  const std::string before = read_file(ada.journal().file(), 1u << 20);
  ada.deed();
  const JournalNote lost = checkpoint_journal(ada.environment, ada.world.id());
  write_file(ada.journal().file(), before);
  ada.deed();
  const Error error = error_from([&] { checkpoint_journal(ada.environment, ada.world.id()); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(contains(error.what(), "does not continue what this machine signed"));
  CHECK(check_my_journal(ada.environment, ada.world.id()).problems.size() == 2);

  begin_new_journal_log(ada.environment, ada.world.id());
  const JournalNote fresh = checkpoint_journal(ada.environment, ada.world.id());
  CHECK(fresh.checkpoint.origin != lost.checkpoint.origin);
  CHECK(fresh.checkpoint.size == lost.checkpoint.size);
}

TEST_CASE("a witness is asked for what continues her last cosignature, and her answer is kept") {
  const Diarist ada;
  const Event event = ada.deed();
  const NoteSigner witness = fixed_witness("witness.example/w1", 'w');
  const WorldId world = ada.world.id();
  CHECK(ask_witness(ada.environment, world, witness.verifier(), std::nullopt).old_size == 0);
  const std::string answer = ada.answer(witness);
  ada.deed();  // the answer comes back when the journal has grown already
  const JournalNote kept = keep_cosignatures(ada.environment, world, answer, {witness.verifier()});
  CHECK(cosigned_at(kept.note, witness.verifier()));

  const WitnessRequest next = ask_witness(ada.environment, world, witness.verifier(), std::nullopt);
  CHECK(next.old_size == kept.checkpoint.size);
  const auto head = Checkpoint::parse(next.checkpoint.text);
  REQUIRE(head);
  CHECK(head->size == kept.checkpoint.size + 1);
  CHECK(extends(kept.checkpoint.size, kept.checkpoint.root, head->size, head->root, next.proof));

  // The proof carries the witness, although a later checkpoint without one covers the event as well.
  const auto checked = check_journal_proof(ada.prove(event.id),
                                           trusting(kept, WitnessRule::at_least(1, {witness.verifier()})));
  REQUIRE_MESSAGE(checked, checked.reason());
  CHECK(checked->checkpoint == kept.checkpoint);
}

TEST_CASE("what is no cosignature by a named witness is not kept") {
  const Diarist ada("Ada"), ben("Ben");
  ada.deed();
  ben.deed();
  const NoteSigner witness = fixed_witness("witness.example/w1", 'w');
  const auto keep = [&](const std::string& answer, const std::vector<NoteVerifier>& witnesses) {
    return error_from([&] { keep_cosignatures(ada.environment, ada.world.id(), answer, witnesses); });
  };
  const std::string answer = ada.answer(witness);
  CHECK(contains(keep(answer, {}).what(), "none of it is a cosignature"));
  CHECK(contains(keep(ben.answer(witness), {witness.verifier()}).what(), "does not verify"));
  CHECK(contains(keep("words", {witness.verifier()}).what(), "no answer of a witness"));
  CHECK(keep_cosignatures(ada.environment, ada.world.id(), answer, {witness.verifier()})
            .note.signatures.size() == 2);
  CHECK(error_from([&] { ask_witness(ada.environment, ada.world.id(), std::nullopt, 100); }).code() ==
        ErrorCode::usage);
}

}  // namespace bw
