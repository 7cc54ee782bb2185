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

const PersonalSeed stewards_seed = PersonalSeed::generate(counting_random(8));
const Sealing sealing{{stewards_seed.box_public_key()}, system_random};

NewEntry deed(const std::string& words, std::size_t notes, Visibility visibility) {
  NewEntry entry{{.at = {start_of_time},
                  .kind = "behaviour.logged",
                  .body = logged_body(),
                  .details = {},
                  .world = world},
                 {},
                 std::nullopt};
  for (std::size_t i = 0; i < notes; ++i) {
    entry.openings.push_back({make_opening("note" + std::to_string(i), words, system_random), visibility});
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
    bundles.push_back(
        write_bundle(next_bundle(journal, entries, next, ben.did(), world, {start_of_time}, limits, sealing),
                     *ben.signer));
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
      const auto visibility =
          *rc::gen::element(Visibility::public_, Visibility::sealed, Visibility::private_);
      // Escaped, twice as long; what is sealed is filled up and grows again.
      const std::size_t most = visibility == Visibility::sealed ? 4'000 : 12'000;
      const std::string words(*rc::gen::inRange<std::size_t>(0, most), '"');
      entries.push_back(deed(words, *rc::gen::inRange<std::size_t>(0, 3), visibility));
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
      RC_ASSERT(bundle->openings.size() + bundle->sealed.size() <= limits.openings);
      RC_ASSERT(!bundle->events.empty());
      for (const Event& event : bundle->events) sent.push_back(event.id);
      for (const BundledOpening& item : bundle->openings) {
        const auto owner = std::find_if(bundle->events.begin(), bundle->events.end(),
                                        [&](const Event& event) { return event.id == item.event; });
        RC_ASSERT(owner != bundle->events.end());
        RC_ASSERT(matches(*owner, item.opening));
      }
      for (const BundledSealed& item : bundle->sealed) {
        const auto owner = std::find_if(bundle->events.begin(), bundle->events.end(),
                                        [&](const Event& event) { return event.id == item.event; });
        RC_ASSERT(owner != bundle->events.end());
        RC_ASSERT(static_cast<bool>(open_sealed(*owner, item.opening, stewards_seed)));
      }
      openings += bundle->openings.size() + bundle->sealed.size();
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
        meant += item.visibility == Visibility::private_ ? 0 : 1;
    }
    RC_ASSERT(sent == logged);
    RC_ASSERT(openings == meant);
  }));
}

TEST_CASE("a journal of more than a bundle's bytes in event lines alone is cut") {
  // 32 KiB each: the lines weigh, not the openings.
  std::vector<NewEntry> entries;
  NewEntry large = deed("", 0, Visibility::public_);
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
  const TestJournal one(
      {deed("few", 1, Visibility::public_), deed(std::string(5'000, 'x'), 3, Visibility::public_)});
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

TEST_CASE("what is sealed does not leave where nobody could read it") {
  const TestJournal one({deed("a secret", 1, Visibility::sealed)});
  const auto entries = one.journal.read();
  std::size_t next = 0;
  const Failure failure =
      failure_of([&] { next_bundle(one.journal, entries, next, ben.did(), world, {start_of_time}); });
  CHECK(failure.code == ErrorCode::refused);
  CHECK(contains(failure.what, "no steward"));
  CHECK(next == 0);
}
