#include "world/backup.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "base/test_errors.h"
#include "stream/journal_check.h"
#include "tlog/tiles.h"
#include "world/backup_chain.h"
#include "world/config.h"
#include "world/journal_proofs.h"
#include "world/record.h"
#include "world/restore.h"
#include "world/test_world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_from;
using testing::TestPerson;
using testing::TestWorld;

constexpr const char* secret_words = "carried the shopping upstairs";

struct Keeper {
  TemporaryFolder folder;
  git::Repository repository = git::Repository::create(folder.path() / "keepsake.git", true);
  git::RemoteUrl url = *git::RemoteUrl::parse((folder.path() / "keepsake.git").string());

  git::Oid head(const std::string& name) const {
    const auto oid = repository.ref(backup_ref(name));
    REQUIRE(oid);
    return *oid;
  }
  // Whoever keeps the repository can put anything there.
  void put(const std::string& name, const std::vector<git::TreeEdit>& edits) {
    const git::Oid before = head(name);
    const git::Oid tree = repository.edit_tree(repository.read_commit(before).tree, edits);
    repository.set_ref(backup_ref(name),
                       repository.commit({.tree = tree,
                                          .parents = {before},
                                          .author = {"x", "x@bw.invalid"},
                                          .time = {1'800'000'000},
                                          .message = "x\n"},
                                         {}),
                       "x");
  }
  std::string file(const git::Oid& commit, const std::string& path) const {
    const auto entry = repository.find(repository.read_commit(commit).tree, path);
    REQUIRE(entry);
    return repository.read_blob(entry->oid, max_sealed_piece);
  }
};

struct Owner : TestWorld {
  using TestWorld::TestWorld;
  Event log(const std::string& note = secret_words) const {
    Deed deed = testing::deed("map-aed");
    deed.note = note;
    return record(environment, world, *signer, deed).event;
  }
  BackedUp back_up(const Keeper& keeper, bool anew = false) const {
    return bw::back_up(environment, keeper.url, anew);
  }
  std::string journal() const { return read_file(open_journal(environment, world.id()).file(), 1u << 24); }
};

// Another machine of the same person, from her paper key.
struct NewMachine : TestPerson {
  explicit NewMachine(const Environment& old, const std::string& name = "new") : TestPerson(name) {
    identity = restore_identity(environment, make_paper_key(old), name, "", true);
    signer = bw::open_signer(environment, *identity);
  }
  Restored restore(const Keeper& keeper) const { return restore_backups(environment, keeper.url); }
  std::string journal(const WorldId& id) const {
    return read_file_if_exists(open_journal(environment, id).file(), 1u << 24).value_or("");
  }
};

std::string first_problem(const Restored& restored) {
  for (const RestoredBackup& backup : restored.backups) {
    if (!backup.problem.empty()) return backup.problem;
  }
  return "";
}

}  // namespace

TEST_CASE("a backup goes on where one was killed while it made its copy, or while it wrote there") {
  const Owner ada("Ada");
  const Keeper keeper;
  ada.log();
  const fs::path copy = backup_folder(ada.environment) / "copy.git";
  SUBCASE("while it made it") {
    write_file(copy / ".bw-unfinished", "");
    write_file(copy / "config.lock", "");
  }
  SUBCASE("while it wrote there") {
    ada.back_up(keeper);
    ada.log("another");
    write_file(copy / "config.lock", "");
    write_file(copy / "refs" / "bw" / "pushed.lock", "");
  }
  ada.back_up(keeper);
  const NewMachine machine(ada.environment);
  machine.restore(keeper);
  CHECK(machine.journal(ada.world.id()) == ada.journal());
  CHECK_FALSE(fs::exists(copy / "config.lock"));
}

