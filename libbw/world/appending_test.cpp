#include "world/appending.h"

#include <doctest/doctest.h>

#include "stream/log_key.h"
#include "world/adopt.h"
#include "world/clone.h"
#include "world/definition_for_tests.h"
#include "world/home.h"
#include "world/stewardship.h"
#include "world/submit.h"
#include "world/test_world.h"

using namespace bw;
using namespace bw::testing;
using bw::git::Failure;
using bw::git::failure_of;

namespace {

namespace fs = std::filesystem;

Event event_of(const TestPerson& by, const World& world, const std::string& kind, const Json& body) {
  const EventDraft draft{
      .at = by.environment.now(), .kind = kind, .body = body, .details = {}, .world = world.id()};
  return sign_event(draft, make_nonce(by.environment.random), *by.signer);
}

void append(const TestPerson& by, World& world, std::vector<Event> events) {
  append_at_home(by.environment, world, *by.signer, [&](const StreamState&) {
    return Composition{.additions = {.events = events, .tables = {}, .definitions = {}}, .openings = {}};
  });
}

void append_deed(const TestPerson& by, World& world) {
  append(by, world,
         {event_of(by, world, "behaviour.logged",
                   {{"behaviour", "teach"}, {"quantity", "1"}, {"unit", "hour"}})});
}

void change_authority(const TestPerson& by, World& world, StewardChange::Act act, const Did& did) {
  StewardChange change{.act = act, .did = did, .witness = {}, .number = 0, .home = {}};
  append(by, world, {event_of(by, world, "steward.proposed", {{"change", change.json()}})});
}

Event retirement(const TestPerson& by, const World& world, const LogKey& key) {
  return event_of(by, world, "identity.retired", {{"keys", {key.verifier.vkey()}}});
}

fs::path keys_of(const TestPerson& person, const World& world) {
  return person.environment.state_folder / "log-keys" / world.id().text();
}

Checkpoint record_of(const TestPerson& person, const World& world) {
  return *Checkpoint::parse(read_file(keys_of(person, world) / "log.signed", 4096));
}

// Another actor on the machine of the first.
struct Neighbour : TestPerson {
  Neighbour(const std::string& name, const TestPerson& of) : TestPerson(name) {
    environment.state_folder = of.environment.state_folder;
    environment.now = of.environment.now;
  }
};

}  // namespace

TEST_CASE("a log key that was retired is followed by a fresh one, which covers what waited") {
  TestWorld ada;
  const fs::path keys = keys_of(ada, ada.world);
  const std::string first = read_file(keys / "log.key", 4096);
  append(ada, ada.world, {retirement(ada, ada.world, ada.world.stream.authority.log_keys().front())});
  CHECK(ada.world.stream.pending() == 0);
  append_deed(ada, ada.world);
  CHECK(ada.world.stream.pending() == 0);
  CHECK(ada.world.stream.authority.log_keys().size() == 2);
  CHECK(ada.world.stream.authority.log_keys().front().until);
  // Nothing of the old key is gone, and the record binds the new one.
  CHECK(read_file(keys / "log.key", 4096) == first);
  CHECK(read_file(keys / "log-2.key", 4096) != first);
  CHECK(record_of(ada, ada.world) == *ada.world.stream.checkpoint);
}

TEST_CASE("entries that a retired key left uncovered are covered without anything being appended") {
  TestWorld ada;
  // As where a program stopped between the append and its checkpoint.
  Additions additions;
  additions.events = {retirement(ada, ada.world, ada.world.stream.authority.log_keys().front())};
  const git::Oid commit =
      append_entries(ada.world.repository, ada.world.stream, additions, ada.environment.now(), *ada.signer);
  REQUIRE(
      advance_stream(ada.environment, ada.world, verify_continuation(ada.environment, ada.world, commit)));
  REQUIRE(ada.world.stream.pending() == 1);
  append(ada, ada.world, {});
  CHECK(ada.world.stream.pending() == 0);
}

TEST_CASE("each actor of a machine signs with a log key of her own, also after the first lost authority") {
  TestWorld ada;
  const Neighbour ben("Ben", ada);
  change_authority(ada, ada.world, StewardChange::Act::add_steward, ben.did());
  append_deed(ben, ada.world);
  CHECK(ada.world.stream.authority.log_keys().back().owner == ben.did());
  change_authority(ben, ada.world, StewardChange::Act::remove_steward, ada.did());
  append_deed(ben, ada.world);
  CHECK(ada.world.stream.pending() == 0);
  CHECK(ada.world.stream.authority.log_keys().size() == 2);
  CHECK(record_of(ben, ada.world).size == ada.world.stream.size());
}

