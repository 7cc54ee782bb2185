// Witnesses of a world: what they say, how it comes into the stream, and who is refused.

#include "world/witnessing.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/test_errors.h"
#include "stream/checkpoint_rules.h"
#include "stream/log_reader.h"
#include "tlog/test_log.h"
#include "world/adopt.h"
#include "world/clone.h"
#include "world/collecting.h"
#include "world/cosignatures.h"
#include "world/definition_for_tests.h"
#include "world/home.h"
#include "world/merge_bundles.h"
#include "world/proof.h"
#include "world/record.h"
#include "world/stewardship.h"
#include "world/submit.h"
#include "world/verify_world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::TestPerson;
using testing::TestWorld;
using Act = StewardChange::Act;

// A person whose machine is a witness, and who follows ada's world by its address.
struct Follower : TestPerson {
  explicit Follower(const std::string& name)
      : TestPerson(name), witness(make_witness(environment, name + ".example")) {}

  static git::RemoteUrl address_of(const World& world) {
    return *git::RemoteUrl::parse(world.folder().string());
  }
  CosignedWorld cosign(const World& at) const {
    Mirror mirror = mirror_of(environment, witness, address_of(at));
    return cosign_world(environment, witness, mirror.world, address_of(at));
  }
  fs::path log_folder(const World& world) const {
    return witness_folder(environment) / "logs" / sha256(log_origin(world.id())).hex();
  }

  Witness witness;
};

// Ada's world, which asks for two of Ben, Cleo and Dan; its definition says how fresh they must be.
struct Witnessed : TestWorld {
  Follower ben{"Ben"}, cleo{"Cleo"}, dan{"Dan"};

  Witnessed() {
    for (const Follower* follower : {&ben, &cleo, &dan})
      change({.act = Act::add_witness, .did = {}, .witness = key_of(*follower), .number = 0, .home = {}});
    change({.act = Act::set_witness_quorum, .did = {}, .witness = {}, .number = 2, .home = {}});
    const std::string definition(testing::test_definition);
    testing::commit_file(*this, world, "betterworld.yaml",
                         testing::with(definition, "grace: 30d\n", "grace: 30d\nfreshness: 2d\n"));
    adopt(environment, world, *signer, {});
    set_all_clocks(*now);
  }

  static std::string key_of(const Follower& follower) { return follower.witness.verifier().vkey(); }
  void change(const StewardChange& what) {
    const Event event = propose_change(environment, world, *signer, what);
    submit(environment, world, *signer, {.only = {event.id}});
  }
  void grow() {
    record(environment, world, *signer, testing::deed("map-aed", "1"));
    submit(environment, world, *signer, {});
  }
  void set_all_clocks(Timestamp time) const {
    for (const TestPerson* person :
         {static_cast<const TestPerson*>(this), static_cast<const TestPerson*>(&ben),
          static_cast<const TestPerson*>(&cleo), static_cast<const TestPerson*>(&dan)})
      *person->now = time;
  }
  void pass(std::int64_t seconds) const { set_all_clocks({now->seconds + seconds}); }
  CollectedCosignatures collect() { return collect_cosignatures(environment, world, signer.get()); }
  TreeSize cosigned_size() const { return world.stream.cosigned ? world.stream.cosigned->size : 0; }
  WitnessedHead head() const { return *witnessed_head(world.repository, world.stream, *now); }
  bool verifies() const { return verify_world(environment, world.folder()).ok(); }
  // Puts something under a witness's name, as anyone may who can push here.
  void put(const Follower& whose, const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<git::TreeEdit> edits;
    for (const auto& [path, content] : files) edits.push_back({path, world.repository.write_blob(content)});
    const git::Oid commit = world.repository.commit({.tree = world.repository.edit_tree(std::nullopt, edits),
                                                     .parents = {},
                                                     .author = {"x", "x@bw.invalid"},
                                                     .time = *now,
                                                     .message = "x"},
                                                    {});
    world.repository.set_ref(cosignature_ref(whose.witness.verifier()), commit, "junk");
  }
  Note checkpoint_note() const {
    return *read_checkpoint_note(world.repository, world.repository.read_commit(*world.stream.head).tree);
  }
  std::string size_text() const { return std::to_string(world.stream.covered()); }
};

}  // namespace

