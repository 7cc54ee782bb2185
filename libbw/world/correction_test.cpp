// Corrections, retractions, undoing and confirming: what world/record.h declares beside recording itself.
#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::deed;
using testing::deed_at;
using testing::error_of;
using testing::TestPerson;
using testing::TestWorld;

Event log(const TestWorld& ada, const Deed& deed) {
  return record(ada.environment, ada.world, *ada.signer, deed).event;
}

}  // namespace

TEST_CASE("a correction keeps the time, takes over what it does not name, and must change something") {
  const TestWorld ada;
  const Event event = log(ada, deed_at("map-aed", "3", "2026-03-01T00:00:00Z"));
  const auto correct = [&](const EventId& id, const Deed& to) {
    return record_correction(ada.environment, ada.world, *ada.signer, id, to).event;
  };
  Deed other;
  other.quantity = Decimal(2);
  const Event corrected = correct(event.id, other);
  CHECK(corrected.kind == "event.corrected");
  CHECK(corrected.body_text ==
        R"({"behaviour":"map-aed","event":")" + event.id.text() + R"(","quantity":"2","unit":"device"})");
  CHECK(contains(error_of([&] { correct(event.id, other); }), "says this already"));
  other.quantity = Decimal(21);
  CHECK(contains(error_of([&] { correct(event.id, other); }), "above the most"));
  other.at = Timestamp{0};
  CHECK(error_of([&] { correct(event.id, other); }).starts_with("2: "));
  CHECK(contains(error_of([&] { correct(corrected.id, deed("", "1")); }), "is itself a correction"));
  Deed note;  // the quantity of a correction without one is the last one that stands
  note.note = "counted again";
  CHECK(contains(correct(event.id, note).body_text, R"("quantity":"2")"));
  CHECK(contains(error_of([&] { correct(EventId{sha256("none")}, deed("", "1")); }),
                 "neither the log nor your journal"));
}

TEST_CASE("only claims of one's own that still stand are retracted") {
  TestWorld ada;
  const Event event = log(ada, deed("mend"));
  const auto retract = [&](const EventId& id) {
    return record_retraction(ada.environment, ada.world, *ada.signer, id, "a mistake").event;
  };
  const Event retracted = retract(event.id);
  CHECK(retracted.body_text == R"({"event":")" + event.id.text() + "\"}");
  CHECK(retracted.details.contains("note"));
  CHECK(error_of([&] { retract(event.id); }).starts_with("4: "));
  CHECK(error_of([&] {
          record_correction(ada.environment, ada.world, *ada.signer, event.id, deed("", "2"));
        }).starts_with("4: "));
  CHECK(contains(error_of([&] { retract(ada.world.stream.ids[0]); }), "never corrected"));

  const TestPerson bob("Bob");
  const Event own = log(ada, deed("mend"));
  submit(ada.environment, ada.world, *ada.signer, {});
  CHECK(contains(
      error_of([&] { record_retraction(bob.environment, ada.world, *bob.signer, own.id, std::nullopt); }),
      "only its author"));
}

TEST_CASE("undo takes back the last deed, once, and nothing that was submitted") {
  TestWorld ada;
  const auto take_back = [&](const std::optional<EventId>& id = {}) {
    return undo(ada.environment, ada.world, id);
  };
  CHECK(error_of([&] { take_back(); }).starts_with("1: your journal has nothing to undo"));
  const Event first = log(ada, deed("mend"));
  const Event second = log(ada, deed("mend", "2"));
  CHECK(take_back().id == second.id);
  CHECK(take_back().id == first.id);
  CHECK(error_of([&] { take_back(first.id); }).starts_with("4: "));

  const Event kept = log(ada, deed("mend"));
  record_correction(ada.environment, ada.world, *ada.signer, kept.id, deed("", "2"));
  CHECK(contains(error_of([&] { take_back(kept.id); }), "undo that one first"));
  submit(ada.environment, ada.world, *ada.signer, {});
  const std::string late = error_of([&] { take_back(); });
  CHECK(late.starts_with("4: "));
  CHECK(contains(late, "--retract"));
}

TEST_CASE("an event is named by any prefix of its id that fits no other") {
  const TestWorld ada;
  const Event event = log(ada, deed("mend"));
  const auto resolve = [&](std::string_view prefix) {
    return resolve_event(ada.environment, ada.world, prefix);
  };
  CHECK(resolve(event.id.text()) == event.id);
  CHECK(resolve(event.id.text().substr(0, 12)) == event.id);
  CHECK(resolve(ada.world.stream.ids[0].text().substr(0, 12)) == ada.world.stream.ids[0]);
  for (const char* wrong : {"", "abc", "xyz1", "ABCDEF", "../..", "ffff\n"})
    CHECK_FALSE(error_of([&] { resolve(wrong); }).empty());
  CHECK(contains(error_of([&] { resolve("ffffffffffffffffffff"); }), "no event here begins with"));
  CHECK_FALSE(error_of([&] { resolve(event.id.text() + "0"); }).empty());
}

TEST_CASE("a steward confirms history, once, and only what is old and in the log") {
  TestWorld ada;
  const Event old = log(ada, deed_at("teach", "8", "2022-05-31T12:00:00Z"));
  const Event wrong = log(ada, deed_at("teach", "80", "2022-05-31T12:00:00Z"));
  const Event fresh = log(ada, deed("teach"));
  const auto confirm = [&](const std::vector<EventId>& ids) {
    return record_confirmation(ada.environment, ada.world, *ada.signer, ids);
  };
  CHECK(unconfirmed_history(ada.environment, ada.world).empty());
  CHECK(contains(error_of([&] { confirm({old.id}); }), "not in the log yet"));
  record_retraction(ada.environment, ada.world, *ada.signer, wrong.id, std::nullopt);
  submit(ada.environment, ada.world, *ada.signer, {});

  CHECK(unconfirmed_history(ada.environment, ada.world) == std::vector{old.id});
  CHECK(contains(error_of([&] { confirm({fresh.id}); }), "needs no confirmation"));
  CHECK(contains(error_of([&] { confirm({ada.world.stream.ids[0]}); }), "which nobody confirms"));
  const TestPerson bob("Bob");
  CHECK(error_of([&] {
          record_confirmation(bob.environment, ada.world, *bob.signer, {old.id});
        }).starts_with("4: "));

  const std::vector<Event> made = confirm({old.id});
  REQUIRE(made.size() == 1);
  CHECK(made.front().body_text == R"({"events":[")" + old.id.text() + "\"]}");
  CHECK(contains(error_of([&] { confirm({old.id}); }), "confirmed already"));
  CHECK(unconfirmed_history(ada.environment, ada.world).empty());
  submit(ada.environment, ada.world, *ada.signer, {});
  CHECK(unconfirmed_history(ada.environment, ada.world).empty());
}

}  // namespace bw
