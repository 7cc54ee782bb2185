#include "world/record.h"

#include <csignal>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test_errors.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::deed;
using testing::deed_at;
using testing::error_of;
using testing::TestWorld;

Event log(const TestWorld& ada, const Deed& deed) {
  return record(ada.environment, ada.world, *ada.signer, deed).event;
}

std::vector<JournalEntry> journal(const TestWorld& ada) {
  return open_journal(ada.environment, ada.world.id()).read();
}

}  // namespace

TEST_CASE("a deed is one signed event in the journal that claims behaviour, quantity and unit") {
  const TestWorld ada;
  const Event event = log(ada, deed("map-aed", "3"));
  CHECK(event.kind == "behaviour.logged");
  CHECK(event.body_text == R"({"behaviour":"map-aed","quantity":"3","unit":"device"})");
  CHECK(event.actor == ada.did());
  CHECK(event.world == ada.world.id());
  CHECK(has_valid_signature(event));
  REQUIRE(journal(ada).size() == 1);
  CHECK(journal(ada).front().event.line == event.line);
}

TEST_CASE(
    "the note follows the behaviour's visibility; place and evidence stay private unless asked otherwise") {
  const TestWorld ada;
  std::ofstream(ada.folder.path() / "foto ü.txt") << "seen";
  Deed teach = deed("teach", "0.5");
  teach.note = "school hall";
  teach.place = *parse_place("50.94,6.96");
  teach.evidence = {ada.folder.path() / "foto ü.txt"};
  const auto visibility_of = [&](std::string_view field) {
    const auto entries = journal(ada);
    const auto entry = open_journal(ada.environment, ada.world.id()).with_large_openings(entries.back());
    for (const JournalOpening& item : entry.openings) {
      CHECK(matches(entry.event, item.opening));
      if (item.opening.field == field) return item.visibility;
    }
    FAIL(field, " is not there");
    return Visibility::private_;
  };
  log(ada, teach);
  CHECK(visibility_of("note") == Visibility::public_);
  CHECK(visibility_of("evidence") == Visibility::private_);
  CHECK(visibility_of("evidence_0_0") == Visibility::private_);
  CHECK(visibility_of("place") == Visibility::private_);
  teach.visibility = Visibility::public_;
  log(ada, teach);
  CHECK(visibility_of("place") == Visibility::public_);
  CHECK(visibility_of("evidence_0_0") == Visibility::public_);
  teach.visibility = Visibility::private_;
  log(ada, teach);
  CHECK(visibility_of("note") == Visibility::private_);

  Deed mend = deed("mend");  // sealed by default
  mend.note = "for stewards";
  mend.place = *parse_place("50.94,6.96");
  mend.evidence = {ada.folder.path() / "foto ü.txt"};
  log(ada, mend);
  CHECK(visibility_of("note") == Visibility::sealed);
  CHECK(visibility_of("evidence") == Visibility::sealed);
  CHECK(visibility_of("place") == Visibility::private_);
  // Nothing of it is in the event.
  CHECK_FALSE(contains(journal(ada).back().event.line, "stewards\""));
}

TEST_CASE("what the definition does not allow is refused before anything is written") {
  const TestWorld ada;
  const auto refusal = [&](const Deed& wrong) { return error_of([&] { log(ada, wrong); }); };
  CHECK(contains(refusal(deed("map-ade")), "did you mean \"map-aed\"?"));
  CHECK(refusal(deed("map-ade")).starts_with("1: "));
  for (const char* id :
       {"a\"b", "../../etc/passwd", "map/aed", "..", "", "😀", "MAP-AED", "map-aed\n", "map\x1b[2Jaed"}) {
    const std::string said = refusal(deed(id));
    CHECK(contains(said, "no behaviour"));
    CHECK_FALSE(contains(said, "\x1b"));
    CHECK_FALSE(contains(said, "\n"));
  }
  CHECK(contains(refusal(deed(std::string(1 << 20, 'x'))), "no behaviour"));
  for (const char* quantity : {"0", "-0", "-1", "-0.000000001"}) {
    CHECK(contains(refusal(deed("map-aed", quantity)), "not greater than zero"));
  }
  CHECK(contains(refusal(deed("map-aed", "1.5")), "more digits after the point"));
  CHECK(contains(refusal(deed("teach", "0.125")), "more digits after the point"));
  CHECK(contains(refusal(deed("map-aed", "21")), "above the most"));
  CHECK(contains(refusal(deed_at("map-aed", "1", "2030-01-01T00:00:00Z")), "lies in the future"));
  Deed unit = deed("map-aed");
  unit.unit = "hour";
  CHECK(contains(refusal(unit), "map-aed is counted in device, not in \"hour\""));
  Deed note = deed("map-aed");
  note.note = std::string(max_note_bytes + 1, 'x');
  CHECK(contains(refusal(note), "more than 8192"));
  note.note = "\xff";
  CHECK(contains(refusal(note), "not UTF-8"));
  CHECK(journal(ada).empty());
}

