#include "world/proof.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "base/text.h"
#include "world/batch.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::TestWorld;

struct Prover : TestWorld {
  using TestWorld::TestWorld;
  Event deed(const std::string& behaviour) const {
    return record(environment, world, *signer, testing::deed(behaviour)).event;
  }
  Event table(const std::string& behaviour, int rows, bool salted) {
    std::string content = "at,behaviour,quantity\n";
    for (int i = 0; i < rows; ++i) content += "2026-02-01T10:00:00Z," + behaviour + ",1\n";
    write_file(folder.path() / "in.csv", content);
    BatchOptions options{.file = folder.path() / "in.csv"};
    options.salted = salted;
    return record_batch(environment, world, *signer, options).events.front();
  }
  void submit_all() { submit(environment, world, *signer, {}); }
  std::string proof(const EventId& event, std::optional<std::uint64_t> row = {}) const {
    return prove(environment, world, {event, row}).text();
  }
};

}  // namespace

TEST_CASE("every entry of a world is proved, and the proof is a C2SP proof whose leaf is its extra data") {
  Prover ada;
  for (int i = 0; i < 5; ++i) ada.deed("map-aed");
  ada.submit_all();
  REQUIRE(ada.world.stream.covered() > 6);
  for (std::uint64_t index = 0; index < ada.world.stream.covered(); ++index) {
    const std::string bytes = ada.proof(ada.world.stream.ids[index]);
    const auto checked = check_entry_proof(bytes, proof_policy(ada.world));
    REQUIRE_MESSAGE(checked, checked.reason());
    CHECK(checked->index == index);
    CHECK(checked->entry.event.id == ada.world.stream.ids[index]);
    CHECK(checked->checkpoint == *ada.world.stream.checkpoint);
    // Without any code of worlds: the generic proof, over the line that it carries.
    const auto generic = TlogProof::parse(bytes);
    REQUIRE(generic);
    CHECK(check_proof(*generic, leaf_hash(generic->extra.substr(0, generic->extra.size() - 1)),
                      proof_policy(ada.world)));
  }
}

TEST_CASE("a reader needs only the world's id and a log key") {
  Prover ada;
  const Event event = ada.deed("map-aed");
  ada.submit_all();
  const std::string key = ada.world.stream.authority.log_keys().front().verifier.vkey();
  const std::string bytes = ada.proof(event.id);
  CHECK(check_entry_proof(bytes, proof_policy(ada.world.id(), {key}, std::nullopt)));
  CHECK(check_entry_proof(bytes, proof_policy(ada.world.id(), {}, "log " + key + "\nquorum none\n")));
  CHECK_THROWS_AS(proof_policy(ada.world.id(), {}, std::nullopt), Error);
  CHECK_THROWS_AS(proof_policy(WorldId{}, {key}, std::nullopt), Error);
  CHECK_THROWS_AS(proof_policy(ada.world.id(), {"nonsense"}, std::nullopt), Error);
  const Prover bob("Bob");  // another world does not vouch
  CHECK_FALSE(check_entry_proof(bytes, proof_policy(bob.world)));
}

TEST_CASE("one row of a table is proved without its neighbours, also of a private one by whoever has it") {
  Prover ada;
  for (const bool salted : {false, true}) {
    const Event event = ada.table("map-aed", 7, salted);
    ada.submit_all();
    for (std::uint64_t row = 1; row <= 7; ++row) {
      const auto checked = check_entry_proof(ada.proof(event.id, row), proof_policy(ada.world));
      REQUIRE_MESSAGE(checked, checked.reason());
      REQUIRE(checked->row);
      CHECK(checked->row->number == row);
      CHECK(checked->row->count == 7);
      CHECK(checked->row->line.find("map-aed") != std::string::npos);
    }
    CHECK_THROWS_AS(ada.proof(event.id, 0), Error);
    CHECK_THROWS_AS(ada.proof(event.id, 8), Error);
  }
  const Event deed = ada.deed("map-aed");
  ada.submit_all();
  CHECK_THROWS_WITH_AS(ada.proof(deed.id, 1),
                       fmt::format("event {} holds no table", deed.id.short_text()).c_str(), Error);
}

TEST_CASE("another row, another number or another neighbour is not proved") {
  Prover ada;
  const Event event = ada.table("map-aed", 5, true);
  ada.submit_all();
  const auto policy = proof_policy(ada.world);
  TlogProof proof = prove(ada.environment, ada.world, {event.id, 2});
  const auto with = [&](const std::string& from, const std::string& to) {
    TlogProof bent = proof;
    REQUIRE(bent.extra.find(from) != std::string::npos);
    bent.extra.replace(bent.extra.rfind(from), from.size(), to);
    return check_entry_proof(bent.text(), policy).reason();
  };
  REQUIRE(check_entry_proof(proof.text(), policy));
  CHECK(with("\"row\":2", "\"row\":3") == "the row does not lead to the table's root as row 3");
  CHECK(with("\"row\":2", "\"row\":0") == "the row does not lead to the table's root as row 0");
  CHECK(with(R"(\"quantity\":\"1\")", R"(\"quantity\":\"2\")") ==
        "the row does not lead to the table's root as row 2");
  CHECK(with("\"row\":2", "\"row\":2,\"sow\":1") == "the proof of the row lacks a member or has another");
}

TEST_CASE("what is not under a checkpoint, or not in the log, is not proved") {
  Prover ada;
  const Event waiting = ada.deed("map-aed");
  CHECK_THROWS_AS(ada.proof(waiting.id), Error);
}

TEST_CASE("a proof with any byte changed proves nothing else") {
  Prover ada;
  const Event event = ada.deed("map-aed");
  ada.submit_all();
  const std::string good = ada.proof(event.id);
  const auto policy = proof_policy(ada.world);
  REQUIRE(check_entry_proof(good, policy));
  CHECK(rc::check("any byte", [&] {
    std::string bent = good;
    const auto at = *rc::gen::inRange<std::size_t>(0, bent.size());
    bent[at] = static_cast<char>(bent[at] ^ (1 << *rc::gen::inRange(0, 8)));
    RC_ASSERT(!check_entry_proof(bent, policy));
  }));
  for (std::size_t cut = 0; cut < good.size(); cut += 3)
    CHECK_FALSE(check_entry_proof(good.substr(0, cut), policy));
}

TEST_CASE("a world that asks for witnesses has its proofs asked for them") {
  Prover ada;
  const Event event = ada.deed("map-aed");
  ada.submit_all();
  const NoteSigner witness =
      NoteSigner::generate("witness.example", ada.environment.random, NoteKeyType::cosignature);
  ProofPolicy policy = proof_policy(ada.world);
  policy.witnesses = WitnessRule::at_least(1, {witness.verifier()});
  TlogProof proof = prove(ada.environment, ada.world, {event.id, std::nullopt});
  CHECK(check_entry_proof(proof.text(), policy).reason() == "too few witnesses cosigned the checkpoint: 0");
  cosign(proof.checkpoint, witness, ada.environment.now());
  const auto checked = check_entry_proof(proof.text(), policy);
  REQUIRE(checked);
  CHECK(checked->cosigned.by.size() == 1);
}

}  // namespace bw