TEST_CASE("a steward who steps down appends that, and leaves the checkpoint to the others") {
  TestWorld ada;
  const Neighbour ben("Ben", ada);
  change_authority(ada, ada.world, StewardChange::Act::add_steward, ben.did());
  change_authority(ada, ada.world, StewardChange::Act::remove_steward, ada.did());
  CHECK(ada.world.stream.pending() == 1);
  append_deed(ben, ada.world);
  CHECK(ada.world.stream.pending() == 0);
}

TEST_CASE("a copy of the home's folder does not take itself for the home") {
  TestWorld ada;
  const fs::path copied = ada.folder.path() / "copy";
  fs::copy(ada.world.folder(), copied, fs::copy_options::recursive);
  World copy = open_world(ada.environment, copied);
  const auto head = copy.stream.head;
  CHECK(failure_of([&] { append_deed(ada, copy); }).code == ErrorCode::refused);
  CHECK(open_world(ada.environment, copied).stream.head == head);
  // It may be told that it is; a folder that was renamed still is.
  claim_home(ada.environment, copy, ada.did());
  append_deed(ada, copy);
  const fs::path renamed = ada.folder.path() / "renamed";
  fs::rename(copied, renamed);
  World again = open_world(ada.environment, renamed);
  append_deed(ada, again);
  CHECK(again.stream.pending() == 0);
}

TEST_CASE("whatever calls itself the home, one machine continues one history") {
  TestWorld ada;
  const fs::path copied = ada.folder.path() / "copy";
  fs::copy(ada.world.folder(), copied, fs::copy_options::recursive);
  append_deed(ada, ada.world);
  World copy = open_world(ada.environment, copied);
  claim_home(ada.environment, copy, ada.did());
  const auto head = copy.stream.head;
  const Failure failure = failure_of([&] { append_deed(ada, copy); });
  CHECK(failure.code == ErrorCode::refused);
  CHECK(failure.what.find("signed a checkpoint") != std::string::npos);
  // Not even entries without a checkpoint, and not with a fresh key.
  CHECK(failure_of([&] {
          append(ada, copy, {retirement(ada, copy, copy.stream.authority.log_keys().front())});
        }).code == ErrorCode::refused);
  CHECK(copy.repository.ref(stream_ref) == head);
}

TEST_CASE("only who may append says where the home of a world without address is") {
  TestWorld ada;
  const TestPerson eve("Eve");
  CHECK(failure_of([&] { claim_home(eve.environment, ada.world, eve.did()); }).code == ErrorCode::refused);
}

TEST_CASE("a definition with more signers than one adoption names is refused, and adopted in steps") {
  TestWorld ada;
  git::Repository& repository = ada.world.repository;
  const auto before = ada.world.stream.head;
  git::Oid head = change(ada, ada.world, "Test world", "Better world");
  git::Oid halfway = head;
  for (std::size_t i = 0; i <= max_definition_signers; ++i) {
    auto key = std::make_shared<const SecretKey>(SecretKey(sha256("signer " + std::to_string(i)).view()));
    const auto signer = make_signer(key);
    head = repository.commit({.tree = repository.read_commit(head).tree,
                              .parents = {head},
                              .author = appender(signer->did()),
                              .time = ada.environment.now(),
                              .message = "Sign\n"},
                             commit_signer_with(*signer));
    if (i == max_definition_signers / 2) halfway = head;
  }
  const auto refused = [&] { adopt(ada.environment, ada.world, *ada.signer, head); };
  const Failure failure = failure_of(refused);
  CHECK(failure.code == ErrorCode::refused);
  CHECK(failure.what.find("402 people") != std::string::npos);
  CHECK(ada.world.stream.head == before);
  CHECK_FALSE(adopt(ada.environment, ada.world, *ada.signer, halfway).unchanged);
  adopt(ada.environment, ada.world, *ada.signer, head);
  CHECK(ada.world.stream.authority.adopted()->commit == head.hex());
}

TEST_CASE("a pull counts what another process did in this folder meanwhile") {
  const TestPerson ada;
  git::Repository::create(ada.folder.path() / "home.git", true);
  World made = make_world(ada, ada.folder.path() / "made");
  propose_change(ada.environment, made, *ada.signer,
                 {.act = StewardChange::Act::set_home,
                  .did = {},
                  .witness = {},
                  .number = 0,
                  .home = (ada.folder.path() / "home.git").string()});
  submit(ada.environment, made, *ada.signer, {});
  settle_home(ada.environment, made);
  World other = open_world(ada.environment, ada.folder.path() / "made");
  append_deed(ada, made);
  const Pulled pulled = pull_world(ada.environment, other);
  CHECK(pulled.entries == 0);  // found here already, once the lock was held
  CHECK(other.stream.head == made.stream.head);
}
