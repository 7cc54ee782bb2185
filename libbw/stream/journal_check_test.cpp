#include "stream/journal_check.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/files.h"
#include "stream/line_file.h"
#include "stream/table.h"
#include "stream/test_stream.h"
#include "stream/withdrawal.h"
#include "tlog/proof.h"
#include "tlog/test_log.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const WorldId world = make_genesis(ada).world_id();

NewEntry deed(const std::string& quantity, std::vector<JournalOpening> openings = {}) {
  return {{.at = {start_of_time},
           .kind = "behaviour.logged",
           .body = logged_body(quantity),
           .details = {},
           .world = world},
          std::move(openings),
          std::nullopt};
}

// A journal with whatever a journal can hold.
struct FullJournal {
  TemporaryFolder folder;
  Journal journal{folder.path() / "journal", world};
  std::vector<Event> events;

  FullJournal() {
    std::vector<JournalOpening> openings = {
        {make_opening("note", "carried it \"upstairs\"", system_random), Visibility::public_}};
    for (Opening& part : make_evidence({{"photo.jpg", std::string(50'000, 'x')}}, system_random))
      openings.push_back({std::move(part), Visibility::private_});
    const std::string row =
        Row{{start_of_time}, "walk", *Decimal::parse("2"), "km", {}, {}, to_base64url(std::string(32, 's'))}
            .line() +
        "\n";
    NewEntry tabled{{.at = {start_of_time},
                     .kind = "behaviour.tabled",
                     .body = parse_table(row)->body(),
                     .details = {},
                     .world = world},
                    {},
                    row};
    const std::vector<NewEntry> entries = {deed("1", openings), deed("2"), tabled, deed("3")};
    events =
        journal.append(*ada.signer, system_random, [&](const std::vector<JournalEntry>&) { return entries; });
    journal.undo(events[1].id);
    CHECK(journal.mark_leaving(sha256("bundle"), {events[0].id}).empty());
    journal.mark_sent({{start_of_time}, sha256("bundle"), {events[0].id}, "home"});
    CHECK(journal.mark_leaving(sha256("other"), {events[3].id}).empty());
    journal.mark_unsent(sha256("other"));
    keep_journal_note(journal, signed_note());
  }

  JournalNote signed_note() const {
    const NoteSigner key = fixed_signer(make_journal_origin(world, ada.did(), counting_random()), 'k');
    const auto leaves = journal_leaves(journal.read());
    const Checkpoint checkpoint{key.verifier().name, leaves.size(), root_of(leaves)};
    Note note{checkpoint.text(), {}};
    note.sign(key);
    return {key.verifier(), note, checkpoint};
  }

  std::string text() const { return read_file(journal.file(), 1u << 20); }
  void put(const std::string& text) const { write_file(journal.file(), text); }
};

}  // namespace

TEST_CASE("a whole journal has nothing wrong, and its parts are counted") {
  const FullJournal full;
  const JournalReport report = check_journal(full.journal, full.signed_note().checkpoint);
  for (const JournalProblem& problem : report.problems) MESSAGE(problem.file << problem.line << problem.what);
  CHECK(report.problems.empty());
  CHECK(report.events == 4);
  CHECK(report.openings == 3);
  CHECK(report.rows == 1);
  CHECK(report.checkpoints == 1);
  CHECK(report.torn_bytes == 0);
}

TEST_CASE("a journal that does not exist has nothing wrong") {
  const TemporaryFolder folder;
  const JournalReport report = check_journal(Journal(folder.path() / "none", world), std::nullopt);
  CHECK(report.problems.empty());
  CHECK(report.events == 0);
}

TEST_CASE("any byte changed in the events of a journal is found, and its line named") {
  const FullJournal full;
  const std::string good = full.text();
  std::size_t tried = 0;
  for (std::size_t at = 0; at < good.size(); at += 11) {
    std::string bad = good;
    bad[at] = bad[at] == 'a' ? 'b' : 'a';
    if (bad == good) continue;
    full.put(bad);
    const JournalReport report = check_journal(full.journal, std::nullopt);
    const std::string_view before = std::string_view(good).substr(0, at);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    CAPTURE(at);
    // What a mark says of a bundle (its digest, when and where it was sent) nothing else knows.
    if (line > full.events.size()) break;
    CHECK(std::any_of(report.problems.begin(), report.problems.end(),
                      [&](const JournalProblem& problem) { return problem.line == line; }));
    ++tried;
  }
  CHECK(tried > 100);
}

TEST_CASE("what is wrong with a journal is said in words, by file and line") {
  const FullJournal full;
  const std::string good = full.text();
  const auto lines = complete_lines(full.journal.file());
  const auto problem_of = [&] {
    const JournalReport report = check_journal(full.journal, std::nullopt);
    REQUIRE_FALSE(report.problems.empty());
    return fmt::format("{}:{}: {}", report.problems.front().file, report.problems.front().line,
                       report.problems.front().what);
  };
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    full.put(changed.replace(changed.find(from), from.size(), to));
  };
  with("upstairs", "downstairs");
  CHECK(problem_of() ==
        fmt::format("journal.jsonl:1: event {}: the opening of note is not what it commits to",
                    full.events[0].id.short_text()));
  with("\"quantity\":\"2\"", "\"quantity\":\"9\"");
  CHECK(contains(problem_of(), "journal.jsonl:2: event"));
  CHECK(contains(problem_of(), "its signature is not that of its actor"));
  full.put(lines[1] + "\n" + good);
  CHECK(contains(problem_of(), "journal.jsonl:3: event"));
  CHECK(contains(problem_of(), "it stands here twice"));
  full.put(good.substr(good.find('\n') + 1));
  CHECK(contains(problem_of(), "which does not stand before it"));
  full.put(good);

  std::filesystem::remove(full.journal.large_path(full.events[0].id));
  CHECK(contains(problem_of(), "the opening of evidence"));
  CHECK(contains(problem_of(), "is missing"));
}

TEST_CASE("rows of a table that are missing or others are named") {
  const FullJournal full;
  const Digest root = *Digest::from_hex(full.events[2].body().at("root").get<std::string>());
  write_file(full.journal.table_file(root), "{}\n", 0600);
  const auto first = [&] { return check_journal(full.journal, std::nullopt).problems.at(0); };
  CHECK(first().line == 3);
  CHECK(contains(first().what, "its table: row 1"));
  std::filesystem::remove(full.journal.table_file(root));
  CHECK(contains(first().what, "the rows of its table are missing"));
}

TEST_CASE("lines that were taken out, put in or exchanged contradict the checkpoint") {
  const FullJournal full;
  const Checkpoint signed_before = full.signed_note().checkpoint;
  const auto lines = complete_lines(full.journal.file());
  const auto problems = [&](const std::vector<std::string>& changed, const std::optional<Checkpoint>& last) {
    std::string text;
    for (const std::string& line : changed) text += line + "\n";
    full.put(text);
    return check_journal(full.journal, last).problems;
  };
  auto fewer = lines;
  fewer.erase(fewer.begin() + 3);
  const auto found = problems(fewer, signed_before);
  CHECK(contains(found.at(found.size() - 2).what, "a checkpoint covers 4 events, and the journal has 3"));
  CHECK(found.at(found.size() - 2).file == "checkpoints.jsonl");
  CHECK(found.back().file == "journal.jsonl");
  auto exchanged = lines;
  std::swap(exchanged[2], exchanged[3]);
  CHECK(contains(problems(exchanged, std::nullopt).at(0).what, "the first 4 events are not those"));
  CHECK(problems(lines, signed_before).empty());
}

TEST_CASE("a torn tail is told of and no fault") {
  const FullJournal full;
  full.put(full.text() + "{\"event\":{\"act");
  const JournalReport report = check_journal(full.journal, std::nullopt);
  CHECK(report.problems.empty());
  CHECK(report.torn_bytes == 14);
}

TEST_CASE("a note in a journal is read as it was written, and no other") {
  const FullJournal full;
  const JournalNote note = full.signed_note();
  std::string line = note.line();
  line.pop_back();
  const auto read = JournalNote::parse(line);
  REQUIRE_MESSAGE(read, read.reason());
  CHECK(read->line() == note.line());
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string bad = line;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    CHECK_FALSE(JournalNote::parse(bad));
  }
}

TEST_CASE("later cosignatures of a checkpoint take the place of the note without them") {
  FullJournal full;
  JournalNote note = full.signed_note();
  cosign(note.note, fixed_witness("witness.example/w1", '1'), {start_of_time});
  keep_journal_note(full.journal, note);
  const auto notes = read_journal_notes(full.journal);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].note.signatures.size() == 2);
}