TEST_CASE(
    "where enough witnesses stand behind a checkpoint, it comes into the stream, and proofs carry them") {
  Witnessed ada;
  const Event event = record(ada.environment, ada.world, *ada.signer, testing::deed("map-aed", "1")).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  const TreeSize size = ada.world.stream.covered();
  CHECK(ada.ben.cosign(ada.world).named);
  CHECK_FALSE(ada.collect().appended);  // one of two
  CHECK(ada.head().best->behind.by.size() == 1);
  CHECK_FALSE(ada.head().enough);
  ada.dan.cosign(ada.world);
  CHECK(ada.collect().appended);
  CHECK(ada.cosigned_size() == size);
  CHECK(ada.verifies());
  CHECK_FALSE(ada.collect().appended);  // once
  CHECK(ada.head().enough);
  CHECK(ada.head().warning.empty());
  CHECK(ada.head().best->behind.by.size() == 2);

  const TlogProof proof = prove(ada.environment, ada.world, {event.id, std::nullopt});
  const auto checked = check_entry_proof(proof.text(), proof_policy(ada.world));
  REQUIRE_MESSAGE(checked, checked.reason());
  CHECK(checked->cosigned.by.size() == 2);
  CHECK(checked->checkpoint.size == size);
  // Against a policy of one's own, without a copy.
  const std::string policy = "log " + live_log_keys(ada.world.stream.authority).front().vkey() +
                             "\nwitness b " + Witnessed::key_of(ada.ben) + "\nquorum b\n";
  CHECK(check_entry_proof(proof.text(), proof_policy(ada.world.id(), {}, policy)));
  // What came later is proved against a checkpoint that this world does not accept yet.
  const Event later = record(ada.environment, ada.world, *ada.signer, testing::deed("map-aed", "1")).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  const std::string early = prove(ada.environment, ada.world, {later.id, std::nullopt}).text();
  CHECK(check_entry_proof(early, proof_policy(ada.world)).reason() ==
        "too few witnesses cosigned the checkpoint: 0");
}

TEST_CASE("a member's log key vouches for no proof") {
  Witnessed ada;
  const Follower& ben = ada.ben;
  const NoteSigner key = NoteSigner::generate(log_origin(ada.world.id()), ben.environment.random);
  const EventDraft draft{.at = *ada.now,
                         .kind = "identity.announced",
                         .body = {{"keys", Json::array()}},
                         .details = {},
                         .world = ada.world.id()};
  std::vector<Event> announced;
  append_at_home(ada.environment, ada.world, *ada.signer, [&](const StreamState&) {
    Json body = draft.body;
    const Signature proof =
        key.sign_raw(possession_statement("log", ben.did(), ada.world.id(), key.verifier().vkey()));
    body["keys"].push_back(
        {{"key", key.verifier().vkey()},
         {"proof", to_base64url({reinterpret_cast<const char*>(proof.data()), proof.size()})},
         {"use", "log"}});
    EventDraft filled = draft;
    filled.body = body;
    announced = {sign_event(filled, make_nonce(ben.environment.random), *ben.signer)};
    return Composition{.additions = {.events = announced, .tables = {}, .definitions = {}}, .openings = {}};
  });
  REQUIRE(ada.world.stream.authority.find_log_key(key.verifier().vkey()) != nullptr);
  for (const NoteVerifier& trusted : proof_policy(ada.world).logs) CHECK_FALSE(trusted == key.verifier());
  CHECK_FALSE(proof_policy(ada.world).logs.empty());
}

TEST_CASE("witnesses who come at different times meet at the same checkpoints") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  const TreeSize first = ada.world.stream.covered();
  ada.grow();
  const CosignedWorld cleo = ada.cleo.cosign(ada.world);
  CHECK(cleo.also == std::vector<TreeSize>{first});
  const TreeSize second = ada.world.stream.covered();
  ada.grow();
  CHECK(ada.collect().appended);
  CHECK(ada.cosigned_size() == first);
  CHECK(ada.ben.cosign(ada.world).also == std::vector<TreeSize>{second});
  CHECK(ada.collect().appended);
  CHECK(ada.cosigned_size() == second);
  CHECK(ada.verifies());
}

TEST_CASE("a steward's merge of inboxes collects what witnesses said") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  ada.cleo.cosign(ada.world);
  CHECK(merge_inboxes(ada.environment, ada.world, *ada.signer).cosigned);
  CHECK(ada.cosigned_size() == ada.world.stream.covered());
  CHECK_FALSE(merge_inboxes(ada.environment, ada.world, *ada.signer).cosigned);
}

TEST_CASE("who may not append only sees who stands behind the head") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  ada.cleo.cosign(ada.world);
  const TestPerson eve("Eve");
  World clone =
      clone_world(eve.environment, Follower::address_of(ada.world), eve.folder.path() / "clone").world;
  const auto head = *clone.stream.head;
  const auto collected = collect_cosignatures(eve.environment, clone, eve.signer.get());
  CHECK_FALSE(collected.appended);
  REQUIRE(collected.best);
  CHECK(collected.best->behind.enough);
  CHECK(clone.stream.head == head);
}