TEST_CASE(
    "a journal comes back on a new machine, whole, with worlds and settings, and twice changes nothing") {
  const Owner ada;
  const Keeper keeper;
  write_file(ada.folder.path() / "photo.jpg", std::string(600'000, 'x'));
  Deed deed = testing::deed("rescue");
  deed.evidence = {ada.folder.path() / "photo.jpg"};
  record(ada.environment, ada.world, *ada.signer, deed);
  ada.log();
  set_config_value(ada.environment, config_key("color"), "never");
  remember_world(ada.environment, {ada.world.id(), "Test world", ada.folder.path() / "world"});
  checkpoint_journal(ada.environment, ada.world.id());
  CHECK(ada.back_up(keeper).added >= 1);

  const NewMachine machine(ada.environment);
  const Restored restored = machine.restore(keeper);
  CHECK(restored.ok());
  CHECK(restored.others == 0);
  CHECK(machine.journal(ada.world.id()) == ada.journal());
  const JournalReport report = check_my_journal(machine.environment, ada.world.id());
  CHECK(report.problems.empty());
  CHECK(report.checkpoints == 1);
  CHECK(restored.worlds == std::vector<std::string>{"Test world"});
  CHECK(restored.settings == std::vector<std::string>{"color"});
  CHECK(known_worlds(machine.environment).size() == 1);

  const Restored again = machine.restore(keeper);
  CHECK(again.ok());
  CHECK(again.journals.at(0).merged.events + again.journals.at(0).merged.files == 0);
  CHECK(again.worlds.empty());
  CHECK(again.settings.empty());
  CHECK(machine.journal(ada.world.id()) == ada.journal());
}

TEST_CASE("only what is new is sent, and nothing that was sent is changed") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  const BackedUp first = ada.back_up(keeper);
  const git::Oid before = keeper.head(first.name);
  CHECK(ada.back_up(keeper).added == 0);
  CHECK(keeper.head(first.name) == before);
  for (int run = 0; run < 3; ++run) {
    ada.log("run " + std::to_string(run));
    const BackedUp more = ada.back_up(keeper);
    CHECK(more.name == first.name);
    CHECK(more.added == 1);
    CHECK(more.bytes < 5000);
  }
  const git::Oid after = keeper.head(first.name);
  CHECK(keeper.repository.is_ancestor(before, after));
  CHECK(keeper.file(after, "pieces/000") == keeper.file(before, "pieces/000"));
}

TEST_CASE("after an opening was erased the next backup has the journal without it") {
  const Owner ada;
  const Keeper keeper;
  const Event event = ada.log();
  ada.log("something else");
  ada.back_up(keeper);
  open_journal(ada.environment, ada.world.id()).erase_openings(event.id, {"note"});
  CHECK(ada.back_up(keeper).added == 1);

  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).ok());
  CHECK(machine.journal(ada.world.id()) == ada.journal());
  CHECK_FALSE(contains(machine.journal(ada.world.id()), secret_words));
}

TEST_CASE("a repository of backups holds no word of them, and no name") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  remember_world(ada.environment, {ada.world.id(), "Test world", ada.folder.path() / "world"});
  const BackedUp done = ada.back_up(keeper);
  CHECK(is_backup_name(done.name));
  const Finished all = run({.arguments = {"git", "--git-dir=" + keeper.url.text(), "cat-file",
                                          "--batch-all-objects", "--batch", "--unordered"},
                            .folder = {},
                            .environment = {},
                            .input = {},
                            .on_error_output = {}});
  REQUIRE(all.status == 0);
  REQUIRE(all.output.size() > 1000);
  for (const std::string& word :
       {std::string(secret_words), std::string("map-aed"), std::string("Test world"), ada.world.id().text(),
        ada.did().text(), ada.did().short_id(), std::string("journal"), std::string("Ada")}) {
    CAPTURE(word);
    CHECK(all.output.find(word) == std::string::npos);
  }
}

