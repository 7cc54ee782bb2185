#include "stream/journal.h"

#include <ctime>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stream/table.h"
#include "stream/test_stream.h"
#include "stream/withdrawal.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const WorldId world = make_genesis(ada).world_id();

NewEntry entry(const std::string& quantity = "1", std::vector<JournalOpening> openings = {}) {
  return {{.at = {start_of_time},
           .kind = "behaviour.logged",
           .body = logged_body(quantity),
           .details = {},
           .world = world},
          std::move(openings),
          std::nullopt};
}

JournalOpening note(const std::string& words, Visibility visibility = Visibility::public_) {
  return {make_opening("note", words, system_random), visibility};
}

struct JournalFolder {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "journals" / "one";
  Journal journal{path, world};

  std::vector<Event> add(const std::vector<NewEntry>& entries) {
    return journal.append(*ada.signer, system_random,
                          [&](const std::vector<JournalEntry>&) { return entries; });
  }
  std::string text() const { return read_file(path / "journal.jsonl", 1u << 28); }
  void put(const std::string& text) const { write_file(path / "journal.jsonl", text); }
};

}  // namespace

TEST_CASE("a journal that does not exist is empty") {
  const JournalFolder one;
  CHECK(one.journal.read().empty());
  CHECK(one.journal.sent().empty());
  CHECK_FALSE(one.journal.table_rows(sha256("x")));
}

TEST_CASE("what was appended is read in its order with its openings") {
  JournalFolder one;
  const auto first = one.add({entry("1", {note("one \"word\" 急救\n")}), entry("2")});
  const auto second = one.add({entry("3", {note("hidden", Visibility::private_)})});
  const auto entries = one.journal.read();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].event.id == first[0].id);
  CHECK(entries[1].event.id == first[1].id);
  CHECK(entries[2].event.id == second[0].id);
  REQUIRE(entries[0].openings.size() == 1);
  CHECK(entries[0].openings[0].visibility == Visibility::public_);
  CHECK(matches(entries[0].event, entries[0].openings[0].opening));
  CHECK(entries[2].openings[0].visibility == Visibility::private_);
  CHECK(has_valid_signature(entries[2].event));
  struct stat status {};
  REQUIRE(::stat((one.path / "journal.jsonl").c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);
  REQUIRE(::stat(one.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);
}

TEST_CASE("the decision sees what the journal holds, and may be to add nothing or to fail") {
  JournalFolder one;
  one.add({entry()});
  const std::string before = one.text();
  std::size_t seen = 0;
  one.journal.append(*ada.signer, system_random, [&](const std::vector<JournalEntry>& entries) {
    seen = entries.size();
    return std::vector<NewEntry>{};
  });
  CHECK(seen == 1);
  CHECK(one.text() == before);
  CHECK(failure_of([&] {
          one.journal.append(*ada.signer, system_random,
                             [](const std::vector<JournalEntry>&) -> std::vector<NewEntry> {
                               throw Error(ErrorCode::refused, "over the limit");
                             });
        }).what == "over the limit");
  CHECK(one.text() == before);
  NewEntry bad = entry();
  bad.draft.kind = "nonsense";
  CHECK(failure_of([&] { one.add({entry(), bad}); }).code == ErrorCode::invalid);
  CHECK(one.text() == before);
}

TEST_CASE("a journal takes events of its own world, and each detail once") {
  JournalFolder one;
  NewEntry other = entry();
  other.draft.world = WorldId{sha256("other")};
  CHECK(failure_of([&] { one.add({other}); }).code == ErrorCode::invalid);
  CHECK(contains(failure_of([&] { one.add({entry("1", {note("a"), note("b")})}); }).what, "twice"));
  CHECK(one.journal.read().empty());
}

TEST_CASE("a body that looks like the end of an event is read back") {
  JournalFolder one;
  NewEntry tricky = entry();
  tricky.draft.kind = "magic.cast";
  tricky.draft.body = {{"a", {{"b", "c"}}}, {"openings", {{{"x", 1}}}}, {"z", {{"sig", "d"}}}};
  tricky.openings = {
      {make_opening("note", Json{{"a", {{"b", "c"}}}, {"openings", Json::array()}}, system_random),
       Visibility::public_}};
  const auto events = one.add({tricky, entry()});
  const auto entries = one.journal.read();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].event.line == events[0].line);
  CHECK(matches(entries[0].event, entries[0].openings.at(0).opening));
}

