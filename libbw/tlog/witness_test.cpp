#include "tlog/witness.h"

#include <atomic>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "tlog/test_log.h"

using namespace bw;

namespace {

namespace fs = std::filesystem;

const Timestamp then{1'795'000'000};

struct Keeper {
  TemporaryFolder folder;
  Witness witness = Witness::create(folder.path() / "witness", "witness.example/w1",
                                    [](std::size_t size) { return std::string(size, 'w'); });
  fs::path log_folder(const std::string& origin = "example.com/log") const {
    return folder.path() / "witness" / "logs" / sha256(origin).hex();
  }
};

Witness::Extends from(const SmallLog& log) {
  return [&log](const Checkpoint& earlier) {
    return root_of(std::span(log.leaves).first(earlier.size)) == earlier.root;
  };
}

std::string request(const SmallLog& log, TreeSize old_size) {
  return WitnessRequest{old_size, consistency_proof(subtrees_of(log.leaves), old_size, log.leaves.size()),
                        log.signed_checkpoint()}
      .text();
}

// A log that shares its first entries with SmallLog, and no more.
SmallLog forked(std::size_t size, std::size_t shared) {
  SmallLog log(size);
  for (std::size_t i = shared; i < size; ++i) log.leaves[i] = leaf_hash("another " + std::to_string(i));
  return log;
}

}  // namespace

TEST_CASE("a machine has one witness key, which only its user reads") {
  const Keeper keeper;
  const fs::path key = keeper.folder.path() / "witness" / "witness.key";
  struct stat status {};
  REQUIRE(::stat(key.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_THROWS_AS(Witness::create(keeper.folder.path() / "witness", "another", system_random), Error);
  const auto again = Witness::open(keeper.folder.path() / "witness");
  REQUIRE(again);
  CHECK(again->verifier() == keeper.witness.verifier());
  CHECK(again->verifier().type == NoteKeyType::cosignature);
  CHECK_FALSE(Witness::open(keeper.folder.path() / "nowhere"));
  CHECK_THROWS_AS(Witness::create(keeper.folder.path() / "bad", "a name", system_random), Error);
  write_file(keeper.folder.path() / "witness" / "witness.key", fixed_signer("log", 'l').text() + "\n");
  CHECK_THROWS_AS(Witness::open(keeper.folder.path() / "witness"), Error);
}

TEST_CASE("a log that grows is cosigned again and again, and what was said last is on the disk") {
  const Keeper keeper;
  for (std::size_t size = 1; size < 10; ++size) {
    const SmallLog log(size);
    const Note note = keeper.witness.cosign(log.signed_checkpoint(), from(log), {then.seconds + int(size)});
    CHECK(cosigned_at(note, keeper.witness.verifier()) == Timestamp{then.seconds + int(size)});
    CHECK(note.verified_by(log.key.verifier()));
    CHECK(keeper.witness.latest("example.com/log")->bytes() == note.bytes());
    CHECK(read_file(keeper.log_folder() / "checkpoint", Note::max_bytes) == note.bytes());
  }
  // The same again, with a newer time.
  const SmallLog log(9);
  const Note note = keeper.witness.cosign(log.signed_checkpoint(), from(log), {then.seconds + 100});
  CHECK(cosigned_at(note, keeper.witness.verifier()) == Timestamp{then.seconds + 100});
  CHECK(keeper.witness.latest_of_all().size() == 1);
}

TEST_CASE("a log that was rolled back or forked is not cosigned, and both notes are kept") {
  const Keeper keeper;
  const SmallLog log(6);
  keeper.witness.cosign(log.signed_checkpoint(), from(log), then);
  const std::string before = read_file(keeper.log_folder() / "checkpoint", Note::max_bytes);
  const auto refused = [&](const SmallLog& other) {
    CHECK_THROWS_AS(keeper.witness.cosign(other.signed_checkpoint(), from(other), then), Error);
    CHECK(read_file(keeper.log_folder() / "checkpoint", Note::max_bytes) == before);
  };
  refused(SmallLog(5));
  CHECK(read_file(keeper.log_folder() / "rolled-back" / "here", Note::max_bytes) ==
        SmallLog(5).signed_checkpoint().bytes());
  for (const std::size_t size : {6u, 7u, 12u}) {
    const SmallLog other = forked(size, 3);
    refused(other);
    const fs::path evidence = keeper.log_folder() / ("split-" + std::to_string(size) + "-" +
                                                     other.checkpoint().root.hex().substr(0, 16));
    CHECK(read_file(evidence / "here", Note::max_bytes) == other.signed_checkpoint().bytes());
    CHECK(read_file(evidence / "seen", Note::max_bytes) == before);
  }
  // A log that splits for ever fills no disk.
  for (std::size_t size = 7; size < 40; ++size) refused(forked(size, 2));
  CHECK(std::distance(fs::directory_iterator(keeper.log_folder()), fs::directory_iterator()) < 25);
  // And the log as it was goes on.
  const SmallLog grown(8);
  CHECK_NOTHROW(keeper.witness.cosign(grown.signed_checkpoint(), from(grown), then));
}

TEST_CASE("requests are answered for logs whose keys are trusted, and remembered") {
  const Keeper keeper;
  const SmallLog small(3);
  const SmallLog log(5);
  const auto ask = [&](const std::string& text) { return keeper.witness.answer(text, then); };
  CHECK(ask(request(small, 0)).answer == WitnessAnswer::unknown_log);
  CHECK_FALSE(fs::exists(keeper.log_folder()));  // nothing is kept for strangers
  keeper.witness.trust(small.key.verifier());
  keeper.witness.trust(small.key.verifier());
  CHECK(keeper.witness.log_keys("example.com/log").size() == 1);

  auto reply = ask(request(small, 0));
  CHECK(reply.answer == WitnessAnswer::cosigned);
  const auto lines = parse_signature_lines(reply.body);
  REQUIRE(lines);
  REQUIRE(lines->size() == 1);
  Note note = small.signed_checkpoint();
  note.add(lines->front());
  CHECK(cosigned_at(note, keeper.witness.verifier()) == then);

  reply = ask(request(log, 0));
  CHECK(reply.answer == WitnessAnswer::other_size);
  CHECK(reply.body == "3\n");
  CHECK(ask(request(log, 3)).answer == WitnessAnswer::cosigned);
  CHECK(ask(request(log, 5)).answer == WitnessAnswer::cosigned);
  reply = ask(request(small, 3));  // an old checkpoint, as if nothing had come after it
  CHECK(reply.answer == WitnessAnswer::other_size);
  CHECK(reply.body == "5\n");
  CHECK(ask("nonsense").answer == WitnessAnswer::malformed);
}

TEST_CASE("a request whose log forked is refused, and what the log signed is kept") {
  const Keeper keeper;
  keeper.witness.trust(SmallLog(1).key.verifier());
  REQUIRE(keeper.witness.answer(request(SmallLog(4), 0), then).answer == WitnessAnswer::cosigned);
  auto reply = keeper.witness.answer(request(forked(7, 2), 4), then);
  CHECK(reply.answer == WitnessAnswer::not_consistent);
  CHECK(reply.body.empty());
  REQUIRE(reply.evidence);
  CHECK(fs::exists(*reply.evidence / "here"));
  reply = keeper.witness.answer(request(forked(4, 2), 4), then);
  CHECK(reply.answer == WitnessAnswer::not_consistent);
  REQUIRE(reply.evidence);
  CHECK(reply.evidence->filename().string().starts_with("split-4-"));
  // Also where it does not even ask rightly: two roots at one size are two histories.
  reply = keeper.witness.answer(request(forked(4, 1), 2), then);
  CHECK(reply.answer == WitnessAnswer::other_size);
  CHECK(reply.evidence);
}

TEST_CASE("a request full of signatures is answered, and only the log's is kept") {
  const Keeper keeper;
  const SmallLog log(2);
  keeper.witness.trust(log.key.verifier());
  WitnessRequest full{0, {}, log.signed_checkpoint()};
  while (full.checkpoint.signatures.size() < Note::max_signatures)
    full.checkpoint.add({"x" + std::to_string(full.checkpoint.signatures.size()), 1, std::string(64, 'x')});
  CHECK(keeper.witness.answer(full.text(), then).answer == WitnessAnswer::cosigned);
  CHECK(keeper.witness.latest("example.com/log")->signatures.size() == 2);
}

TEST_CASE("a witness that was stopped between storing and answering says the same again") {
  const Keeper keeper;
  const SmallLog log(4);
  keeper.witness.trust(log.key.verifier());
  // What is stored when the process dies is what would have been sent.
  REQUIRE(keeper.witness.answer(request(log, 0), then).answer == WitnessAnswer::cosigned);
  const auto again = Witness::open(keeper.folder.path() / "witness");
  auto reply = again->answer(request(log, 0), then);
  CHECK(reply.answer == WitnessAnswer::other_size);
  CHECK(reply.body == "4\n");
  CHECK(again->answer(request(log, 4), then).answer == WitnessAnswer::cosigned);
  CHECK(again->answer(request(forked(4, 1), 4), then).answer == WitnessAnswer::not_consistent);
}

TEST_CASE("a record that cannot be written lets no cosignature out") {
  const Keeper keeper;
  const SmallLog log(3);
  keeper.witness.trust(log.key.verifier());
  fs::create_directories(keeper.log_folder() / "checkpoint" / "in the way");
  CHECK_THROWS_AS(keeper.witness.answer(request(log, 0), then), Error);
  CHECK_THROWS_AS(keeper.witness.cosign(log.signed_checkpoint(), from(log), then), Error);
}

TEST_CASE("a record that is damaged ends the witness rather than its memory") {
  const Keeper keeper;
  const SmallLog log(3);
  keeper.witness.trust(log.key.verifier());
  REQUIRE(keeper.witness.answer(request(log, 0), then).answer == WitnessAnswer::cosigned);
  write_file(keeper.log_folder() / "checkpoint", "torn");
  CHECK_THROWS_AS(keeper.witness.answer(request(log, 0), then), Error);
}

TEST_CASE("two that cosign at once never cosign two histories") {
  for (int round = 0; round < 20; ++round) {
    const Keeper keeper;
    keeper.witness.trust(SmallLog(1).key.verifier());
    std::atomic<int> cosigned{0};
    const auto ask = [&](const SmallLog& log) {
      // Another process has opened the folder by itself.
      const auto witness = Witness::open(keeper.folder.path() / "witness");
      if (witness->answer(request(log, 0), then).answer == WitnessAnswer::cosigned) ++cosigned;
    };
    const SmallLog one(5);
    const SmallLog other = forked(5, 2);
    std::thread first(ask, std::cref(one));
    std::thread second(ask, std::cref(other));
    first.join();
    second.join();
    CHECK(cosigned == 1);
  }
}