TEST_CASE("a head that its witnesses have not seen for longer than the world's limit is told of") {
  Witnessed ada;
  CHECK(ada.head().frozen);  // never
  CHECK(contains(ada.head().warning, "none stands behind any checkpoint"));
  ada.ben.cosign(ada.world);
  ada.cleo.cosign(ada.world);
  ada.collect();
  CHECK_FALSE(ada.head().frozen);
  ada.pass(2 * 86400 - 3600);
  CHECK_FALSE(ada.head().frozen);
  ada.pass(2 * 3600);
  CHECK(ada.head().frozen);
  CHECK(contains(ada.head().warning, "the head may be frozen: 2 of 3 witnesses last saw it 2 days ago"));
  const WorldVerification verification = verify_world(ada.environment, ada.world.folder());
  CHECK(verification.ok());  // old is not wrong
  REQUIRE(verification.witnessed);
  CHECK(verification.witnessed->frozen);
  CHECK_FALSE(verification.stream.warnings.empty());
  // One alone makes nothing fresh; two do, though nothing was added.
  ada.ben.cosign(ada.world);
  ada.collect();
  CHECK(ada.head().frozen);
  ada.cleo.cosign(ada.world);
  CHECK(ada.collect().appended);
  CHECK_FALSE(ada.head().frozen);
  CHECK(ada.verifies());
}

TEST_CASE("a world that names no witnesses is warned of nothing") {
  TestWorld ada;
  *ada.now = Timestamp{ada.now->seconds + 1000 * 86400};
  const WorldVerification verification = verify_world(ada.environment, ada.world.folder());
  CHECK_FALSE(verification.witnessed);
  CHECK(verification.stream.warnings.empty());
}

TEST_CASE("the cosigned checkpoint is renewed when it has aged, not at every word") {
  Witnessed ada;
  const auto both = [&] {
    ada.ben.cosign(ada.world);
    ada.cleo.cosign(ada.world);
    return ada.collect().appended;
  };
  CHECK(both());
  ada.pass(3600);
  CHECK_FALSE(both());
  ada.pass(12 * 3600);
  CHECK(both());
}

TEST_CASE("a log that was set back is not cosigned") {
  Witnessed ada;
  const git::Oid old = *ada.world.stream.head;
  ada.grow();
  ada.ben.cosign(ada.world);
  const std::string before = read_file(ada.ben.log_folder(ada.world) / "checkpoint", Note::max_bytes);
  ada.world.repository.set_ref(stream_ref, old, "set back");
  // Through the copy that the witness has, and by its record where that copy is gone.
  CHECK(contains(error_of([&] { ada.ben.cosign(ada.world); }), "was rolled back, or this copy is old"));
  fs::remove_all(witness_folder(ada.ben.environment) / "mirrors");
  CHECK(contains(error_of([&] { ada.ben.cosign(ada.world); }), "was rolled back, or this copy is old"));
  CHECK(read_file(ada.ben.log_folder(ada.world) / "checkpoint", Note::max_bytes) == before);
  CHECK(fs::exists(ada.ben.log_folder(ada.world) / "rolled-back" / "here"));
}

TEST_CASE("a log that shows its witness another history is not cosigned, and both are kept") {
  Witnessed ada;
  fs::copy(ada.world.folder(), ada.folder.path() / "other", fs::copy_options::recursive);
  ada.grow();
  ada.ben.cosign(ada.world);
  // Her other face, with the same log key, forgets what this one signed and goes on from the copy.
  fs::remove(ada.environment.state_folder / "log-keys" / ada.world.id().text() / "log.signed");
  fs::remove_all(ada.environment.state_folder / "checkpoints");
  World second = open_world(ada.environment, ada.folder.path() / "other");
  make_home_here(second.repository);
  record(ada.environment, second, *ada.signer, testing::deed("map-aed", "2"));
  submit(ada.environment, second, *ada.signer, {});
  // The same address shows the other history.
  ada.world.repository = git::Repository::create(ada.folder.path() / "nothing", false);
  fs::rename(ada.folder.path() / "world", ada.folder.path() / "first");
  fs::rename(ada.folder.path() / "other", ada.folder.path() / "world");
  second = open_world(ada.environment, ada.folder.path() / "world");
  const auto refused = [&] { return error_of([&] { ada.ben.cosign(second); }); };
  CHECK(contains(refused(), "two histories"));
  // Neither where its copy of the first one is gone, nor what machine it remembers.
  fs::remove_all(witness_folder(ada.ben.environment) / "mirrors");
  fs::remove_all(ada.ben.environment.state_folder / "checkpoints");
  CHECK(contains(refused(), "two histories"));
  std::size_t kept = 0;
  for (const auto& entry : fs::directory_iterator(ada.ben.log_folder(second)))
    kept += entry.path().filename().string().starts_with("split-") ? 1 : 0;
  CHECK(kept == 1);
  // A witness that saw neither would cosign either: that is why a world asks for several.
  CHECK_NOTHROW(ada.cleo.cosign(second));
}

