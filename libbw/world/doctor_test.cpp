#include "world/doctor.h"

#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/process.h"
#include "base/test_errors.h"
#include "git/transport.h"
#include "world/submit.h"
#include "world/test_world.h"
#include "world/verified_stream.h"

namespace bw {
namespace {

namespace fs = std::filesystem;
using testing::deed;
using testing::TestPerson;
using testing::TestWorld;

Diagnosis doctor(const TestWorld& ada, bool mend = true) {
  return examine(ada.environment, ada.world.folder(), mend);
}

// The outcomes of the findings of one kind.
std::vector<std::string> outcomes(const Diagnosis& diagnosis, const std::string& kind) {
  std::vector<std::string> result;
  for (const Finding& finding : diagnosis.findings) {
    if (finding.kind == kind) result.emplace_back(text_of(finding.outcome));
  }
  return result;
}
using Outcomes = std::vector<std::string>;

std::string described(const Diagnosis& diagnosis) {
  std::string text;
  for (const Finding& finding : diagnosis.findings)
    text += finding.kind + " " + finding.where + ": " + finding.what + " -> " + finding.done + "\n";
  return text;
}

// A file as a process that ended a minute ago left it.
void leave(const fs::path& path, const std::string& content = "") {
  write_file(path, content);
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(1));
}

fs::path git_folder(const TestWorld& ada) {
  return ada.world.repository.git_folder();
}
fs::path journal_folder(const TestWorld& ada) {
  return ada.environment.data_folder / "journals" / ada.world.id().text();
}

// What one kind of damage is told as without mending, then mended, then gone.
void mended_once(const TestWorld& ada, const std::string& kind) {
  const Diagnosis before = doctor(ada, false);
  CHECK_MESSAGE(outcomes(before, kind) == Outcomes{"mendable"}, described(before));
  CHECK_FALSE(before.healthy());
  const Diagnosis during = doctor(ada);
  CHECK_MESSAGE(outcomes(during, kind) == Outcomes{"mended"}, described(during));
  CHECK(during.healthy());
  const Diagnosis after = doctor(ada);
  CHECK_MESSAGE(after.findings.empty(), described(after));
}

TEST_CASE("a world that was just made has nothing wrong with it") {
  const TestWorld ada;
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(diagnosis.findings.empty(), described(diagnosis));
}

TEST_CASE("a lock file that nobody holds is removed") {
  const TestWorld ada;
  leave(git_folder(ada) / "refs" / "heads" / "stream.lock");
  mended_once(ada, "stale-lock");
  CHECK_FALSE(fs::exists(git_folder(ada) / "refs" / "heads" / "stream.lock"));
}

TEST_CASE("what a git left that was killed while it packed refs is removed") {
  const TestWorld ada;
  leave(git_folder(ada) / "packed-refs.new", "# pack-refs with: peeled");
  mended_once(ada, "stale-lock");
  CHECK_FALSE(fs::exists(git_folder(ada) / "packed-refs.new"));
}

TEST_CASE("what is mended in a repository that is no world is told all the same") {
  const TestPerson ada("Ada");
  const TemporaryFolder folder;
  const fs::path bare = git::Repository::create(folder.path() / "bare.git", true).git_folder();
  CHECK_THROWS_WITH_AS(examine(ada.environment, bare, true), doctest::Contains("no branch \"stream\""),
                       Error);
  leave(bare / "HEAD.lock");
  const Diagnosis diagnosis = examine(ada.environment, bare, true);
  CHECK_MESSAGE(outcomes(diagnosis, "stale-lock") == Outcomes{"mended"}, described(diagnosis));
  CHECK_MESSAGE(outcomes(diagnosis, "no-world") == Outcomes{"left"}, described(diagnosis));
  CHECK_FALSE(diagnosis.healthy());
}

TEST_CASE("a lock file stays while a git works in the repository, and the finding names it") {
  const TestWorld ada;
  const fs::path lock = git_folder(ada) / "index.lock";
  leave(lock);
  // A git that waits: it reads objects' names from a pipe that does not end before we say so.
  const fs::path pipe = ada.folder.path() / "pipe";
  Command waiting;
  waiting.arguments = {"sh", "-c",
                       "mkfifo '" + pipe.string() + "'; (sleep 2 >'" + pipe.string() +
                           "' & git cat-file --batch-check <'" + pipe.string() +
                           "') >/dev/null 2>&1 & sleep 0.5"};
  waiting.folder = ada.world.folder();
  run(waiting);
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "stale-lock") == Outcomes{"left"}, described(diagnosis));
  CHECK(described(diagnosis).find("(git)") != std::string::npos);
  CHECK(fs::exists(lock));
}

TEST_CASE("a lock file that another bw made just now stays") {
  const TestWorld ada;
  const FileLock busy(git_folder(ada) / "bw" / "append.lock");
  leave(git_folder(ada) / "HEAD.lock");
  CHECK(testing::error_from([&] { doctor(ada); }).code() == ErrorCode::cannot);
  CHECK(fs::exists(git_folder(ada) / "HEAD.lock"));
}

