#include "world/my_keys.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "world/clone.h"
#include "world/history.h"
#include "world/merge_bundles.h"
#include "world/rotation.h"
#include "world/status.h"
#include "world/submit.h"
#include "world/test_world.h"
#include "world/verify_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::deed;
using testing::error_of;
using testing::TestPerson;
using testing::TestWorld;

std::vector<std::string> bundles_of(const TestPerson& person, World& world, const Signer& signer) {
  std::vector<std::string> bundles;
  submit(person.environment, world, signer,
         {.deliver = [&](const std::string& bytes) { bundles.push_back(bytes); }});
  return bundles;
}

// Ada's world, and a copy on another device whose bundles she admits.
struct TwoDevices : TestWorld {
  TwoDevices()
      : phone("Phone"),
        copy(clone_world(phone.environment, *git::RemoteUrl::parse(world.folder().string()),
                         phone.folder.path() / "copy")
                 .world) {}

  // What waits on the phone enters the log; reasons where something was refused.
  std::string bring(const Signer& by) {
    std::string reasons;
    for (const MergedBundle& merged :
         merge_bundles(environment, world, *signer, bundles_of(phone, copy, by))) {
      for (const Verdict& verdict : merged.verdicts) reasons += verdict.reason;
    }
    pull_world(phone.environment, copy, std::nullopt);
    return reasons;
  }
  void send() {
    submit(environment, world, *signer, {});
    pull_world(phone.environment, copy, std::nullopt);
  }
  void link() {
    link_key(environment, world, *signer, phone.did());
    send();
    link_key(phone.environment, copy, *phone.signer, did());
    REQUIRE(bring(*phone.signer).empty());
    REQUIRE(copy.stream.authority.persons().are_one(did(), phone.did()));
  }
  const Authority& authority() const { return world.stream.authority; }

  TestPerson phone;
  World copy;
};

}  // namespace

TEST_CASE("what both devices did is one person's: her history, her limits, hers to correct") {
  TwoDevices ada;
  ada.link();
  CHECK(world_status(ada.phone.environment, ada.copy).steward);
  const Event walk = record(ada.environment, ada.world, *ada.signer, deed("attend", "2")).event;
  ada.send();
  CHECK(view_event(ada.phone.environment, ada.copy, walk.id).item.mine);
  CHECK(contains(
      error_of([&] { record(ada.phone.environment, ada.copy, *ada.phone.signer, deed("attend", "2")); }),
      "limited"));
  record_correction(ada.phone.environment, ada.copy, *ada.phone.signer, walk.id, deed("attend", "1"));
  record(ada.phone.environment, ada.copy, *ada.phone.signer, deed("attend", "2"));
  CHECK(ada.bring(*ada.phone.signer).empty());
  const EventView view = view_event(ada.environment, ada.world, walk.id);
  REQUIRE(view.in_force);
  CHECK(view.in_force->quantity == Decimal(1));
  CHECK(contains(error_of([&] { record(ada.environment, ada.world, *ada.signer, deed("attend")); }),
                 "limited"));
}

TEST_CASE("what a revoked phone says later is refused with the reason, and counts for nothing in the log") {
  TwoDevices ada;
  ada.link();
  const Event before = record(ada.phone.environment, ada.copy, *ada.phone.signer, deed("attend")).event;
  REQUIRE(ada.bring(*ada.phone.signer).empty());
  revoke_key(ada.environment, ada.world, *ada.signer, ada.phone.did());
  submit(ada.environment, ada.world, *ada.signer, {});
  const Event late = record(ada.phone.environment, ada.copy, *ada.phone.signer, deed("attend", "2")).event;
  CHECK(contains(ada.bring(*ada.phone.signer), "revoked"));
  CHECK(world_status(ada.phone.environment, ada.copy).is_revoked);
  append_at_home(ada.environment, ada.world, *ada.signer, [&](const StreamState& state) {
    return state.ids.find(late.id) ? Composition{} : Composition{{{late}, {}, {}}, {}};
  });
  CHECK(verify_world(ada.environment, ada.world.folder()).ok());
  CHECK(view_event(ada.environment, ada.world, late.id).ineffective.has_value());
  CHECK_FALSE(view_event(ada.environment, ada.world, before.id).ineffective);
  // Three may be attended, and only the one before counts.
  CHECK_NOTHROW(record(ada.environment, ada.world, *ada.signer, deed("attend", "2")));
}