TEST_CASE("required evidence must be there, of the kind, regular, and within 16 MiB") {
  const TestWorld ada;
  const auto refusal = [&](const Deed& wrong) { return error_of([&] { log(ada, wrong); }); };
  Deed rescue = deed("rescue");
  const std::string missing = refusal(rescue);
  CHECK(missing.starts_with("4: rescue needs evidence: photo"));
  CHECK(contains(missing, "--evidence"));
  rescue.note = "a note is no photo";
  CHECK(refusal(rescue).starts_with("4: "));

  rescue.evidence = {ada.folder.path() / "none.jpg"};
  CHECK(refusal(rescue).starts_with("3: "));
  rescue.evidence = {ada.folder.path()};
  CHECK_FALSE(refusal(rescue).empty());
  ::mkfifo((ada.folder.path() / "pipe").c_str(), 0600);
  rescue.evidence = {ada.folder.path() / "pipe"};
  CHECK_FALSE(refusal(rescue).empty());
  std::ofstream(ada.folder.path() / "big").seekp((16 << 20)).put('x');
  rescue.evidence = {ada.folder.path() / "big"};
  CHECK_FALSE(refusal(rescue).empty());
  CHECK(journal(ada).empty());

  std::ofstream(ada.folder.path() / "photo.jpg") << std::string(300'000, 'p');
  std::filesystem::create_symlink(ada.folder.path() / "photo.jpg", ada.folder.path() / "link.jpg");
  rescue.evidence = {ada.folder.path() / "link.jpg"};
  log(ada, rescue);
  const auto entry = open_journal(ada.environment, ada.world.id()).with_large_openings(journal(ada).back());
  std::vector<Opening> openings;
  for (const JournalOpening& item : entry.openings) openings.push_back(item.opening);
  const auto files = read_evidence(openings);
  REQUIRE(files);
  REQUIRE(files->size() == 1);
  CHECK(files->front().name == "link.jpg");
  CHECK(files->front().content == std::string(300'000, 'p'));
}

TEST_CASE("limits are counted in the world's days and ISO weeks, and say what is left") {
  const TestWorld ada;
  ada.set_time("2026-03-31T00:00:00Z");
  log(ada, deed_at("map-aed", "20", "2026-03-02T15:59:59Z"));  // still Monday there
  log(ada, deed_at("map-aed", "20", "2026-03-02T16:00:00Z"));  // Tuesday
  const std::string day = error_of([&] { log(ada, deed_at("map-aed", "6", "2026-03-02T15:00:00Z")); });
  CHECK(day.starts_with("4: map-aed is limited to 25 device per day: 20 used up, 5 left, 6 asked for"));
  log(ada, deed_at("map-aed", "5", "2026-03-02T15:00:00Z"));
  // The week has 15 left, wherever in it.
  const std::string week = error_of([&] { log(ada, deed_at("map-aed", "16", "2026-03-08T15:59:59Z")); });
  CHECK(contains(week, "60 device per week: 45 used up, 15 left"));
  log(ada, deed_at("map-aed", "16", "2026-03-08T16:00:00Z"));  // the next Monday
  log(ada, deed("mend", "100"));                               // another behaviour has its own
  CHECK(journal(ada).size() == 5);
}

TEST_CASE("what was undone, retracted or corrected uses up only what stands of it") {
  const TestWorld ada;
  const Event first = log(ada, deed("map-aed", "20"));
  CHECK(contains(error_of([&] { log(ada, deed("map-aed", "6")); }), "5 left"));
  record_correction(ada.environment, ada.world, *ada.signer, first.id, deed("", "10"));
  const Event second = log(ada, deed("map-aed", "15"));
  CHECK(contains(error_of([&] { log(ada, deed("map-aed", "1")); }), "0 left"));
  undo(ada.environment, ada.world, second.id);
  log(ada, deed("map-aed", "15"));
  record_retraction(ada.environment, ada.world, *ada.signer, first.id, std::nullopt);
  log(ada, deed("map-aed", "10"));
  // A correction counts in place of what it corrects, and cannot climb over the limit either.
  const Event last = journal(ada).back().event;
  CHECK(contains(
      error_of([&] { record_correction(ada.environment, ada.world, *ada.signer, last.id, deed("", "11")); }),
      "15 used up, 10 left, 11 asked for"));
  record_correction(ada.environment, ada.world, *ada.signer, last.id, deed("", "9"));
}

TEST_CASE("what the log says of me counts too, even where this journal knows nothing of it") {
  TestWorld ada;
  log(ada, deed("attend", "2"));
  submit(ada.environment, ada.world, *ada.signer, {});
  REQUIRE(ada.world.stream.size() > 3);
  CHECK(contains(error_of([&] { log(ada, deed("attend", "1.01")); }), "2 used up, 1 left"));
  std::filesystem::remove_all(ada.environment.data_folder / "journals");
  CHECK(contains(error_of([&] { log(ada, deed("attend", "1.01")); }), "2 used up, 1 left"));
  log(ada, deed("attend", "1"));
  CHECK(contains(error_of([&] { log(ada, deed("attend", "0.01")); }), "3 used up, 0 left"));
}

TEST_CASE("two processes at once cannot both slip under a limit") {
  const TestWorld ada;
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Environment own = ada.environment;
      own.random = system_random;  // the seeded one would give both the same nonce
      int status = 9;
      try {
        record(own, ada.world, *ada.signer, deed("attend", "1"));
        status = 0;
      } catch (const Error& error) {
        status = static_cast<int>(error.code());
      }
      ::_exit(status);
    }
    children.push_back(child);
  }
  int done = 0;
  int refused = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    done += WEXITSTATUS(status) == 0 ? 1 : 0;
    refused += WEXITSTATUS(status) == 4 ? 1 : 0;
  }
  CHECK(done == 3);
  CHECK(refused == 3);
  CHECK(journal(ada).size() == 3);
}

