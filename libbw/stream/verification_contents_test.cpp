#include <doctest/doctest.h>

#include "stream/test_full_world.h"
#include "stream/verification.h"

using namespace bw;
using namespace bw::stream_test;

TEST_CASE("a steward who edits history is named with the line") {
  FullWorld world;
  const std::vector<std::string> lines = lines_of(world.log());
  REQUIRE(lines.size() == 7);
  const auto problems = [&](const std::vector<std::string>& changed) {
    return world.problems(world.commit({world.put("log/000.jsonl", joined(changed))}));
  };
  auto changed = lines;
  changed[2] = world.line(world.logged(ben, "1000"));
  CHECK(contains(problems(changed), "log/000.jsonl line 3: an entry that the log held before was changed"));
  changed = lines;
  changed.erase(changed.begin() + 4);
  CHECK(contains(problems(changed), "log/000.jsonl line 5"));
  changed = lines;
  changed.pop_back();
  CHECK(contains(problems(changed), "log/000.jsonl line 7"));
  changed = lines;
  std::swap(changed[5], changed[6]);
  CHECK(contains(problems(changed), "log/000.jsonl line 6"));
  changed = lines;
  changed.insert(changed.begin() + 1, world.line(world.logged(ben, "1000")));
  CHECK(contains(problems(changed), "log/000.jsonl line 2"));
  changed = lines;
  changed[0] = " " + changed[0];
  CHECK(contains(problems(changed), "log/000.jsonl line 1"));
  // The least edit there is: the last line feed.
  changed = lines;
  changed[6].pop_back();
  CHECK(contains(problems(changed), "log/000.jsonl: the last line does not end"));
  CHECK(contains(problems({}), "log/000.jsonl line 1"));
  CHECK(contains(world.problems(world.commit({{"log/000.jsonl", std::nullopt}})),
                 "log/000.jsonl: a log file was removed"));
}

TEST_CASE("an entry that is not one is named with its line") {
  FullWorld world;
  const auto problems = [&](const std::string& lines) {
    return world.problems(world.commit(world.appended(lines)));
  };
  const std::string good = world.line(world.logged(ben));
  CHECK(problems(good).empty());
  for (std::size_t at = 0; at + 1 < good.size(); at += 17) {
    CHECK(contains(problems(flipped(good, at)), "log/000.jsonl line 8 (entry 7)"));
  }
  CHECK(contains(problems(good + good.substr(0, good.size() - 1)), "the last line does not end"));
  CHECK(contains(problems("\n"), "line 8"));
  CHECK(contains(problems(good + "\n"), "line 9"));
  CHECK(contains(problems(good + "nonsense\n" + world.line(world.logged(ben, "9"))), "line 9"));
  const std::string crlf = good.substr(0, good.size() - 1) + "\r\n";
  CHECK(contains(problems(crlf), "line 8"));
  const Event forged = world.logged(ben);
  const std::string unsigned_line =
      forged.line.substr(0, forged.line.size() - 88) + std::string(86, 'A') + "\"}";
  CHECK(contains(problems(entry_line(unsigned_line, start_of_time) + "\n"),
                 "the signature is not the actor's"));
}

TEST_CASE("an event that was there before, or belongs to another world, is named") {
  FullWorld world;
  const std::string old = lines_of(world.log())[2];
  CHECK(contains(world.problems(world.commit(world.appended(old))), "stands at entry 2 already"));
  const std::string twice = world.line(world.logged(ben, "9"));
  CHECK(contains(world.problems(world.commit(world.appended(twice + twice))), "stands at entry 7 already"));
  const Event foreign = make_event(ben, WorldId{sha256("x")}, "behaviour.logged", logged_body());
  CHECK(contains(world.problems(world.commit(world.appended(world.line(foreign)))), "another world"));
  CHECK(contains(
      world.problems(world.commit(world.appended(world.line(make_genesis(world.creator, "Second"))))),
      "another world"));
}

TEST_CASE("recorded never falls, and a clock that is ahead is only warned of") {
  FullWorld world;
  const Event event = world.logged(ben);
  const auto line = [&](std::int64_t recorded) { return entry_line(event.line, recorded) + "\n"; };
  CHECK(contains(world.problems(world.commit(world.appended(line(start_of_time - 1)))), "recorded before"));
  CHECK(world.problems(world.commit(world.appended(line(start_of_time)))).empty());
  const auto ahead = world.verify_all(world.commit(world.appended(line(start_of_time + 3600))));
  CHECK(ahead.ok());
  REQUIRE(ahead.warnings.size() == 1);
  CHECK(contains(ahead.warnings[0], "5 minutes ahead"));
  CHECK(world.verify_all(world.commit(world.appended(line(start_of_time + 300)))).warnings.empty());
  // Nobody goes on from there until that time has come.
  const auto refused = [&](Timestamp now) {
    return failure_of([&] {
             append_entries(world.repository, ahead.state, {{event}, {}, {}}, now, *ben.signer);
           })
        .code;
  };
  CHECK(refused(world.now) == ErrorCode::refused);
  CHECK(failure_of([&] {
          append_checkpoint(world.repository, ahead.state,
                            world.note(8, ahead.state.tree.root(), world.log_key), world.now,
                            *world.creator.signer);
        }).code == ErrorCode::refused);
  CHECK_NOTHROW(append_entries(world.repository, ahead.state, {{world.logged(ben)}, {}, {}},
                               {start_of_time + 3600}, *ben.signer));
}

