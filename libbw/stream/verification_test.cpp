#include "stream/verification.h"

#include <fstream>

#include <doctest/doctest.h>

#include "base/process.h"
#include "stream/test_full_world.h"

using namespace bw;
using namespace bw::stream_test;

TEST_CASE("an honest stream verifies, and so does every commit for git") {
  const FullWorld world;
  const StreamVerification verification = world.verify_all(*world.state.head);
  CHECK(verification.ok());
  CHECK(verification.warnings.empty());
  CHECK(verification.ineffective.empty());
  CHECK(verification.state.size() == 7);
  CHECK(verification.state.covered() == 5);
  CHECK(verification.state.pending() == 2);
  CHECK(verification.state.bytes() == world.state.bytes());
  CHECK(verification.state.authority.adopted()->digest == definition_digest(files));

  write_file(world.folder.path() / "signers", allowed_signers_line(world.creator.did(), "git"));
  for (const git::Oid& oid : world.repository.first_parent_history(*world.state.head, std::nullopt)) {
    Command command;
    command.arguments = {"git",
                         "-c",
                         "gpg.format=ssh",
                         "-c",
                         "gpg.ssh.allowedSignersFile=" + (world.folder.path() / "signers").string(),
                         "verify-commit",
                         oid.hex()};
    command.folder = world.repository.git_folder();
    CHECK(run(command).status == 0);
  }
}