TEST_CASE(
    "a backup with any piece flipped, cut, missing, exchanged or another's is named, and nothing taken") {
  const Owner ada("Ada"), eve("Eve");
  Keeper keeper;
  for (int run = 0; run < 3; ++run) {
    ada.log();
    ada.back_up(keeper);
  }
  eve.log();
  const std::string eves = eve.back_up(keeper).name;
  const std::string name = ada.back_up(keeper).name;
  const git::Oid good = keeper.head(name);
  const auto piece = [&](std::uint64_t number) { return keeper.file(good, "pieces/" + tile_number(number)); };
  const auto restored_after = [&](const std::string& path, const std::optional<std::string>& content) {
    keeper.repository.set_ref(backup_ref(name), good, "x");
    keeper.put(name,
               {{path, content ? std::optional(keeper.repository.write_blob(*content)) : std::nullopt}});
    const NewMachine machine(ada.environment);
    const Restored restored = machine.restore(keeper);
    CHECK_FALSE(restored.ok());
    CHECK(restored.others == 1);
    CHECK(machine.journal(ada.world.id()).empty());
    CHECK_FALSE(std::filesystem::exists(machine.environment.data_folder / "restoring"));
    return first_problem(restored);
  };
  std::string flipped = piece(1);
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  CHECK(contains(restored_after("pieces/001", flipped), "piece 1: it does not open"));
  CHECK(contains(restored_after("pieces/001", piece(1).substr(0, 500)), "piece 1: it does not open"));
  CHECK(contains(restored_after("pieces/001", ""), "piece 1: it is cut short"));
  CHECK(contains(restored_after("pieces/001", std::nullopt), "piece 1: it is missing"));
  CHECK(contains(restored_after("pieces/002", std::nullopt), "piece 2: it is missing"));
  CHECK(contains(restored_after("pieces/001", piece(2)),
                 "piece 1: it does not open with your key in its place"));
  CHECK(contains(restored_after("pieces/001", keeper.file(keeper.head(eves), "pieces/000")),
                 "piece 1: it does not open"));
  CHECK(contains(restored_after("manifest", keeper.file(keeper.head(eves), "manifest")),
                 "its manifest: it does not open"));
  const git::Oid earlier = keeper.repository.read_commit(good).parents.at(0);
  CHECK(contains(restored_after("manifest", keeper.file(earlier, "manifest")),
                 "its manifest: it is older than the pieces beside it"));
  CHECK(contains(restored_after("manifest", std::nullopt), "its manifest: it is missing"));

  keeper.repository.set_ref(backup_ref(name), good, "x");
  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).ok());
  CHECK(machine.journal(ada.world.id()) == ada.journal());
}

TEST_CASE("a piece that was sealed for the same place in another history is found by the one after it") {
  const Owner ada;
  Keeper keeper;
  ada.log();
  const std::string name = ada.back_up(keeper).name;
  const git::Oid first = keeper.head(name);
  // Her machine is put back to before the second backup, and makes another second one.
  const auto copy = ada.folder.path() / "copy";
  std::filesystem::copy(backup_folder(ada.environment), copy, std::filesystem::copy_options::recursive);
  ada.log();
  ada.back_up(keeper);
  const std::string once = keeper.file(keeper.head(name), "pieces/001");
  std::filesystem::remove_all(backup_folder(ada.environment));
  std::filesystem::rename(copy, backup_folder(ada.environment));
  keeper.repository.set_ref(backup_ref(name), first, "x");
  ada.back_up(keeper);
  ada.log();
  ada.back_up(keeper);
  keeper.put(name, {{"pieces/001", keeper.repository.write_blob(once)}});
  const Restored restored = NewMachine(ada.environment).restore(keeper);
  CHECK(contains(first_problem(restored), "piece 2: it does not continue the one before"));
}

TEST_CASE("another person's backup opens for her alone") {
  const Owner ada("Ada"), eve("Eve");
  const Keeper keeper;
  ada.log();
  ada.back_up(keeper);
  const Error error = error_from([&] { restore_backups(eve.environment, keeper.url); });
  CHECK(error.code() == ErrorCode::invalid);
  CHECK(contains(error.what(), "none of the 1 backups"));
  const Keeper empty;
  CHECK(contains(error_from([&] { restore_backups(eve.environment, empty.url); }).what(),
                 "there is no backup"));
}

TEST_CASE("a repository that shows an older state than a machine saw is told of, and given it again") {
  const Owner ada;
  Keeper keeper;
  ada.log();
  const std::string name = ada.back_up(keeper).name;
  const git::Oid old_state = keeper.head(name);
  ada.log();
  ada.back_up(keeper);
  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).warnings.empty());

  keeper.repository.set_ref(backup_ref(name), old_state, "x");
  const Restored restored = machine.restore(keeper);
  REQUIRE(restored.warnings.size() == 1);
  CHECK(contains(restored.warnings[0], "an older or another state"));
  const BackedUp done = ada.back_up(keeper);
  REQUIRE(done.warnings.size() == 1);
  CHECK(contains(done.warnings[0], "was set back to an older state"));
  keeper.repository.remove_ref(backup_ref(name));
  CHECK(contains(ada.back_up(keeper).warnings.at(0), "is gone; all of it is sent again"));
  CHECK(NewMachine(ada.environment, "third").restore(keeper).ok());
}

