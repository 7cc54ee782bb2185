#include "world/checkpoint_memory.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "world/home.h"
#include "world/record.h"
#include "world/stewardship.h"
#include "world/submit.h"
#include "world/test_world.h"
#include "world/verify_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::deed;
using testing::error_of;
using testing::TestWorld;

struct Remembering : TestWorld {
  void submit_one() {
    record(environment, world, *signer, deed("map-aed", "1"));
    submit(environment, world, *signer, {});
  }
  std::filesystem::path copy_to(const std::string& name) const {
    std::filesystem::copy(world.folder(), folder.path() / name, std::filesystem::copy_options::recursive);
    return folder.path() / name;
  }
  std::filesystem::path memory() const {
    return environment.state_folder / "checkpoints" / world.id().text() / "seen.jsonl";
  }
  std::vector<TreeSize> sizes() const {
    std::vector<TreeSize> result;
    for (const auto& each : seen_checkpoints(environment, world.id())) result.push_back(each.checkpoint.size);
    return result;
  }
};

// A second history of ada's world: the same beginning, then other entries under a second log key's signature,
// as a steward with two faces would make it.
struct TwoFaced : Remembering {
  TwoFaced() {
    other = copy_to("other");
    submit_one();
    // The other face forgets what this one signed.
    std::filesystem::rename(environment.state_folder, folder.path() / "state-of-first-face");
    World second = open_world(environment, other);
    make_home_here(second.repository);  // as one who wants two histories would say
    *now = Timestamp{now->seconds + 1000};
    record(environment, second, *signer, deed("map-aed", "2"));
    submit(environment, second, *signer, {});
    std::filesystem::rename(environment.state_folder, folder.path() / "state-of-second-face");
    std::filesystem::rename(folder.path() / "state-of-first-face", environment.state_folder);
  }
  // Works as the second face does.
  void as_second_face(const std::function<void()>& work) const {
    std::filesystem::rename(environment.state_folder, folder.path() / "state-of-first-face");
    std::filesystem::rename(folder.path() / "state-of-second-face", environment.state_folder);
    work();
    std::filesystem::rename(environment.state_folder, folder.path() / "state-of-second-face");
    std::filesystem::rename(folder.path() / "state-of-first-face", environment.state_folder);
  }
  // A steward's word that the history of this copy stands.
  void name_root_of(World& copy) const {
    StewardChange change{
        .act = StewardChange::Act::name_root, .did = {}, .witness = {}, .number = 0, .home = {}};
    change.size = copy.stream.checkpoint->size;
    change.root = copy.stream.checkpoint->root;
    const Event event = propose_change(environment, copy, *signer, change);
    submit(environment, copy, *signer, {.only = {event.id}});
  }
  std::filesystem::path other;
};

}  // namespace

TEST_CASE("every checkpoint that a copy shows is kept once, as it was signed") {
  Remembering ada;
  const TreeSize first = ada.world.stream.covered();
  ada.submit_one();
  const TreeSize second = ada.world.stream.covered();
  open_world(ada.environment, ada.world.folder());
  CHECK(ada.sizes() == std::vector<TreeSize>{first, second});
  const auto seen = seen_checkpoints(ada.environment, ada.world.id());
  const auto note = Note::parse(seen.back().note);
  REQUIRE(note);
  CHECK(note->verified_by(ada.world.stream.authority.log_keys().front().verifier));
}

TEST_CASE("a copy that is behind what was seen opens, and is told to be behind") {
  Remembering ada;
  const auto old = ada.copy_to("old");
  ada.submit_one();
  const World behind = open_world(ada.environment, old);
  const auto beyond = seen_beyond(ada.environment, behind.stream);
  REQUIRE(beyond);
  CHECK(beyond->checkpoint == *ada.world.stream.checkpoint);
  CHECK_FALSE(seen_beyond(ada.environment, ada.world.stream));
  const WorldVerification verification = verify_world(ada.environment, old);
  CHECK(verification.ok());
  REQUIRE(verification.stream.warnings.size() == 1);
  CHECK(verification.stream.warnings.front().find("this machine saw a checkpoint of size") == 0);
}

TEST_CASE("a second history is an alarm that names both and keeps both, however late it shows up") {
  TwoFaced ada;
  const std::string alarm = error_of([&] { open_world(ada.environment, ada.other); });
  CHECK(contains(alarm, "two histories of this world"));
  CHECK(contains(alarm, ada.world.stream.checkpoint->root.hex()));
  const WorldVerification verification = verify_world(ada.environment, ada.other);
  CHECK(verification.stream.ok());  // by itself it is flawless
  CHECK_FALSE(verification.ok());
  bool evidence = false;
  for (const auto& entry : std::filesystem::directory_iterator(ada.memory().parent_path())) {
    if (!entry.is_directory()) continue;
    evidence = true;
    const auto seen = Note::parse(read_file(entry.path() / "seen", Note::max_bytes));
    const auto here = Note::parse(read_file(entry.path() / "here", Note::max_bytes));
    REQUIRE(seen);
    REQUIRE(here);
    CHECK(seen->text != here->text);
  }
  CHECK(evidence);
  CHECK_NOTHROW(open_world(ada.environment, ada.world.folder()));  // the one that was seen first goes on
}