TEST_CASE("temporary files of a process that is gone are removed, those of one that runs stay") {
  const TestWorld ada;
  leave(git_folder(ada) / "objects" / "aa" / "tmp_obj_x");
  leave(git_folder(ada) / "objects" / "pack" / "tmp_pack_x");
  leave(git_folder(ada) / "objects" / "pack" / "pack-1.keep", "fetch-pack 12345 on here\n");
  leave(git_folder(ada) / "objects" / "pack" / "pack-2.keep", "my own wish\n");
  leave(journal_folder(ada) / ".bw-4194305-1.tmp");  // no process has that number
  const fs::path running = journal_folder(ada) / (".bw-" + std::to_string(::getpid()) + "-9.tmp");
  leave(running);
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "leftover") == Outcomes(4, "mended"), described(diagnosis));
  CHECK(fs::exists(running));
  CHECK(fs::exists(git_folder(ada) / "objects" / "pack" / "pack-2.keep"));
  CHECK(doctor(ada).findings.empty());
}

TEST_CASE("a folder that init or clone half made is emptied") {
  const TestPerson ada;
  const fs::path folder = ada.folder.path() / "new";
  write_file(folder / ".bw-unfinished", "1\n");
  write_file(folder / ".git" / "config", "half");
  CHECK(outcomes(examine(ada.environment, folder, false), "unfinished-folder") == Outcomes{"mendable"});
  CHECK(examine(ada.environment, folder, true).healthy());
  CHECK(fs::is_empty(folder));
}

TEST_CASE("a branch stream whose file is damaged gets back what was verified") {
  TestWorld ada;
  const auto head = ada.world.stream.head;
  leave(git_folder(ada) / "refs" / "heads" / "stream", std::string(41, '\0'));
  mended_once(ada, "broken-ref");
  CHECK(git::Repository::open(ada.world.folder()).ref(stream_ref) == head);
  CHECK(fs::exists(git_folder(ada) / "bw" / "aside" / "refs" / "heads" / "stream"));
}

TEST_CASE("main gets back the last commit that its log knows, and a damaged note of ours goes aside") {
  TestWorld ada;
  const auto main = ada.world.repository.ref(main_ref);
  leave(git_folder(ada) / "refs" / "heads" / "main");
  leave(git_folder(ada) / "refs" / "bw" / "home" / "stream", "junk\n");
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "broken-ref") == Outcomes(2, "mended"), described(diagnosis));
  const auto repository = git::Repository::open(ada.world.folder());
  CHECK(repository.ref(main_ref) == main);
  CHECK_FALSE(repository.ref("refs/bw/home/stream"));
}

TEST_CASE("a branch stream that went back moves forward again to what was verified here") {
  TestWorld ada;
  const git::Oid verified = *ada.world.stream.head;
  const git::Oid before = ada.world.repository.read_commit(verified).parents.front();
  ada.world.repository.set_ref(stream_ref, before, "power cut");
  mended_once(ada, "stream-behind");
  CHECK(ada.world.repository.ref(stream_ref) == verified);
}

TEST_CASE("an entry that no checkpoint covers gets one") {
  TestWorld ada;
  const git::Oid covered = *ada.world.stream.head;
  const git::Oid pending = ada.world.repository.read_commit(covered).parents.front();
  ada.world.repository.set_ref(stream_ref, pending, "crash before the checkpoint");
  fs::remove(git_folder(ada) / "bw" / "verified-stream");
  mended_once(ada, "no-checkpoint");
  CHECK(open_world(ada.environment, ada.world.folder()).stream.pending() == 0);
}

// The first loose object of the stream's commits.
fs::path commit_file(const TestWorld& ada) {
  const std::string name = ada.world.stream.head->hex();
  return git_folder(ada) / "objects" / name.substr(0, 2) / name.substr(2);
}

// A bare copy that ada's repository knows as its remote.
void give_remote(TestWorld& ada) {
  const fs::path path = ada.folder.path() / "copy.git";
  const git::Repository copy = git::Repository::create(path, true);
  const auto url = *git::RemoteUrl::parse(path.string());
  git::push(ada.world.repository, url,
            {{ada.world.stream.head, std::string(stream_ref), std::nullopt},
             {ada.world.repository.ref(main_ref), std::string(main_ref), std::nullopt}});
  git::add_remote(ada.world.repository, "backup", url);
}

TEST_CASE("an object that is missing or damaged is fetched from a remote that has it") {
  for (const bool missing : {true, false}) {
    TestWorld ada;
    give_remote(ada);
    const fs::path file = commit_file(ada);
    fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
    if (missing)
      fs::remove(file);
    else
      leave(file);
    mended_once(ada, missing ? "missing-object" : "damaged-object");
    CHECK(open_world(ada.environment, ada.world.folder()).stream.head == ada.world.stream.head);
    CHECK(fs::exists(git_folder(ada) / "bw" / "aside" / fs::relative(file, git_folder(ada))) == !missing);
  }
}