TEST_CASE("what is no cosignature of a witness counts for nothing, and the good ones still do") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  const Note good = ada.ben.witness.latest(log_origin(ada.world.id())).value();
  const NoteSigner stranger = fixed_witness("stranger.example", 's');
  Note strangers = ada.checkpoint_note();
  cosign(strangers, stranger, *ada.now);
  Note unsigned_note{good.text, {good.signatures.back()}};
  Note made_up{Checkpoint{log_origin(ada.world.id()), ada.world.stream.covered(), sha256("x")}.text(), {}};
  cosign(made_up, stranger, *ada.now);
  const auto counted_now = [&] { return ada.head().best ? ada.head().best->behind.by.size() : 0; };
  for (const std::string& junk :
       {std::string("junk"), std::string(), std::string(200'000, 'x'), strangers.bytes(),
        unsigned_note.bytes(), made_up.bytes(), good.bytes()}) {  // another's word under Cleo's name
    ada.put(ada.cleo, {{ada.size_text(), junk}});
    CHECK(counted_now() == 1);
    CHECK_FALSE(ada.collect().appended);
  }
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 3000; ++i) many.emplace_back(std::to_string(i), good.bytes());
  many.emplace_back("a/b/c", "x");
  ada.put(ada.cleo, many);
  CHECK(counted_now() == 1);
  // A ref that is no commit, and names of nobody.
  ada.world.repository.set_ref("refs/bw/cosignature/" + std::string(64, '0'),
                               *ada.world.repository.ref(main_ref), "x");
  ada.world.repository.set_ref("refs/bw/cosignature/x/y", *ada.world.repository.ref(main_ref), "x");
  const git::Oid blob = ada.world.repository.write_blob("x");
  write_file(ada.world.repository.git_folder() / cosignature_ref(ada.cleo.witness.verifier()),
             blob.hex() + "\n");
  CHECK(counted_now() == 1);
  CHECK(ada.verifies());
  // Whatever lay there, the witness herself is heard.
  ada.cleo.cosign(ada.world);
  CHECK(ada.collect().appended);
  CHECK(ada.verifies());
}

TEST_CASE("an old cosignature put back displaces no newer one") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  const std::string ref = cosignature_ref(ada.ben.witness.verifier());
  const git::Oid old = *ada.world.repository.ref(ref);
  ada.pass(86400);
  ada.ben.cosign(ada.world);
  ada.cleo.cosign(ada.world);
  CHECK(ada.collect().appended);
  const Timestamp since = *ada.head().best->since;
  // Here, and as another copy shows it to somebody who collects.
  ada.world.repository.set_ref(ref, old, "replayed");
  CHECK(ada.head().best->since == since);
  CHECK_FALSE(ada.collect().appended);
  CHECK(*cosigned_standing(ada.world.repository, ada.world.stream)->since == since);
}

TEST_CASE("a cosignature from the future makes nothing fresh") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  *ada.cleo.now = Timestamp{ada.now->seconds + 400 * 86400};
  ada.cleo.cosign(ada.world);
  CHECK_FALSE(ada.head().enough);
  CHECK_FALSE(ada.collect().appended);
  // Also where a steward put it into the stream, which only asks who signed what.
  Note note = ada.checkpoint_note();
  for (const Follower* follower : {&ada.ben, &ada.cleo})
    note.add(follower->witness.latest(log_origin(ada.world.id()))->signatures.back());
  CHECK(put_cosigned_at_home(ada.environment, ada.world, *ada.signer, [&] { return note; }));
  CHECK(ada.verifies());
  CHECK_FALSE(ada.head().enough);
  CHECK(ada.head().frozen);
}