TEST_CASE("what was never sent can be taken back, once") {
  JournalFolder one;
  const auto events = one.add({entry("1"), entry("2")});
  one.journal.undo(events[0].id);
  auto entries = one.journal.read();
  CHECK(entries[0].undone);
  CHECK_FALSE(entries[1].undone);
  CHECK(failure_of([&] { one.journal.undo(events[0].id); }).code == ErrorCode::refused);
  CHECK(failure_of([&] { one.journal.undo(EventId{sha256("x")}); }).code == ErrorCode::invalid);

  one.journal.mark_sent({{start_of_time}, sha256("bundle"), {events[1].id}, "https://example.org/\xff"});
  entries = one.journal.read();
  CHECK(entries[1].bundles == std::vector{sha256("bundle")});
  CHECK(failure_of([&] { one.journal.undo(events[1].id); }).code == ErrorCode::refused);
  const auto sent = one.journal.sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].at == Timestamp{start_of_time});
  CHECK(sent[0].events == std::vector{events[1].id});
  CHECK(sent[0].to.starts_with("https://example.org/"));
}

TEST_CASE("what is about to leave cannot be taken back, and what was taken back does not leave") {
  JournalFolder one;
  const auto events = one.add({entry("1"), entry("2"), entry("3")});
  const Digest bundle = sha256("bundle");
  one.journal.undo(events[2].id);
  // All or none: the bundle is made anew without it.
  CHECK(one.journal.mark_leaving(bundle, {events[0].id, events[2].id}) == std::vector{events[2].id});
  CHECK(one.journal.read()[0].leaving.empty());

  CHECK(one.journal.mark_leaving(bundle, {events[0].id, events[1].id}).empty());
  // As after a crash: it still waits, and yet may be out.
  auto entries = one.journal.read();
  CHECK(entries[0].leaving == std::set{bundle});
  CHECK(entries[0].bundles.empty());
  const Failure failure = failure_of([&] { one.journal.undo(events[0].id); });
  CHECK(failure.code == ErrorCode::refused);
  CHECK(contains(failure.what, "being submitted"));

  // A second attempt ends for certain; the first is still open.
  CHECK(one.journal.mark_leaving(sha256("second"), {events[0].id, events[1].id}).empty());
  one.journal.mark_unsent(sha256("second"));
  CHECK(failure_of([&] { one.journal.undo(events[0].id); }).code == ErrorCode::refused);
  one.journal.mark_unsent(bundle);
  one.journal.undo(events[0].id);
  CHECK(one.journal.mark_leaving(sha256("third"), {events[1].id}).empty());
  one.journal.mark_sent({{start_of_time}, sha256("third"), {events[1].id}, "home"});
  entries = one.journal.read();
  CHECK(entries[0].undone);
  CHECK(entries[1].leaving.empty());
  CHECK(entries[1].bundles == std::vector{sha256("third")});
}