TEST_CASE("the name of a journal's log tells world and owner, and no two are alike") {
  const std::string name = make_journal_origin(world, ada.did(), system_random);
  const auto read = parse_journal_origin(name);
  REQUIRE(read);
  CHECK(read->world == world);
  CHECK(read->owner == ada.did());
  CHECK(name != make_journal_origin(world, ada.did(), system_random));
  for (const std::string& bad : {name + "0", name + "/", name.substr(1), std::string("bw/journal/"),
                                 "bw/" + world.text(), std::string()}) {
    CHECK_FALSE(parse_journal_origin(bad));
  }
}

TEST_CASE("an opening that was withdrawn and erased is a hole, and one that only went is a fault") {
  FullJournal full;
  const std::vector<std::string> gone = {"evidence_0_0", "note"};
  full.journal.erase_openings(full.events[0].id, gone);
  CHECK(check_journal(full.journal, std::nullopt).problems.size() == 2);
  CHECK(read_file(full.journal.file(), 1u << 20).find("upstairs") == std::string::npos);
  NewEntry withdrawal{{.at = {start_of_time},
                       .kind = "details.withdrawn",
                       .body = WithdrawnFields{full.events[0].id, {gone.begin(), gone.end()}}.body(),
                       .details = {},
                       .world = world},
                      {},
                      std::nullopt};
  full.journal.append(*ada.signer, system_random,
                      [&](const std::vector<JournalEntry>&) { return std::vector{withdrawal}; });
  const JournalReport report = check_journal(full.journal, std::nullopt);
  for (const JournalProblem& problem : report.problems) MESSAGE(problem.file << problem.line << problem.what);
  CHECK(report.problems.empty());
}
