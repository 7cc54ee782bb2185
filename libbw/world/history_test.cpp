#include "world/history.h"

#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "world/appending.h"
#include "world/batch.h"
#include "world/merge_bundles.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::TestPerson;
using testing::TestWorld;

Event log(const TestWorld& ada, std::string behaviour, int quantity = 1) {
  Deed deed;
  deed.behaviour = std::move(behaviour);
  deed.quantity = Decimal(quantity);
  return record(ada.environment, ada.world, *ada.signer, deed).event;
}

std::vector<std::string> sentences(const TestWorld& ada, const HistoryFilter& filter) {
  std::vector<std::string> all;
  for (const HistoryItem& item : history(ada.environment, ada.world, filter)) all.push_back(item.sentence);
  return all;
}
using All = std::vector<std::string>;

}  // namespace

TEST_CASE("history begins with what only my journal has, then goes back through the log") {
  TestWorld ada;
  log(ada, "mend", 1);
  log(ada, "mend", 2);
  submit(ada.environment, ada.world, *ada.signer, {});
  log(ada, "mend", 3);
  log(ada, "mend", 4);
  undo(ada.environment, ada.world, std::nullopt);
  const auto items = history(ada.environment, ada.world, {});
  REQUIRE(items.size() == 6);
  CHECK(items[0].sentence == "mend 3 device");
  CHECK_FALSE(items[0].index);
  CHECK(items[0].mine);
  CHECK_FALSE(items[0].sent);
  CHECK(items[1].sentence == "mend 2 device");
  CHECK(items[1].index == 4);
  CHECK(items[1].covered);
  CHECK(items[5].sentence == "created the world \"Test world\"");
  CHECK(items[5].index == 0);
}

TEST_CASE("history is filtered by actor, behaviour and time, and stops at its limit") {
  TestWorld ada;
  ada.set_time("2026-03-03T00:00:00Z");
  log(ada, "mend");
  std::ofstream(ada.folder.path() / "in.csv") << "at,behaviour\n2026-02-01,teach\n";
  record_batch(ada.environment, ada.world, *ada.signer, {.file = ada.folder.path() / "in.csv"});
  submit(ada.environment, ada.world, *ada.signer, {});
  ada.set_time("2026-03-09T00:00:00Z");
  const Event later = log(ada, "teach", 2);
  submit(ada.environment, ada.world, *ada.signer, {});
  log(ada, "mend", 7);
  CHECK(sentences(ada, {.behaviour = "teach"}) == All{"teach 2 hour", "1 row: teach 1 hour"});
  CHECK(sentences(ada, {.behaviour = "mend"}) == All{"mend 7 device", "mend 1 device"});
  CHECK(sentences(ada, {.behaviour = "a\"b"}).empty());
  CHECK(sentences(ada, {.since = *Timestamp::parse("2026-03-09T00:00:00Z")}) ==
        All{"mend 7 device", "teach 2 hour"});
  CHECK(sentences(ada, {.behaviour = "teach", .limit = 1}) == All{"teach 2 hour"});
  CHECK(sentences(ada, {.limit = 0}).empty());
  const TestPerson bob("Bob");
  CHECK(sentences(ada, {.actor = bob.did()}).empty());
  CHECK(sentences(ada, {.actor = ada.did()}).size() == 7);
}