TEST_CASE("files that do not belong, of another mode, removed or changed are named") {
  FullWorld world;
  const auto problems = [&](const git::TreeEdit& edit) { return world.problems(world.commit({edit})); };
  const std::string table = table_path(world.table.root);
  CHECK(contains(problems(world.put("README.md", "hello\n")), "README.md: this file does not belong"));
  CHECK(contains(problems(world.put("witnessed", "hello\n")), "does not belong"));
  CHECK(contains(problems(world.put("logs/000.jsonl", "x\n")), "does not belong"));
  CHECK(contains(problems(world.put("tables/x", "x\n")), "no entry of this commit names"));
  CHECK(
      contains(problems(world.put("definition/x/betterworld.yaml", "x\n")), "no entry of this commit names"));
  CHECK(contains(problems(world.put(definition_path(definition_digest(files)) + "/more.yaml", "x\n")),
                 "no entry of this commit names"));
  CHECK(contains(problems(world.put("log/extra", "x\n")), "log/extra"));
  CHECK(contains(problems(world.put("log/001.jsonl", world.line(world.logged(ben)))), "log/001.jsonl"));
  for (const std::string& path :
       {std::string("log/000.jsonl"), table, world.definition_file(), std::string("checkpoint")}) {
    CAPTURE(path);
    const std::string content = world.file(path);
    CHECK(contains(problems({path, std::nullopt}), path));
    CHECK(contains(problems(world.put(path, content, git::Mode::executable)), path));
    CHECK(contains(problems(world.put(path, content, git::Mode::link)), path));
    CHECK(contains(problems(world.put(path, content + "\n")), path));
  }
  const std::string strange = problems(world.put("a\x1b[31m\nb", "x"));
  CHECK(contains(strange, "does not belong"));
  CHECK_FALSE(contains(strange, "\x1b"));
}

TEST_CASE("tables are what their events commit to") {
  FullWorld world;
  const Table table = table_of(7);
  const Event event = world.event(ben, "behaviour.tabled", table.body());
  const std::string path = table_path(table.root);
  const auto problems = [&](const std::string& lines, const std::optional<std::string>& content,
                            git::Mode mode = git::Mode::file) {
    auto edits = world.appended(lines);
    if (content) edits.push_back(world.put(path, *content, mode));
    return world.problems(world.commit(edits));
  };
  const std::string line = world.line(event);
  CHECK(problems(line, table.content).empty());
  CHECK(contains(problems(line, std::nullopt), path + ": the table of event"));
  CHECK(contains(problems(line, table_of(8).content), path + ": its root"));
  CHECK(contains(problems(line, "{}\n" + table.content), path + ": row 1"));
  CHECK(contains(problems(line, table.content.substr(1)), path + ": row 1"));
  CHECK(contains(problems(line, ""), path));
  CHECK(contains(problems(line, table.content, git::Mode::link), "missing"));
  CHECK(contains(problems(world.line(world.logged(ben)), table.content), "no entry of this commit names"));
  for (const auto& [member, value] :
       std::vector<std::pair<const char*, Json>>{{"count", 4}, {"totals", Json::array()}}) {
    Json body = table.body();
    body[member] = value;
    CHECK(contains(problems(world.line(world.event(ben, "behaviour.tabled", body)), table.content),
                   std::string("its ") + member));
  }
  // A body that is no table's at all is the fold's to ignore, never a crash.
  for (const Json& body :
       {Json::object(), Json{{"root", 5}, {"rows", "public"}}, Json{{"root", table.root.hex()}, {"rows", 5}},
        Json{{"rows", "public"}}, Json{{"root", "x"}, {"rows", "public"}},
        Json{{"root", nullptr}, {"rows", "public"}}}) {
    CHECK(problems(world.line(world.event(ben, "behaviour.tabled", body)), std::nullopt).empty());
  }
  // Two events may name one table.
  CHECK(
      problems(line + world.line(world.event(ben, "behaviour.tabled", table.body())), table.content).empty());
}