TEST_CASE("an object that no remote has is left, and nothing is moved") {
  TestWorld ada;
  const fs::path file = commit_file(ada);
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  leave(file);
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "damaged-object") == Outcomes{"left"}, described(diagnosis));
  CHECK_FALSE(diagnosis.healthy());
  CHECK(fs::exists(file));
}

TEST_CASE("settings that plain Git needs are set again") {
  TestWorld ada;
  ada.world.repository.set_config("gpg.format", "openpgp");
  mended_once(ada, "repository-settings");
  write_file(git_folder(ada) / "bw" / "allowed_signers", "nobody\n");
  mended_once(ada, "repository-settings");
}

TEST_CASE("a mark of the home that names no place is bound, and one that names another is left") {
  TestWorld ada;
  ada.world.repository.remove_config("bw.homeplace");
  mended_once(ada, "homeplace");
  ada.world.repository.set_config("bw.homeplace", "1 /elsewhere");
  CHECK(outcomes(doctor(ada), "homeplace") == Outcomes{"left"});
}

TEST_CASE("a torn end of the journal is set aside, and the journal goes on") {
  TestWorld ada;
  const Event event = record(ada.environment, ada.world, *ada.signer, deed("map-aed")).event;
  std::ofstream(journal_folder(ada) / "journal.jsonl", std::ios::app) << R"({"event":{"act)";
  mended_once(ada, "torn-journal");
  const auto entries = open_journal(ada.environment, ada.world.id()).read();
  REQUIRE(entries.size() == 1);
  CHECK(entries.front().event.id == event.id);
  CHECK(fs::exists(journal_folder(ada) / "journal.torn"));
}

TEST_CASE("a damaged line and a missing part of the journal are named and left") {
  TestWorld ada;
  Deed photo = deed("map-aed");
  photo.note = std::string(4000, 'x') + std::string(4100, '\n');
  const Event event = record(ada.environment, ada.world, *ada.signer, photo).event;
  REQUIRE(fs::remove(journal_folder(ada) / "large" / (event.id.text() + ".jsonl")));
  const Diagnosis missing = doctor(ada);
  CHECK_MESSAGE(outcomes(missing, "damaged-journal") == Outcomes{"left"}, described(missing));
  CHECK(described(missing).find("the opening of note is missing") != std::string::npos);
  std::ofstream(journal_folder(ada) / "journal.jsonl", std::ios::app) << "no line of a journal\n";
  const Diagnosis damaged = doctor(ada);
  CHECK_MESSAGE(outcomes(damaged, "damaged-journal") == Outcomes({"left", "left"}), described(damaged));
  CHECK(described(damaged).find("line 2") != std::string::npos);
}

TEST_CASE("a submission that arrived without the journal's knowing is noted") {
  TestWorld ada;
  const Event event = record(ada.environment, ada.world, *ada.signer, deed("map-aed")).event;
  Journal journal = open_journal(ada.environment, ada.world.id());
  submit(ada.environment, ada.world, *ada.signer, {});
  const Digest bundle = sha256("another");
  journal.mark_leaving(bundle, {event.id});  // sent again, and killed
  mended_once(ada, "open-submission");
  CHECK(journal.read().front().leaving.empty());
}

TEST_CASE("caches that are damaged are dropped") {
  const TestWorld ada;
  write_file(git_folder(ada) / "bw" / "verified-stream", "not sealed");
  CHECK(outcomes(doctor(ada), "stale-cache") == Outcomes{"mended"});
  CHECK(remembered_stream(ada.environment, ada.world.repository));
  write_file(git_folder(ada) / "bw" / "settled-refs", "cut of");
  write_file(git_folder(ada) / "bw" / "inboxes.json", "{");
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "stale-cache") == Outcomes(2, "mended"), described(diagnosis));
}

TEST_CASE("damaged records of the user are named and left") {
  const TestWorld ada;
  write_file(ada.environment.data_folder / "worlds.json", "{");
  write_file(ada.environment.state_folder / "log-keys" / ada.world.id().text() / "log.signed", "junk");
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "damaged-record") == Outcomes(2, "left"), described(diagnosis));
}

TEST_CASE("a stream that does not verify is left, with the way to see why") {
  TestWorld ada;
  git::Repository& repository = ada.world.repository;
  const git::Oid forged = repository.commit({.tree = repository.empty_tree(),
                                             .parents = {*ada.world.stream.head},
                                             .author = appender(ada.did()),
                                             .time = ada.environment.now(),
                                             .message = "Nothing\n"},
                                            commit_signer_with(*ada.signer));
  repository.set_ref(stream_ref, forged, "test");
  const Diagnosis diagnosis = doctor(ada);
  CHECK_MESSAGE(outcomes(diagnosis, "stream-invalid") == Outcomes{"left"}, described(diagnosis));
}

}  // namespace
}  // namespace bw
