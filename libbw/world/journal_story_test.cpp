#include "world/journal_story.h"

#include <sstream>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "stream/table.h"
#include "world/batch.h"
#include "world/record.h"
#include "world/row_reader.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::TestWorld;

std::string exported(const TestWorld& ada, const World* world) {
  std::string text;
  export_journal(ada.environment, ada.world.id(), world, [&](std::string_view part) { text += part; });
  return text;
}

}  // namespace

TEST_CASE("a journal tells of each event what became of it, also without a copy of the world") {
  TestWorld ada;
  const auto deed = [&] {
    return record(ada.environment, ada.world, *ada.signer, testing::deed("map-aed")).event;
  };
  const Event logged = deed();
  submit(ada.environment, ada.world, *ada.signer, {});
  const Event undone = deed();
  undo(ada.environment, ada.world, undone.id);
  const Event sending = deed();
  open_journal(ada.environment, ada.world.id()).mark_leaving(sha256("bundle"), {sending.id});
  const Event waiting = deed();

  const auto fate_of = [&](const EventId& id, const World* world) {
    for (const JournalItem& item : journal_items(ada.environment, ada.world.id(), world)) {
      if (item.entry.event.id == id) return item.fate;
    }
    FAIL("the event is not in the journal");
    return Fate::waiting;
  };
  CHECK(fate_of(logged.id, &ada.world) == Fate::logged);
  CHECK(fate_of(logged.id, nullptr) == Fate::sent);
  CHECK(fate_of(undone.id, &ada.world) == Fate::undone);
  CHECK(fate_of(sending.id, &ada.world) == Fate::sending);
  CHECK(fate_of(waiting.id, nullptr) == Fate::waiting);
}

TEST_CASE("an export holds every event with its openings, files and rows, so that all can be checked again") {
  TestWorld ada;
  write_file(ada.folder.path() / "photo.jpg", std::string(300'000, 'x'));
  Deed deed = testing::deed("rescue");
  deed.note = "said, \"thank you\"";
  deed.evidence = {ada.folder.path() / "photo.jpg"};
  record(ada.environment, ada.world, *ada.signer, deed);
  write_file(ada.folder.path() / "in.csv",
             "at,behaviour,quantity\n2026-02-01T10:00:00Z,map-aed,1\n"
             "2026-02-02T10:00:00Z,map-aed,2\n");
  BatchOptions options{.file = ada.folder.path() / "in.csv"};
  options.salted = true;
  record_batch(ada.environment, ada.world, *ada.signer, options);
  submit(ada.environment, ada.world, *ada.signer, {});

  const std::string text = exported(ada, &ada.world);
  std::string rows;
  std::optional<Event> event;
  std::size_t events = 0;
  std::size_t sent = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const Json json = Json::parse(line);
    if (json.contains("journal")) CHECK(json.at("world") == ada.world.id().text());
    if (json.contains("row")) rows += strict_json::text(json.at("row")) + "\n";
    sent += json.contains("sent") ? 1 : 0;
    if (!json.contains("event")) continue;
    ++events;
    // A JSON parser gives the event back but for the place of its signature.
    const std::size_t start = line.find("\"event\":") + 8;
    event = *parse_event(line.substr(start, line.find(",\"fate\":") - start));
    CHECK(json.at("openings").size() == event->details.size());
    for (const Json& opening : json.at("openings")) {
      Opening read{opening.at("field"), *from_base64url(opening.at("salt").get<std::string>()),
                   strict_json::text(opening.at("value"))};
      CHECK(matches(*event, read));
    }
  }
  CHECK(events == open_journal(ada.environment, ada.world.id()).read().size());
  CHECK(sent == 1);
  REQUIRE(event);
  const auto table = parse_table(rows);
  REQUIRE_MESSAGE(table, table.reason());
  CHECK(table_mismatch(event->body(), *table).empty());
}

TEST_CASE("claims are exported as CSV that another reader takes apart again") {
  TestWorld ada;
  Deed deed = testing::deed("map-aed", "2");
  deed.note = "first line\nsecond, \"quoted\"";
  const Event event = record(ada.environment, ada.world, *ada.signer, deed).event;
  record_correction(ada.environment, ada.world, *ada.signer, event.id, testing::deed("map-aed", "3"));
  std::string text(claims_csv_header);
  export_claims_csv(ada.environment, ada.world.id(), nullptr, [&](std::string_view part) { text += part; });
  std::istringstream input(text);
  std::vector<std::vector<std::string>> rows;
  read_csv(
      input, ',', [](const std::vector<std::string>& header) { return header; },
      [&](const InputRow& row) {
        CHECK_FALSE(row.fault);
        rows.push_back(row.cells);
      });
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<std::string>{event.id.text(), "", event.at.text(), "behaviour.logged",
                                            "map-aed", "2", "device", "", "waiting", *deed.note});
  CHECK(rows[1].at(3) == "event.corrected");
  CHECK(rows[1].at(7) == event.id.text());
}

}  // namespace bw