TEST_CASE("the entries of a stream are read from its head") {
  const FullWorld world;
  std::vector<std::uint64_t> forth, back;
  read_entries(world.repository, world.tree(), 1, 6, [&](std::uint64_t index, std::string_view line) {
    CHECK(parse_entry(line)->event.id == world.state.ids[index]);
    forth.push_back(index);
    return index < 4;
  });
  read_entries_backwards(world.repository, world.tree(), 6, [&](std::uint64_t index, std::string_view line) {
    CHECK(parse_entry(line)->event.id == world.state.ids[index]);
    back.push_back(index);
    return index > 2;
  });
  CHECK(forth == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(back == std::vector<std::uint64_t>{5, 4, 3, 2});
  CHECK(read_entry(world.repository, world.tree(), 0).event.id == world.genesis.id);
  CHECK(failure_of([&] { read_entry(world.repository, world.tree(), 7); }).code == ErrorCode::invalid);
  CHECK(read_definition_set(world.repository, world.tree(), definition_digest(files)) == files);
}

TEST_CASE("verification resumed from any commit ends where one from nothing ends") {
  const FullWorld world;
  const auto commits = world.repository.first_parent_history(*world.state.head, std::nullopt);
  REQUIRE(commits.size() == 4);
  for (const git::Oid& middle : commits) {
    StreamState state = StreamState::from_bytes(world.verify_all(middle).state.bytes());
    const auto rest =
        verify_stream(world.repository, *world.state.head, std::move(state), {.now = world.now});
    CHECK(rest.ok());
    CHECK(rest.state.bytes() == world.state.bytes());
  }
}

TEST_CASE("a head that does not follow what was verified before is refused") {
  FullWorld world;
  const git::Oid old = world.state.head.value();
  const auto commits = world.repository.first_parent_history(old, std::nullopt);
  const git::Oid fork =
      world.commit({world.put("log/000.jsonl", world.log() + world.line(world.logged(ben)))}, world.creator,
                   {{commits[0]}, {}, true});
  CHECK(failure_of([&] { verify_stream(world.repository, fork, world.state, {.now = world.now}); }).code ==
        ErrorCode::invalid);
}

TEST_CASE("two thousand entries in one commit verify alike on one core and on four") {
  StreamWorld world;
  std::vector<Event> events;
  events.reserve(2000);
  for (int i = 0; i < 2000; ++i) events.push_back(world.logged(ben, std::to_string(i)));
  world.append(events);
  world.checkpoint();
  CHECK(world.state.size() == 2002);
  const auto one = world.verify_all(*world.state.head, 1);
  const auto four = world.verify_all(*world.state.head, 4);
  CHECK(one.ok());
  CHECK(four.ok());
  CHECK(one.state.bytes() == four.state.bytes());
  CHECK(lines_of(world.file("log/007.jsonl")).back() == world.line(events.back()));

  // And find the same faults.
  std::vector<std::string> lines;
  lines.reserve(40);
  for (int i = 0; i < 40; ++i) lines.push_back(world.line(world.logged(ben, std::to_string(i))));
  for (const std::size_t bad : {3u, 17u, 18u, 39u}) lines[bad][40] ^= 1;
  const git::Oid head =
      world.commit({world.put("log/007.jsonl", world.file("log/007.jsonl") + joined(lines))});
  const auto faults_one = world.verify_all(head, 1);
  const auto faults_four = world.verify_all(head, 4);
  REQUIRE(faults_one.problems.size() == 4);
  REQUIRE(faults_four.problems.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(faults_one.problems[i].where == faults_four.problems[i].where);
    CHECK(faults_one.problems[i].what == faults_four.problems[i].what);
  }
}

TEST_CASE("many tables in one commit verify on several cores") {
  StreamWorld world;
  Additions additions;
  for (int i = 0; i < 30; ++i) {
    const Table table = table_of(i);
    additions.events.push_back(world.event(ben, "behaviour.tabled", table.body()));
    additions.tables[table.root] = table.content;
  }
  world.append(additions, world.creator);
  CHECK(world.verify_all(*world.state.head, 4).ok());
  const std::string path = table_path(table_of(17).root);
  additions.tables[table_of(17).root] = table_of(18).content;
  const git::Oid genesis_head = world.repository.first_parent_history(*world.state.head, std::nullopt)[0];
  const git::Oid head = append_entries(world.repository, world.verify_all(genesis_head).state, additions,
                                       world.now, *world.creator.signer);
  for (const unsigned threads : {1u, 4u}) {
    const auto verification = world.verify_all(head, threads);
    REQUIRE(verification.problems.size() == 1);
    CHECK(contains(verification.problems[0].where, path));
  }
}

TEST_CASE("one run names every fault in several commits") {
  FullWorld world;
  const git::Oid first = world.commit(world.appended("nonsense\n"), world.creator, {{}, {}, false});
  const git::Oid second =
      world.commit({world.put("log/000.jsonl", world.log() + "nonsense\n"), world.put("README", "x")},
                   mallory, {{first}, {}, true});
  const std::string problems = world.problems(second);
  CHECK(contains(problems, "commit " + first.hex().substr(0, 12) + ": it is not signed"));
  CHECK(contains(problems, "line 8"));
  CHECK(contains(problems, "commit " + second.hex().substr(0, 12) + ": " + mallory.did().text()));
  CHECK(contains(problems, "README"));
  const auto few =
      verify_stream(world.repository, second, {}, {.now = world.now, .threads = 1, .max_problems = 1});
  CHECK_FALSE(few.ok());
}

TEST_CASE("a stored object with any bit changed is named, not trusted") {
  FullWorld world;
  const git::Oid head = *world.state.head;
  const auto commits = world.repository.first_parent_history(head, std::nullopt);
  const auto oid_of = [&](const std::string& path) { return world.repository.find(world.tree(), path)->oid; };
  const std::vector<git::Oid> objects = {head,
                                         commits[1],
                                         commits[0],
                                         oid_of("log/000.jsonl"),
                                         oid_of("checkpoint"),
                                         oid_of(table_path(world.table.root)),
                                         oid_of(world.definition_file()),
                                         oid_of("tables")};
  for (const git::Oid& oid : objects) {
    const std::string hex = oid.hex();
    const auto path = world.repository.git_folder() / "objects" / hex.substr(0, 2) / hex.substr(2);
    const std::string good = read_file(path, 1u << 20);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    const auto put = [&](const std::string& content) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    };
    for (std::size_t at = 0; at < good.size(); at += good.size() / 7 + 1) {
      put(flipped(good, at));
      const git::Repository fresh = git::Repository::open(world.repository.git_folder());
      const StreamVerification verification = verify_stream(fresh, head, {}, {.now = world.now});
      // A change in the packing alone may leave the content as it was.
      if (verification.ok()) {
        CHECK(verification.state.bytes() == world.state.bytes());
        continue;
      }
      CHECK(contains(verification.problems.front().where, "commit "));
      CHECK(contains(verification.problems.front().what, "object " + hex));
    }
    std::filesystem::remove(path);
    const git::Repository fresh = git::Repository::open(world.repository.git_folder());
    const StreamVerification verification = verify_stream(fresh, head, {}, {.now = world.now});
    REQUIRE_FALSE(verification.ok());
    CHECK(contains(verification.problems.front().what, "missing"));
    put(good);
  }
}

TEST_CASE("progress is told while verifying") {
  const FullWorld world;
  std::vector<std::uint64_t> seen;
  verify_stream(world.repository, *world.state.head, {},
                {.now = world.now, .progress = [&](std::uint64_t entries) { seen.push_back(entries); }});
  CHECK(seen == std::vector<std::uint64_t>{2, 5, 5, 7});
}
