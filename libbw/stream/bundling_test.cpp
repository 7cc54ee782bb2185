#include "stream/bundling.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ben = actor('b');
const WorldId world = make_genesis(actor('a')).world_id();

NewEntry deed(const std::string& words, std::size_t notes, bool is_public) {
  NewEntry entry{{.at = {start_of_time},
                  .kind = "behaviour.logged",
                  .body = logged_body(),
                  .details = {},
                  .world = world},
                 {},
                 std::nullopt};
  for (std::size_t i = 0; i < notes; ++i) {
    entry.openings.push_back({make_opening("note" + std::to_string(i), words, system_random),
                              is_public ? Visibility::public_ : Visibility::private_});
  }
  return entry;
}

NewEntry tabled(int rows) {
  std::string content;
  for (int i = 1; i <= rows; ++i) {
    Row row;
    row.at = Timestamp{start_of_time};
    row.behaviour = "map-aed";
    row.quantity = Decimal(i);
    row.unit = "device";
    content += row.line() + "\n";
  }
  return {{.at = {start_of_time},
           .kind = "behaviour.tabled",
           .body = parse_table(content)->body(),
           .details = {},
           .world = world},
          {},
          content};
}

struct TestJournal {
  TemporaryFolder folder;
  Journal journal{folder.path() / "journal", world};

  explicit TestJournal(const std::vector<NewEntry>& entries) {
    journal.append(*ben.signer, system_random, [&](const std::vector<JournalEntry>&) { return entries; });
  }
};

// The bytes of every bundle.
std::vector<std::string> bundles_of(const Journal& journal, const BundleLimits& limits) {
  const std::vector<JournalEntry> entries = journal.read();
  std::vector<std::string> bundles;
  for (std::size_t next = 0; next < entries.size();) {
    bundles.push_back(write_bundle(
        next_bundle(journal, entries, next, ben.did(), world, {start_of_time}, limits), *ben.signer));
  }
  return bundles;
}

}  // namespace

TEST_CASE("any journal travels in bundles within the limits, every event once and in order") {
  CHECK(rc::check("any journal travels", [] {
    std::vector<NewEntry> entries;
    const int count = *rc::gen::inRange(0, 40);
    for (int i = 0; i < count; ++i) {
      if (*rc::gen::inRange(0, 8) == 0) {
        entries.push_back(tabled(*rc::gen::inRange(1, 60)));
        continue;
      }
      const std::string words(*rc::gen::inRange<std::size_t>(0, 12'000), '"');  // escaped, twice as long
      entries.push_back(deed(words, *rc::gen::inRange<std::size_t>(0, 3), *rc::gen::arbitrary<bool>()));
    }
    const TestJournal one(entries);
    const BundleLimits limits{*rc::gen::inRange<std::size_t>(60'000, 120'000),
                              *rc::gen::inRange<std::size_t>(1, 12), *rc::gen::inRange<std::size_t>(3, 12)};
    std::vector<EventId> sent;
    std::size_t openings = 0;
    for (const std::string& bytes : bundles_of(one.journal, limits)) {
      const auto bundle = parse_bundle(bytes);
      RC_ASSERT(bundle.reason() == "");
      RC_ASSERT(bytes.size() <= limits.bytes);
      RC_ASSERT(bundle->events.size() <= limits.events);
      RC_ASSERT(bundle->openings.size() <= limits.openings);
      RC_ASSERT(!bundle->events.empty());
      for (const Event& event : bundle->events) sent.push_back(event.id);
      for (const BundledOpening& item : bundle->openings) {
        const auto owner = std::find_if(bundle->events.begin(), bundle->events.end(),
                                        [&](const Event& event) { return event.id == item.event; });
        RC_ASSERT(owner != bundle->events.end());
        RC_ASSERT(matches(*owner, item.opening));
      }
      openings += bundle->openings.size();
      for (const Event& event : bundle->events) {
        if (event.kind != "behaviour.tabled") continue;
        RC_ASSERT(std::any_of(bundle->tables.begin(), bundle->tables.end(),
                              [&](const Table& t) { return t.root.hex() == event.body().at("root"); }));
      }
    }
    std::vector<EventId> logged;
    std::size_t meant = 0;
    for (const JournalEntry& entry : one.journal.read()) {
      logged.push_back(entry.event.id);
      for (const JournalOpening& item : one.journal.with_large_openings(entry).openings)
        meant += item.visibility == Visibility::public_ ? 1 : 0;
    }
    RC_ASSERT(sent == logged);
    RC_ASSERT(openings == meant);
  }));
}

TEST_CASE("a journal of more than a bundle's bytes in event lines alone is cut") {
  // 32 KiB each: the lines weigh, not the openings.
  std::vector<NewEntry> entries;
  NewEntry large = deed("", 0, true);
  large.draft.kind = "magic.cast";
  large.draft.body = {{"words", std::string(31'000, 'x')}};
  entries.assign(12, large);
  const TestJournal one(entries);
  const BundleLimits limits{.bytes = 100'000};
  const auto bundles = bundles_of(one.journal, limits);
  CHECK(bundles.size() == 4);
  for (const std::string& bytes : bundles) CHECK(bytes.size() <= limits.bytes);
}

TEST_CASE("an event that no bundle holds is named, and those before it still travel") {
  const TestJournal one({deed("few", 1, true), deed(std::string(5'000, 'x'), 3, true)});
  const auto entries = one.journal.read();
  std::size_t next = 0;
  const BundleLimits limits{.bytes = 10'000};
  CHECK(next_bundle(one.journal, entries, next, ben.did(), world, {start_of_time}, limits).events.size() ==
        1);
  CHECK(contains(failure_of([&] {
                   next_bundle(one.journal, entries, next, ben.did(), world, {start_of_time}, limits);
                 }).what,
                 entries[1].event.id.short_text()));
}