TEST_CASE("a definition set is what its adoption names") {
  FullWorld world;
  const DefinitionFiles second = {{"betterworld.yaml", "name: Heart 2\n"}};
  const Json previous = definition_digest(files).hex();
  const std::string folder = definition_path(definition_digest(second)) + "/";
  const std::string line =
      world.line(world.event(world.creator, "definition.adopted", adoption(second, previous)));
  const auto problems = [&](const std::string& lines, const std::map<std::string, std::string>& set,
                            git::Mode mode = git::Mode::file) {
    auto edits = world.appended(lines);
    for (const auto& [path, content] : set) edits.push_back(world.put(folder + path, content, mode));
    return world.problems(world.commit(edits));
  };
  CHECK(problems(line, second).empty());
  CHECK(contains(problems(line, {}), "lacks the adopted definition"));
  CHECK(
      contains(problems(line, {{"betterworld.yaml", "name: Heart 3\n"}}), "not those that the digest names"));
  CHECK(
      contains(problems(line, {{"betterworld.yml", "name: Heart 2\n"}}), "not those that the digest names"));
  CHECK(contains(problems(line, {{"betterworld.yaml", "name: Heart 2\n"}, {"b", ""}}), "not those"));
  CHECK(contains(problems(line, second, git::Mode::link), "no regular file"));
  CHECK(contains(problems(line, second, git::Mode::executable), "no regular file"));
  CHECK(contains(problems(world.line(world.logged(ben)), second), "no entry of this commit names"));
  // By one who may not, the adoption changes nothing and brings no files.
  const auto by_ben = world.verify_all(world.commit(
      world.appended(world.line(world.event(ben, "definition.adopted", adoption(second, previous))))));
  CHECK(by_ben.ok());
  REQUIRE(by_ben.ineffective.size() == 1);
  CHECK(by_ben.ineffective[0].index == 7);
  CHECK(contains(by_ben.ineffective[0].reason, "only a steward"));

  // Adopting an earlier set again needs no files.
  Additions additions{{world.event(world.creator, "definition.adopted", adoption(second, previous))},
                      {},
                      {{definition_digest(second), second}}};
  world.append(additions, world.creator);
  world.append(
      {world.event(world.creator, "definition.adopted", adoption(files, definition_digest(second).hex()))});
  CHECK(world.state.authority.adopted()->digest == definition_digest(files));
}

TEST_CASE("two sets of files never have one digest") {
  // A name with a line feed would spell out the line of another file.
  const DefinitionFiles two = {{"a", "1"}, {"b", "2"}};
  const DefinitionFiles one = {{"a\n" + sha256("2").hex() + "  b", "1"}};
  REQUIRE(definition_digest(one) == definition_digest(two));
  FullWorld world;
  const Event event =
      world.event(world.creator, "definition.adopted", adoption(two, definition_digest(files).hex()));
  auto edits = world.appended(world.line(event));
  for (const auto& [path, content] : one) {
    edits.push_back(world.put(definition_path(definition_digest(two)) + "/" + path, content));
  }
  CHECK(contains(world.problems(world.commit(edits)), "no regular file"));
}

TEST_CASE("a log file holds 256 entries, and the next begins when it is full") {
  StreamWorld world;
  std::vector<Event> events;
  events.reserve(254);
  for (int i = 0; i < 254; ++i) events.push_back(world.logged(ben, std::to_string(i)));
  const git::Oid nearly = *world.state.head;
  std::string full = world.log();
  for (const Event& event : events) full += world.line(event);
  const std::string more = world.line(world.logged(ben, "1000"));
  CHECK(contains(world.problems(world.commit({world.put("log/000.jsonl", full + more)})), "more than 256"));
  CHECK(
      contains(world.problems(world.commit({world.put("log/001.jsonl", more)})), "whose turn has not come"));
  CHECK(contains(
      world.problems(world.commit({world.put("log/000.jsonl", full), world.put("log/001.jsonl", more),
                                   world.put("log/003.jsonl", world.line(world.logged(ben, "2000")))})),
      "log/003.jsonl"));
  CHECK(world.problems(world.commit({world.put("log/000.jsonl", full), world.put("log/001.jsonl", more)}))
            .empty());
  world.append(events);
  CHECK(world.state.size() == 256);
  world.checkpoint();
  CHECK(contains(world.problems(world.commit({world.put("log/000.jsonl", full + more)})), "log/000.jsonl"));
  world.append({world.logged(ben, "1000")});
  CHECK(world.state.size() == 257);
  const std::string first = world.log();
  CHECK(contains(world.problems(world.commit({world.put("log/000.jsonl", flipped(first, 99))})),
                 "log/000.jsonl: a log file that was complete"));
  CHECK(contains(world.problems(world.commit({{"log/000.jsonl", std::nullopt}})), "log/000.jsonl"));
  CHECK(world.verify_all(nearly).ok());
}