TEST_CASE("a link in a world of members is admitted where the known key spoke first, and not before") {
  const std::string only_members = std::string(testing::test_definition) + "admission: {policy: members}\n";
  TestPerson ada;
  World world = testing::make_world(ada, ada.folder.path() / "world", {{"betterworld.yaml", only_members}});
  TestPerson phone("Phone");
  World copy = clone_world(phone.environment, *git::RemoteUrl::parse(world.folder().string()),
                           phone.folder.path() / "copy")
                   .world;
  link_key(phone.environment, copy, *phone.signer, ada.did());
  const auto bundles = bundles_of(phone, copy, *phone.signer);
  const auto merged = merge_bundles(ada.environment, world, *ada.signer, bundles);
  CHECK(contains(merged.at(0).verdicts.at(0).reason, "joined"));
  link_key(ada.environment, world, *ada.signer, phone.did());
  submit(ada.environment, world, *ada.signer, {});
  CHECK(merge_bundles(ada.environment, world, *ada.signer, bundles).at(0).verdicts.at(0).reason.empty());
  CHECK(world.stream.authority.is_steward(phone.did()));
}

TEST_CASE("a rotated key leaves everything to the next: what waited, roles, history and the log key") {
  TestWorld ada;
  const Event waiting = record(ada.environment, ada.world, *ada.signer, deed("attend")).event;
  const Rotation rotation = rotate_key(ada.environment, "");
  REQUIRE(rotation.worlds.size() == 1);
  CHECK(rotation.worlds[0].problem.empty());
  CHECK(rotation.worlds[0].in_force);
  CHECK(rotation.before.did == ada.did());
  CHECK(rotation.now.did == require_identity(ada.environment).did);
  World world = open_world(ada.environment, ada.world.folder());
  CHECK(world.stream.ids.find(waiting.id));
  CHECK(world.stream.pending() == 0);
  CHECK(world.stream.authority.stewards() == std::set<Did>{ada.did()});
  CHECK(world.stream.authority.is_steward(rotation.now.did));
  CHECK_FALSE(world.stream.authority.may_append(ada.did()));
  CHECK(world_status(ada.environment, world).waiting == 0);
  CHECK(view_event(ada.environment, world, waiting.id).item.mine);

  const auto signer = open_signer(ada.environment, rotation.now);
  record_correction(ada.environment, world, *signer, waiting.id, deed("attend", "2"));
  CHECK(contains(error_of([&] { record(ada.environment, world, *signer, deed("attend", "2")); }), "limited"));
  submit(ada.environment, world, *signer, {});
  CHECK(world.stream.pending() == 0);
  CHECK(view_event(ada.environment, world, waiting.id).in_force->quantity == Decimal(2));
  CHECK(verify_world(ada.environment, world.folder()).ok());
  const std::string allowed = read_file(world.repository.git_folder() / "bw" / "allowed_signers", 1u << 20);
  CHECK(contains(allowed, ada.did().short_id()));
  CHECK(contains(allowed, rotation.now.did.short_id()));
  CHECK(world.repository.config("user.name") == rotation.now.did.short_id());
}

TEST_CASE("a rotation that broke off goes on with the key that it had made") {
  TestWorld ada;
  const Identity next = prepare_next_identity(ada.environment, "");
  CHECK(prepare_next_identity(ada.environment, "").did == next.did);
  CHECK(require_identity(ada.environment).did == ada.did());
  CHECK(rotate_key(ada.environment, "").now.did == next.did);
  const auto former = former_identities(ada.environment);
  REQUIRE(former.size() == 1);
  CHECK(former[0].did == ada.did());
  CHECK(open_signer(ada.environment, former[0])->did() == ada.did());
  CHECK(read_personal_seed(ada.environment).bytes.size() == 32);
}