TEST_CASE("a time older than the grace is recorded, with a word on what that means") {
  const TestWorld ada;
  CHECK(record(ada.environment, ada.world, *ada.signer, deed("teach")).notes.empty());
  const Recorded old =
      record(ada.environment, ada.world, *ada.signer, deed_at("teach", "1", "2022-05-31T12:00:00Z"));
  REQUIRE(old.notes.size() == 1);
  CHECK(contains(old.notes.front(), "grace of 30 days"));
  CHECK(contains(old.notes.front(), "steward"));
}

TEST_CASE("a disk that takes no more leaves the journal as it was") {
  const TestWorld ada;
  log(ada, deed("mend"));
  const auto file = ada.environment.data_folder / "journals" / ada.world.id().text() / "journal.jsonl";
  const auto size = std::filesystem::file_size(file);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{size + 100, size + 100};  // enough for a part of the next event
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int status = 9;
    try {
      log(ada, deed("mend"));
      status = 0;
    } catch (const Error& error) {
      status = static_cast<int>(error.code());
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(std::filesystem::file_size(file) == size);
  CHECK(journal(ada).size() == 1);
}

TEST_CASE("a torn tail is set aside by the next deed, and nothing whole is lost") {
  const TestWorld ada;
  log(ada, deed("mend"));
  const Journal mine = open_journal(ada.environment, ada.world.id());
  const auto file = ada.environment.data_folder / "journals" / ada.world.id().text() / "journal.jsonl";
  std::ofstream(file, std::ios::app) << R"({"event":{"actor":"did:key:z6)";
  CHECK(journal(ada).size() == 1);
  log(ada, deed("mend", "2"));
  REQUIRE(journal(ada).size() == 2);
  CHECK(contains(read_file(mine.torn_path(), 1000), R"({"event":{"actor":"did:key:z6)"));
}

}  // namespace bw