TEST_CASE("large openings and tables lie beside the journal") {
  JournalFolder one;
  const std::string words(100'000, 'x');
  std::vector<JournalOpening> openings = {note("short")};
  for (Opening& opening : make_evidence({{"photo.jpg", words}}, system_random)) {
    openings.push_back({std::move(opening), Visibility::private_});
  }
  NewEntry with_table = entry();
  with_table.table_rows = "rows\n";
  with_table.draft.body["root"] = sha256("table").hex();
  one.add({entry("1", openings), with_table});
  CHECK(one.text().size() < 10'000);
  const auto entries = one.journal.read();
  CHECK(entries[0].openings.size() == 2);
  const JournalEntry whole = one.journal.with_large_openings(entries[0]);
  REQUIRE(whole.openings.size() == 3);
  std::vector<Opening> all;
  for (const JournalOpening& item : whole.openings) {
    CHECK(matches(whole.event, item.opening));
    all.push_back(item.opening);
  }
  CHECK(read_evidence(all)->at(0).content == words);
  CHECK(one.journal.table_rows(sha256("table")) == "rows\n");

  const auto file = one.path / "large" / (whole.event.id.text() + ".jsonl");
  write_file(file, "{\n");
  const Failure failure = failure_of([&] { one.journal.with_large_openings(entries[0]); });
  CHECK(failure.code == ErrorCode::invalid);
  CHECK(contains(failure.what, "line 1"));
}

TEST_CASE("openings are public once revealed and private once withdrawn, large ones too") {
  JournalFolder one;
  std::vector<JournalOpening> openings = {note("words", Visibility::private_)};
  for (Opening& opening : make_evidence({{"photo.jpg", std::string(100'000, 'x')}}, system_random))
    openings.push_back({std::move(opening), Visibility::sealed});
  const Event deed = one.add({entry("1", openings)}).front();
  const auto visibility = [&](std::string_view field) {
    const JournalEntry whole = one.journal.with_large_openings(one.journal.read().front());
    for (const JournalOpening& item : whole.openings) {
      if (item.opening.field == field) return item.visibility;
    }
    FAIL(field, " is not there");
    return Visibility::private_;
  };
  CHECK(visibility("evidence_0_0") == Visibility::sealed);
  one.journal.reveal(deed.id, {"evidence_0_0", "note"});
  CHECK(visibility("evidence_0_0") == Visibility::public_);
  CHECK(visibility("note") == Visibility::public_);
  CHECK(visibility("evidence") == Visibility::sealed);

  NewEntry withdrawal = entry();
  withdrawal.draft.kind = "details.withdrawn";
  withdrawal.draft.body = WithdrawnFields{deed.id, {"evidence_0_0", "note"}}.body();
  const Event withdrawn = one.add({withdrawal}).front();
  CHECK(visibility("evidence_0_0") == Visibility::private_);
  CHECK(visibility("note") == Visibility::private_);
  one.journal.undo(withdrawn.id);
  CHECK(visibility("note") == Visibility::public_);
}

TEST_CASE("a bundle that was taken back lets its events wait again") {
  JournalFolder one;
  const Event deed = one.add({entry("1")}).front();
  one.journal.mark_sent({{start_of_time}, sha256("bundle"), {deed.id}, "home"});
  CHECK(one.journal.read().front().bundles.size() == 1);
  one.journal.mark_unsent(sha256("bundle"));
  CHECK(one.journal.read().front().bundles.empty());
}

TEST_CASE("what is erased from a journal is in none of its files, and all else is as it was") {
  JournalFolder one;
  const std::string words = "words-to-be-gone";
  const std::string content = words + std::string(100'000, 'x');
  std::vector<JournalOpening> openings = {note(words)};
  for (Opening& opening : make_evidence({{"photo.jpg", content}, {"kept.txt", "kept"}}, system_random))
    openings.push_back({std::move(opening), Visibility::private_});
  const auto events = one.add({entry("1", {note("another's")}), entry("2", openings)});
  one.journal.erase_openings(events[1].id, {"note", "evidence_0_0"});
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(one.path)) {
    if (file.is_regular_file()) all += read_file(file.path(), 1u << 28);
  }
  CHECK_FALSE(contains(all, words));
  CHECK_FALSE(contains(all, to_base64url(content.substr(0, 300))));
  const auto entries = one.journal.read();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].openings.size() == 1);
  CHECK(entries[1].event.line == events[1].line);
  CHECK(one.journal.with_large_openings(entries[1]).openings.size() == 2);  // the list, and the other file
  one.journal.erase_openings(events[1].id, {"note"});
  CHECK(one.add({entry("3")}).size() == 1);
}

TEST_CASE("a line torn at any byte is set aside and loses nothing else") {
  JournalFolder one;
  one.add({entry("1")});
  const std::string before = one.text();
  one.add({entry("2", {note("words")})});
  const std::string whole = one.text();
  for (std::size_t at = before.size() + 1; at < whole.size(); at += 7) {
    one.put(whole.substr(0, at));
    std::filesystem::remove(one.journal.torn_path());
    REQUIRE(one.journal.read().size() == 1);
    one.add({entry("3")});
    const auto entries = one.journal.read();
    REQUIRE(entries.size() == 2);
    CHECK(entries[1].event.body() == logged_body("3"));
    CHECK(read_file(one.journal.torn_path(), 1u << 20) ==
          whole.substr(before.size(), at - before.size()) + "\n");
  }
}

TEST_CASE("every torn tail is kept") {
  JournalFolder one;
  one.add({entry("1")});
  for (const char* tail : {"one", "two", "three"}) {
    one.put(one.text() + tail);
    one.add({entry("2")});
  }
  CHECK(read_file(one.journal.torn_path(), 1000) == "one\ntwo\nthree\n");
  CHECK(one.journal.read().size() == 4);
  // Even where what was set aside before is torn itself.
  write_file(one.journal.torn_path(), "broken");
  one.put(one.text() + "four");
  one.add({entry("2")});
  CHECK(one.journal.read().size() == 5);
  CHECK(contains(read_file(one.journal.torn_path(), 1000), "four\n"));
}

TEST_CASE("a journal that holds nothing but a torn line begins again") {
  JournalFolder one;
  one.add({entry("1")});
  one.put("{\"event\":{");
  CHECK(one.journal.read().empty());
  one.add({entry("2")});
  CHECK(one.journal.read().size() == 1);
}

TEST_CASE("a damaged line in the middle is named, and nothing is appended after it") {
  JournalFolder one;
  const auto events = one.add({entry("1"), entry("2", {note("words")}), entry("3")});
  one.journal.mark_sent({{start_of_time}, sha256("bundle"), {events[0].id}, "home"});
  const std::string good = one.text();
  const std::size_t start = good.find('\n') + 1;
  const std::size_t end = good.find('\n', start);
  const std::string line = good.substr(start, end - start);
  std::vector<std::string> damaged = {"",
                                      "{}",
                                      "x",
                                      "[]",
                                      "5",
                                      "{\"event\":{}}",
                                      "{\"undone\":5}",
                                      "{\"undone\":\"x\"}",
                                      "{\"undone\":",
                                      "{\"sent\":5}",
                                      "{\"sent\":{}}",
                                      R"({"sent":{"at":"x","bundle":"x","events":[],"to":"x"}})",
                                      R"({"sent":{"at":5}})"};
  for (std::size_t at = 0; at + 1 < line.size(); at += 5) damaged.push_back(line.substr(0, at));
  for (std::size_t at = 0; at < 60; ++at) {
    std::string changed = line;
    changed[changed.size() - 1 - at] = '?';
    damaged.push_back(changed);
  }
  for (const std::string& bad : damaged) {
    CAPTURE(bad);
    one.put(good.substr(0, start) + bad + good.substr(end));
    std::string what;
    try {
      one.journal.read();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid);
      what = error.what();
    }
    // A change within the words of a note keeps a form; whether it still opens is for `matches` to say.
    if (what.empty()) {
      CHECK(bad.size() == line.size());
      continue;
    }
    CHECK(contains(what, "line 2"));
    const std::string before = one.text();
    CHECK_THROWS_AS(one.add({entry("4")}), Error);
    CHECK(one.text() == before);
  }
}

TEST_CASE("many processes append at once and every event is whole") {
  JournalFolder one;
  constexpr int processes = 20;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int result = 1;
      try {
        for (int j = 0; j < 5; ++j) one.add({entry(std::to_string(i * 5 + j + 1))});
        result = 0;
      } catch (...) {
        result = 1;
      }
      ::_exit(result);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) > 0);
    CHECK(status == 0);
  }
  std::set<std::string> quantities;
  for (const JournalEntry& item : one.journal.read()) {
    CHECK(has_valid_signature(item.event));
    quantities.insert(item.event.body().at("quantity"));
  }
  CHECK(quantities.size() == 5 * processes);
  CHECK_FALSE(std::filesystem::exists(one.journal.torn_path()));
}

TEST_CASE("a journal of twenty thousand entries is read in a moment") {
  JournalFolder one;
  const auto events = one.add({entry("1", {note("words")})});
  const std::string line = one.text();
  const auto seconds_for = [&](std::size_t entries) {
    std::string text;
    for (std::size_t i = 0; i < entries; ++i) text += line;
    for (std::size_t i = 0; i < entries / 20; ++i) text += "{\"undone\":\"" + events[0].id.text() + "\"}\n";
    one.put(text);
    const std::clock_t start = std::clock();
    CHECK(one.journal.read().size() == entries);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };
  const double half = seconds_for(10'000);
  const double whole = seconds_for(20'000);
  MESSAGE("processor time of 10,000: " << half << " s; of 20,000: " << whole << " s");
  CHECK(whole < 3 * half);  // twice as long, where looking back at all others would be four times
}

TEST_CASE("a folder that cannot be written to is an error that says so") {
  if (::geteuid() == 0) return;  // root writes everywhere
  JournalFolder one;
  std::filesystem::permissions(one.folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  CHECK(failure_of([&] { one.add({entry()}); }).code == ErrorCode::cannot);
  std::filesystem::permissions(one.folder.path(), std::filesystem::perms::owner_all);
}
