#include "stream/journal_merge.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "stream/journal_check.h"
#include "stream/line_file.h"
#include "stream/table.h"
#include "stream/test_stream.h"
#include "tlog/proof.h"
#include "tlog/test_log.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const WorldId world = make_genesis(ada).world_id();

struct Machine {
  TemporaryFolder folder;
  Journal journal{folder.path() / "journal", world};

  Event log(const std::string& quantity, std::vector<JournalOpening> openings = {}) {
    const NewEntry entry{{.at = {start_of_time},
                          .kind = "behaviour.logged",
                          .body = logged_body(quantity),
                          .details = {},
                          .world = world},
                         std::move(openings),
                         std::nullopt};
    return journal
        .append(*ada.signer, system_random,
                [&](const std::vector<JournalEntry>&) { return std::vector{entry}; })
        .front();
  }
  std::string text() const { return read_file_if_exists(journal.file(), 1u << 24).value_or(""); }
  std::vector<JournalProblem> problems() const { return check_journal(journal, std::nullopt).problems; }
  JournalMerge take(const Machine& other) { return merge_journal(journal, other.journal.folder()); }
};

JournalNote note_over(const Machine& machine) {
  const NoteSigner key = fixed_signer(make_journal_origin(world, ada.did(), counting_random()), 'k');
  const auto leaves = journal_leaves(machine.journal.read());
  const Checkpoint checkpoint{key.verifier().name, leaves.size(), root_of(leaves)};
  Note note{checkpoint.text(), {}};
  note.sign(key);
  return {key.verifier(), note, checkpoint};
}

}  // namespace

TEST_CASE("an empty journal becomes the copy, byte for byte, with its files and checkpoints") {
  Machine old_machine, fresh;
  std::vector<JournalOpening> photo;
  for (Opening& part : make_evidence({{"photo.jpg", std::string(50'000, 'x')}}, system_random))
    photo.push_back({std::move(part), Visibility::private_});
  old_machine.log("1", photo);
  old_machine.journal.undo(old_machine.log("2").id);
  keep_journal_note(old_machine.journal, note_over(old_machine));
  const JournalMerge merged = fresh.take(old_machine);
  CHECK(merged.events == 2);
  CHECK(merged.marks == 1);
  CHECK(merged.files == 1);
  CHECK(merged.checkpoints == 1);
  CHECK(fresh.text() == old_machine.text());
  CHECK(fresh.problems().empty());
}

TEST_CASE("what two machines wrote is all there afterwards, and twice changes nothing") {
  Machine here, there;
  here.log("1");
  keep_journal_note(here.journal, note_over(here));
  CHECK(there.take(here).events == 1);
  const Event mine = here.log("2");
  there.log("3");
  there.journal.mark_sent({{start_of_time}, sha256("bundle"), {there.journal.read()[1].event.id}, "home"});
  const std::string before = here.text();
  const JournalMerge merged = here.take(there);
  CHECK(merged.events == 1);
  CHECK(merged.marks == 1);
  CHECK(here.text().starts_with(before));  // so that what was signed of it stays true
  CHECK(here.problems().empty());
  const auto entries = here.journal.read();
  REQUIRE(entries.size() == 3);
  CHECK(entries[1].event.id == mine.id);
  CHECK(entries[2].bundles == std::vector{sha256("bundle")});
  const std::string once = here.text();
  CHECK(here.take(there).events == 0);
  CHECK(here.text() == once);
  CHECK(there.take(here).events == 1);
  CHECK(there.journal.read().size() == 3);
}

TEST_CASE("a mark that stands again in the copy is taken again") {
  Machine here, there;
  const Event event = here.log("1");
  here.journal.mark_leaving(sha256("bundle"), {event.id});
  here.journal.mark_unsent(sha256("bundle"));
  CHECK(there.take(here).marks == 2);
  there.journal.mark_leaving(sha256("bundle"), {event.id});
  // The copy was made when the bundle may have been out again.
  CHECK(here.take(there).marks == 1);
  CHECK(here.journal.read()[0].leaving == std::set{sha256("bundle")});
  CHECK(here.take(there).marks == 0);
}

TEST_CASE("lines that are no lines of this journal are kept aside, once, and the others taken") {
  Machine here, there;
  there.log("1");
  write_file(there.journal.file(), "{\"event\":{\"bad\n" + there.text() + "words\n");
  CHECK(here.take(there).bad_lines == 2);
  CHECK(here.journal.read().size() == 1);
  CHECK(here.take(there).bad_lines == 2);
  CHECK(read_file(here.journal.torn_path(), 1000) == "{\"event\":{\"bad\nwords\n");
}

TEST_CASE("a checkpoint of a journal that stands in another order here is not taken for one of it") {
  Machine here, there;
  here.log("1");
  there.log("2");
  keep_journal_note(there.journal, note_over(there));
  const JournalMerge merged = here.take(there);
  CHECK(merged.events == 1);
  CHECK(merged.lost_checkpoints == 1);
  CHECK(here.problems().empty());
}

TEST_CASE("a damaged table is mended from the copy, and a whole one never replaced") {
  Machine here, there;
  const std::string row = Row{{start_of_time}, "walk", *Decimal::parse("2"), "km", {}, {}, {}}.line() + "\n";
  const Digest root = parse_table(row)->root;
  write_file(there.journal.table_file(root), row);
  write_file(here.journal.table_file(root), "damaged\n");
  CHECK(here.take(there).files == 1);
  CHECK(here.journal.table_rows(root) == row);
  write_file(there.journal.table_file(root), "damaged\n");
  CHECK(here.take(there).files == 0);
  CHECK(here.journal.table_rows(root) == row);
}

TEST_CASE("what is beyond is what makes the one into the other, however they overlap") {
  rc::check([](std::vector<bool> first, std::vector<bool> second) {
    const auto lines = [](const std::vector<bool>& bits) {
      std::vector<std::string> list;
      for (const bool bit : bits) list.emplace_back(bit ? "one" : "two");
      return list;
    };
    const auto copy = lines(first), here = lines(second);
    auto whole = here;
    for (const std::string& line : lines_beyond(copy, here)) whole.push_back(line);
    RC_ASSERT(lines_beyond(copy, whole).empty());
    for (const char* word : {"one", "two"}) {
      RC_ASSERT(
          std::count(whole.begin(), whole.end(), word) ==
          std::max(std::count(copy.begin(), copy.end(), word), std::count(here.begin(), here.end(), word)));
    }
  });
}

TEST_CASE("what was erased here does not come back from a copy that has it, nor the event a second time") {
  Machine here, there;
  const Event event = here.log("1", {{make_opening("note", "too much", system_random), Visibility::public_}});
  CHECK(there.take(here).events == 1);
  here.journal.erase_openings(event.id, {"note"});
  const std::string before = here.text();
  CHECK(here.take(there).events == 0);
  CHECK(here.text() == before);
  CHECK(before.find("too much") == std::string::npos);
  CHECK(there.text().find("too much") != std::string::npos);
}