TEST_CASE("a witness who was removed stands behind nothing any more") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  ada.cleo.cosign(ada.world);
  CHECK(ada.collect().appended);
  ada.change({.act = Act::remove_witness,
              .did = {},
              .witness = Witnessed::key_of(ada.cleo),
              .number = 0,
              .home = {}});
  CHECK(ada.verifies());  // what was right then stays right
  CHECK_FALSE(ada.head().enough);
  CHECK(ada.head().best->behind.by.size() == 1);
  ada.ben.cosign(ada.world);
  CHECK_FALSE(ada.cleo.cosign(ada.world).named);
  CHECK_FALSE(ada.collect().appended);
  ada.dan.cosign(ada.world);
  CHECK(ada.collect().appended);
}

TEST_CASE("what a witness that was killed left in its copy of a world is cleared away") {
  Witnessed ada;
  ada.ben.cosign(ada.world);
  fs::path copy;
  for (const auto& entry : fs::directory_iterator(witness_folder(ada.ben.environment) / "mirrors")) {
    if (entry.is_directory()) copy = entry.path();
  }
  for (const char* const name :
       {"config.lock", "packed-refs.new", "refs/heads/stream.lock", "refs/bw/home/stream.lock"}) {
    write_file(copy / name, "");
    fs::last_write_time(copy / name, fs::file_time_type::clock::now() - std::chrono::minutes(1));
  }
  ada.grow();
  CHECK(Checkpoint::parse(ada.ben.cosign(ada.world).note.text)->size == ada.world.stream.covered());
  CHECK_FALSE(fs::exists(copy / "config.lock"));
  // Killed while the copy was being made: it is made anew.
  write_file(copy / ".bw-unfinished", "1\n");
  fs::remove(copy / "HEAD");
  CHECK(ada.ben.cosign(ada.world).note.signatures.size() == 2);
}

TEST_CASE("a witness refuses a log whose clock ran away") {
  Witnessed ada;
  *ada.now = Timestamp{ada.now->seconds + 86400};
  ada.grow();
  CHECK(contains(error_of([&] { ada.ben.cosign(ada.world); }), "ahead of this machine's clock"));
  CHECK_FALSE(fs::exists(ada.ben.log_folder(ada.world) / "checkpoint"));
}

TEST_CASE("a cosignature that the home does not take is recorded, and comes by other ways") {
  Witnessed ada;
  Mirror mirror = mirror_of(ada.ben.environment, ada.ben.witness, Follower::address_of(ada.world));
  const auto nowhere = git::RemoteUrl::parse((ada.folder.path() / "nowhere").string());
  CHECK_THROWS_AS(cosign_world(ada.ben.environment, ada.ben.witness, mirror.world, *nowhere), Error);
  const Note note = ada.ben.witness.latest(log_origin(ada.world.id())).value();
  CHECK(take_cosignatures(ada.environment, ada.world, note.bytes()) ==
        std::vector<std::string>{"Ben.example"});
  CHECK(ada.head().best->behind.by.size() == 1);
  // As C2SP's answer to a request: signature lines for the present checkpoint.
  const std::string request = request_for(ada.world, 0).text();
  ada.cleo.witness.trust(live_log_keys(ada.world.stream.authority).front());
  const Witness::Reply reply = ada.cleo.witness.answer(request, *ada.now);
  REQUIRE(reply.answer == WitnessAnswer::cosigned);
  CHECK(take_cosignatures(ada.environment, ada.world, reply.body) ==
        std::vector<std::string>{"Cleo.example"});
  CHECK(ada.collect().appended);
  // What nobody signed is taken from nobody.
  CHECK_THROWS_AS(take_cosignatures(ada.environment, ada.world, ada.checkpoint_note().bytes()), Error);
  CHECK_THROWS_AS(take_cosignatures(ada.environment, ada.world, "nonsense"), Error);
}

TEST_CASE("a request for a world goes on from where its witness stood") {
  Witnessed ada;
  const std::string origin = log_origin(ada.world.id());
  ada.ben.cosign(ada.world);  // by the stream: its keys are known from then on
  const TreeSize before = ada.world.stream.covered();
  ada.grow();
  auto reply = ada.ben.witness.answer(request_for(ada.world, 0).text(), *ada.now);
  CHECK(reply.answer == WitnessAnswer::other_size);
  CHECK(reply.body == std::to_string(before) + "\n");
  reply = ada.ben.witness.answer(request_for(ada.world, before).text(), *ada.now);
  CHECK(reply.answer == WitnessAnswer::cosigned);
  CHECK(Checkpoint::parse(ada.ben.witness.latest(origin)->text)->size == ada.world.stream.covered());
  CHECK_THROWS_AS(request_for(ada.world, ada.world.stream.covered() + 1), Error);
}

}  // namespace bw