TEST_CASE("an event is shown with its openings, its corrections and what its state is") {
  TestWorld ada;
  Deed deed;
  deed.behaviour = "teach";
  deed.note = "hall";
  deed.place = *parse_place("1,2");
  std::ofstream(ada.folder.path() / "photo.jpg") << std::string(300'000, 'p');
  deed.evidence = {ada.folder.path() / "photo.jpg"};
  const Event event = record(ada.environment, ada.world, *ada.signer, deed).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  Deed two;
  two.quantity = Decimal(2);
  const Event corrected = record_correction(ada.environment, ada.world, *ada.signer, event.id, two).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  const Event retracted =
      record_retraction(ada.environment, ada.world, *ada.signer, event.id, std::nullopt).event;

  const EventView mine = view_event(ada.environment, ada.world, event.id);
  CHECK(mine.openings.size() == 5);  // note, place, evidence and two chunks
  CHECK(mine.closed_fields.empty());
  REQUIRE(mine.later.size() == 2);
  CHECK(mine.later[0].event.id == corrected.id);
  CHECK(mine.later[1].event.id == retracted.id);
  CHECK_FALSE(mine.refused);

  // Someone else sees what was published.
  const TestPerson bob("Bob");
  const EventView theirs = view_event(bob.environment, ada.world, event.id);
  CHECK_FALSE(theirs.item.mine);
  CHECK(theirs.openings.size() == 1);  // the note
  CHECK(theirs.closed_fields == All{"evidence", "evidence_0_0", "evidence_0_1", "place"});
  CHECK(theirs.later.size() == 1);
  CHECK_THROWS_AS(view_event(bob.environment, ada.world, EventId{sha256("none")}), Error);
}

TEST_CASE("an event stands as its author corrected it last, until she retracts it") {
  TestWorld ada;
  const Event event = log(ada, "mend", 3);
  const auto in_force = [&] { return view_event(ada.environment, ada.world, event.id).in_force; };
  const auto correct = [&](int quantity) {
    Deed deed;
    deed.quantity = Decimal(quantity);
    record_correction(ada.environment, ada.world, *ada.signer, event.id, deed);
  };
  submit(ada.environment, ada.world, *ada.signer, {});
  CHECK(in_force() == Claim{"mend", Decimal(3), "device"});
  correct(2);
  submit(ada.environment, ada.world, *ada.signer, {});
  correct(5);
  CHECK(in_force() == Claim{"mend", Decimal(5), "device"});
  undo(ada.environment, ada.world, std::nullopt);
  CHECK(in_force() == Claim{"mend", Decimal(2), "device"});
  record_retraction(ada.environment, ada.world, *ada.signer, event.id, std::nullopt);
  CHECK_FALSE(in_force());
  // What claims nothing has nothing in force.
  const auto genesis = history(ada.environment, ada.world, {}).back();
  CHECK_FALSE(view_event(ada.environment, ada.world, genesis.event.id).in_force);
}

TEST_CASE("what was taken back is still shown to me as such") {
  const TestWorld ada;
  const Event event = log(ada, "mend");
  undo(ada.environment, ada.world, std::nullopt);
  CHECK(view_event(ada.environment, ada.world, event.id).item.undone);
}

TEST_CASE("an act of authority that breaks a rule is shown with the reason") {
  TestWorld ada;
  const auto propose = [&](int threshold) {
    const EventDraft draft{.at = ada.environment.now(),
                           .kind = "steward.proposed",
                           .body = {{"change", {{"act", "set_threshold"}, {"number", threshold}}}},
                           .details = {},
                           .world = ada.world.id()};
    const Event event = sign_event(draft, make_nonce(ada.environment.random), *ada.signer);
    append_at_home(ada.environment, ada.world, *ada.signer, [&](const StreamState&) {
      Composition composition;
      composition.additions.events = {event};
      return composition;
    });
    return event.id;
  };
  const EventId fine = propose(1);
  const EventId idle = propose(5);
  CHECK_FALSE(view_event(ada.environment, ada.world, fine).ineffective);
  CHECK(view_event(ada.environment, ada.world, idle).ineffective ==
        "a threshold is from 1 to the number of stewards");
}

TEST_CASE("what a steward refused is shown with the reason, and uses up no limit") {
  const TestPerson ada;
  World world = testing::make_world(
      ada, ada.folder.path() / "world",
      {{"betterworld.yaml", std::string(testing::test_definition) + "admission: {policy: stewards}\n"}});
  const TestPerson bob("Bob");
  Deed deed;
  deed.behaviour = "attend";
  deed.quantity = Decimal(3);
  const auto attend = [&] { return record(bob.environment, world, *bob.signer, deed).event; };
  const Event event = attend();
  CHECK_THROWS_AS(attend(), Error);
  std::vector<std::string> bundles;
  SubmitOptions options;
  options.deliver = [&](const std::string& bytes) { bundles.push_back(bytes); };
  submit(bob.environment, world, *bob.signer, options);
  const auto entry = [&] { return history(bob.environment, world, {.limit = 1}).front(); };
  CHECK(entry().sent);
  merge_bundles(ada.environment, world, *ada.signer, bundles);
  CHECK(view_event(bob.environment, world, event.id).refused ==
        "this world admits only events of its stewards");
  CHECK(attend().id != event.id);
}

TEST_CASE("OpenSSH accepts the signature of any event from the files that are written") {
  const TestWorld ada;
  const Event event = log(ada, "mend");
  const auto folder = ada.folder.path() / "proof";
  const std::string principal = write_ssh_files(event, folder);
  const auto verify = [&](const std::string& message) {
    return run({.arguments = {"ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", principal, "-n",
                              "bw.event.v1", "-s", "message.sig"},
                .folder = folder,
                .environment = {},
                .input = message,
                .on_error_output = {}})
        .status;
  };
  const std::string message = read_file(folder / "message", 100'000);
  CHECK(verify(message) == 0);
  CHECK(verify(message + " ") != 0);
  CHECK(EventId{sha256(message)} == event.id);
  CHECK_THROWS_AS(write_ssh_files(event, folder), Error);
}

}  // namespace bw