TEST_CASE("where the home does not answer, a rotation waits in the journal and is sent later") {
  TestWorld ada;
  const auto home = ada.world.repository.git_folder();
  World copy = clone_world(ada.environment, *git::RemoteUrl::parse(ada.world.folder().string()),
                           ada.folder.path() / "copy")
                   .world;
  forget_world(ada.environment, ada.world.folder());
  copy.repository.set_config("remote.origin.url", (ada.folder.path() / "gone").string());
  const Rotation rotation = rotate_key(ada.environment, "");
  REQUIRE(rotation.worlds.size() == 1);
  CHECK_FALSE(rotation.worlds[0].problem.empty());
  const auto signer = open_signer(ada.environment, rotation.now);
  copy.repository.set_config("remote.origin.url", ada.world.folder().string());
  CHECK(submit_former(ada.environment, copy, *signer) > 0);
  // It lies in the inbox at home, where a steward (here the old key) admits it.
  merge_inboxes(ada.environment, ada.world, *ada.signer);
  CHECK(ada.world.stream.authority.is_steward(rotation.now.did));
  CHECK_FALSE(ada.world.stream.authority.may_append(ada.did()));
}

TEST_CASE("the paper key brings a person back with a new key, where the world knew its recovery key") {
  TwoDevices ada;
  const PaperKey paper = make_paper_key(ada.environment);
  const Identity now = succeed_identity(ada.phone.environment, paper, "Ada", "", true);
  CHECK(now.did != ada.did());
  CHECK(read_personal_seed(ada.phone.environment) == paper.personal_seed);
  CHECK(succeed_identity(ada.phone.environment, paper, "Ada", "", false).did == now.did);
  const auto signer = open_signer(ada.phone.environment, now);
  CHECK(contains(error_of([&] { recover_person(ada.phone.environment, ada.copy, *signer, paper); }),
                 "no recovery key"));
  REQUIRE(announce_recovery(ada.environment, ada.world, *ada.signer, nullptr));
  ada.send();
  CHECK_FALSE(announce_recovery(ada.environment, ada.world, *ada.signer, nullptr));
  recover_person(ada.phone.environment, ada.copy, *signer, paper);
  CHECK(ada.bring(*signer).empty());
  CHECK(ada.authority().is_steward(now.did));
  CHECK_FALSE(ada.authority().may_append(ada.did()));
}

TEST_CASE("another recovery key is announced with the paper of the one before, and not without") {
  TestWorld ada;
  REQUIRE(announce_recovery(ada.environment, ada.world, *ada.signer, nullptr));
  submit(ada.environment, ada.world, *ada.signer, {});
  const PersonalSeed before = read_personal_seed(ada.environment);
  // The same actor key with another seed, as after `bw id use --replace`.
  const auto key = ada.folder.path() / "key";
  std::filesystem::copy(ada.identity->key_file, key);
  use_key(ada.environment, key, "Ada", true);
  CHECK(contains(error_of([&] { announce_recovery(ada.environment, ada.world, *ada.signer, nullptr); }),
                 "consent"));
  REQUIRE(announce_recovery(ada.environment, ada.world, *ada.signer, &before));
  submit(ada.environment, ada.world, *ada.signer, {});
  CHECK(ada.world.stream.authority.persons().of(ada.did()).recovery ==
        Did::from_public_key(read_personal_seed(ada.environment).recovery_public_key()));
}

TEST_CASE("only a key that was revoked disputes it, and says what ended it") {
  TwoDevices ada;
  CHECK(contains(error_of([&] { dispute_revocation(ada.environment, ada.world, *ada.signer); }),
                 "was not revoked"));
  ada.link();
  CHECK(contains(error_of([&] { revoke_key(ada.phone.environment, ada.copy, *ada.phone.signer, ada.did()); }),
                 "too few other stewards"));
  revoke_key(ada.environment, ada.world, *ada.signer, ada.phone.did());
  ada.send();
  CHECK(contains(error_of([&] { dispute_revocation(ada.phone.environment, ada.copy, *ada.phone.signer); }),
                 "too few other stewards"));
}

}  // namespace bw