TEST_CASE("a second history that grew longer than the first is found by its beginning") {
  TwoFaced ada;
  std::filesystem::rename(ada.environment.state_folder, ada.folder.path() / "aside");
  std::filesystem::rename(ada.folder.path() / "state-of-second-face", ada.environment.state_folder);
  {
    World second = open_world(ada.environment, ada.other);
    record(ada.environment, second, *ada.signer, deed("map-aed", "3"));
    submit(ada.environment, second, *ada.signer, {});
    CHECK(second.stream.covered() > ada.world.stream.covered());
  }
  std::filesystem::remove_all(ada.environment.state_folder);
  std::filesystem::rename(ada.folder.path() / "aside", ada.environment.state_folder);
  CHECK(contains(error_of([&] { open_world(ada.environment, ada.other); }), "two histories"));
}

TEST_CASE("a proven split halts all but acts of authority, until stewards name the history that stands") {
  TwoFaced ada;
  ada.submit_one();  // nothing is known yet
  error_of([&] { open_world(ada.environment, ada.other); });
  const TreeSize before = ada.world.stream.size();
  CHECK(contains(error_of([&] { ada.submit_one(); }), "two histories"));
  CHECK(ada.world.stream.size() == before);
  ada.name_root_of(ada.world);
  CHECK(ada.world.stream.authority.named_root());
  CHECK(ada.world.stream.pending() == 0);
  CHECK_NOTHROW(submit(ada.environment, ada.world, *ada.signer, {}));
  CHECK(ada.world.stream.size() > before + 1);
  // The other one is refused as before.
  CHECK(contains(error_of([&] { open_world(ada.environment, ada.other); }), "two histories"));
  CHECK_NOTHROW(ada.submit_one());
}

TEST_CASE("a root that both histories share, or that this one lacks, settles no split") {
  TwoFaced ada;
  error_of([&] { open_world(ada.environment, ada.other); });
  const auto name = [&](TreeSize size, const Digest& root) {
    StewardChange change{
        .act = StewardChange::Act::name_root, .did = {}, .witness = {}, .number = 0, .home = {}};
    change.size = size;
    change.root = root;
    const Event event = propose_change(ada.environment, ada.world, *ada.signer, change);
    submit(ada.environment, ada.world, *ada.signer, {.only = {event.id}});
  };
  const auto first = seen_checkpoints(ada.environment, ada.world.id()).front().checkpoint;
  name(first.size, first.root);
  CHECK(contains(error_of([&] { ada.submit_one(); }), "two histories"));
  name(ada.world.stream.checkpoint->size, sha256("another"));
  CHECK(contains(error_of([&] { submit(ada.environment, ada.world, *ada.signer, {}); }), "two histories"));
}

TEST_CASE("a history that was seen second stands where its stewards named it, and the first is given up") {
  TwoFaced ada;
  error_of([&] { open_world(ada.environment, ada.other); });
  const World contested = open_world_to_arbitrate(ada.environment, ada.other);
  CHECK(contains(contested.contradiction, "two histories"));
  ada.as_second_face([&] {
    World second = open_world(ada.environment, ada.other);
    ada.name_root_of(second);
  });
  CHECK_NOTHROW(open_world(ada.environment, ada.other));
  CHECK(contains(error_of([&] { open_world(ada.environment, ada.world.folder()); }), "two histories"));
}

TEST_CASE(
    "a torn memory is written anew, a damaged one is named, and one that cannot be written costs nothing") {
  Remembering ada;
  std::ofstream(ada.memory(), std::ios::app) << R"({"note":"bw/)";
  ada.submit_one();
  CHECK(ada.sizes().size() == 2);
  std::ofstream(ada.memory(), std::ios::app) << "{}\n";
  CHECK(contains(error_of([&] { seen_checkpoints(ada.environment, ada.world.id()); }), "line 3 is damaged"));
  std::filesystem::remove_all(ada.memory().parent_path().parent_path());
  std::ofstream(ada.memory().parent_path().parent_path()) << "a file where the folder should be";
  std::filesystem::remove(ada.world.repository.git_folder() / "bw" / "agreed-checkpoint");
  CHECK_NOTHROW(open_world(ada.environment, ada.world.folder()));
}

TEST_CASE("checkpoints relate to a copy as same, older, newer or of another history") {
  Remembering ada;
  const Checkpoint before = *ada.world.stream.checkpoint;
  ada.submit_one();
  const Checkpoint now = *ada.world.stream.checkpoint;
  const auto relation = [&](const Checkpoint& other) {
    return relation_of(other, ada.world.repository, ada.world.stream);
  };
  CHECK(relation(now) == Relation::same);
  CHECK(relation(before) == Relation::older);
  CHECK(relation({now.origin, now.size + 1, now.root}) == Relation::newer);
  CHECK(relation({now.origin, now.size, before.root}) == Relation::split);
  CHECK(relation({now.origin, before.size, now.root}) == Relation::split);
}

}  // namespace bw