TEST_CASE("two machines of one person back up beside each other, and each brings home what the other has") {
  const Owner ada;
  const Keeper keeper;
  ada.log("from the first");
  ada.back_up(keeper);
  const NewMachine second(ada.environment);
  second.restore(keeper);
  Deed deed = testing::deed("map-aed");
  deed.note = "from the second";
  record(second.environment, ada.world, *second.signer, deed);
  const BackedUp theirs = back_up(second.environment, keeper.url, false);
  CHECK(keeper.repository.refs(backup_refs).size() == 2);
  ada.log("from the first again");
  CHECK(ada.back_up(keeper).name != theirs.name);

  CHECK(restore_backups(ada.environment, keeper.url).ok());
  CHECK(second.restore(keeper).ok());
  const auto of = [&](const Environment& environment) {
    std::set<EventId> ids;
    for (const JournalEntry& entry : open_journal(environment, ada.world.id()).read())
      ids.insert(entry.event.id);
    return ids;
  };
  CHECK(of(ada.environment) == of(second.environment));
  CHECK(of(ada.environment).size() == open_journal(ada.environment, ada.world.id()).read().size());
  CHECK(check_my_journal(ada.environment, ada.world.id()).problems.empty());
}

TEST_CASE("a backup that has more than the machine is not written over") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  ada.back_up(keeper);
  const Journal journal = open_journal(ada.environment, ada.world.id());
  const std::string before = ada.journal();
  ada.log();
  ada.back_up(keeper);
  const std::string whole = ada.journal();

  // The journal is put back, and goes on: a line of the backup is not here any more.
  write_file(journal.file(), before);
  ada.log("another");
  const Error error = error_from([&] { ada.back_up(keeper); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(contains(error.what(), "a line of journals/"));
  CHECK(contains(error.hint(), "bw journal restore"));
  std::filesystem::remove(journal.file());
  CHECK(contains(error_from([&] { ada.back_up(keeper); }).what(), "the whole journals/"));

  // As the hint says: what is missing comes home, and then it goes on.
  write_file(journal.file(), before);
  ada.log("another");
  CHECK(restore_backups(ada.environment, keeper.url).journals.at(0).merged.events == 1);
  CHECK(ada.back_up(keeper).added == 1);
  CHECK(ada.back_up(keeper).added == 0);
  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).ok());
  CHECK(machine.journal(ada.world.id()) == ada.journal());
}

TEST_CASE("a machine that was copied does not push its backup over the other's") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  ada.back_up(keeper);
  const auto copy = ada.folder.path() / "state-copy";
  std::filesystem::copy(ada.environment.state_folder, copy, std::filesystem::copy_options::recursive);
  ada.log();
  const std::string name = ada.back_up(keeper).name;

  Environment other = ada.environment;
  other.state_folder = copy;
  ada.log();
  const Error error = error_from([&] { back_up(other, keeper.url, false); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(contains(error.what(), "has more than this machine sent there"));
  CHECK(back_up(other, keeper.url, true).name != name);
  CHECK(keeper.repository.refs(backup_refs).size() == 2);
}

TEST_CASE("a damaged line that was taken out by hand does not stop a backup") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  const Journal journal = open_journal(ada.environment, ada.world.id());
  const std::string good = ada.journal();
  write_file(journal.file(), "damaged\n" + good);
  ada.back_up(keeper);
  write_file(journal.file(), good);
  CHECK(ada.back_up(keeper).added == 1);
  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).ok());
  CHECK(machine.journal(ada.world.id()) == good);
}

TEST_CASE("a backup that could not be sent goes with the next one") {
  const Owner ada;
  const Keeper keeper;
  ada.log();
  const std::string name = ada.back_up(keeper).name;
  const auto away = keeper.folder.path() / "away.git";
  std::filesystem::rename(keeper.folder.path() / "keepsake.git", away);
  ada.log();
  CHECK(error_from([&] { ada.back_up(keeper); }).code() == ErrorCode::cannot);
  std::filesystem::rename(away, keeper.folder.path() / "keepsake.git");
  ada.back_up(keeper);
  const NewMachine machine(ada.environment);
  CHECK(machine.restore(keeper).ok());
  CHECK(machine.journal(ada.world.id()) == ada.journal());
}

TEST_CASE("an encrypted seed is asked for, and without anyone to ask nothing is backed up") {
  Owner ada;
  const Keeper keeper;
  ada.log();
  const PaperKey paper = make_paper_key(ada.environment);
  restore_identity(ada.environment, paper, "Ada", "pass", true);
  const Error error = error_from([&] { ada.back_up(keeper); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(contains(error.hint(), "BW_PASSPHRASE"));
  ada.environment.ask_passphrase = [](const std::filesystem::path&) {
    return std::optional<std::string>("pass");
  };
  CHECK(ada.back_up(keeper).added >= 1);
}

}  // namespace bw
