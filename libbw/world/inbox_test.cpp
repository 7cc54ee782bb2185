#include "world/inbox.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "world/clone.h"
#include "world/merge_bundles.h"
#include "world/record.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using namespace bw::testing;

git::RemoteUrl address(const World& world) {
  return *git::RemoteUrl::parse(world.folder().string());
}

// A person with a clone of Ada's world.
struct Volunteer : TestPerson {
  Volunteer(const std::string& name, const World& world)
      : TestPerson(name), copy(clone_world(environment, address(world), folder.path() / "copy").world) {}

  // Leaves one deed in the inbox; returns the ref.
  std::string submit_deed() {
    record(environment, copy, *signer, deed("teach"));
    REQUIRE(submit(environment, copy, *signer, {}).way == Submitted::Way::inbox);
    const auto sent = open_journal(environment, copy.id()).sent();
    return inbox_ref(did(), sent.back().bundle);
  }
  MyReceipts receipts() const { return my_receipts(copy, did()); }

  World copy;
};

std::string receipt_of(const std::string& inbox_name) {
  return std::string(receipt_prefix) + inbox_name.substr(inbox_prefix.size());
}

git::Oid commit_with(World& world, const TestPerson& by, const std::string& path,
                     const std::string& content) {
  const std::vector<git::TreeEdit> edits = {{path, world.repository.write_blob(content)}};
  return world.repository.commit({.tree = world.repository.edit_tree(std::nullopt, edits),
                                  .parents = {},
                                  .author = appender(by.did()),
                                  .time = by.environment.now(),
                                  .message = "Left here\n"},
                                 commit_signer_with(*by.signer));
}

void set_ref(World& world, const std::string& ref, const git::Oid& oid) {
  REQUIRE(world.repository.update_ref(ref, oid, world.repository.ref(ref), "test"));
}

std::string receipt_text(const TestPerson& by, const Digest& bundle, const WorldId& world) {
  return write_receipt({by.did(), by.environment.now(), bundle, world, {}}, *by.signer) + "\n";
}

std::size_t admitted(const MergedInboxes& merged) {
  std::size_t count = 0;
  for (const MergedBundle& bundle : merged.bundles) {
    for (const Verdict& verdict : bundle.verdicts) count += verdict.kind == Verdict::Kind::admitted ? 1 : 0;
  }
  return count;
}

TEST_CASE("what is no receipt hides a bundle neither from stewards nor from its sender") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  const std::string name = ben.submit_deed();
  const std::string receipt = receipt_of(name);
  const Digest bundle = parse_bundle_ref(name)->bundle;
  const auto with = [&](const std::string& content) {
    return commit_with(ada.world, ada, "receipt.json", content);
  };
  const std::vector<git::Oid> junk = {
      ada.world.repository.write_blob("junk"),
      commit_with(ada.world, ada, "other.json", "x"),
      with(""),
      with("junk\n"),
      with(receipt_text(ben, bundle, ada.world.id())),            // his own: he is no steward
      with(receipt_text(ada, sha256("other"), ada.world.id())),   // about another bundle
      with(receipt_text(ada, bundle, WorldId{sha256("other")})),  // of another world
      with(std::string(max_receipt_bytes + 2, 'x')),
  };
  for (std::size_t i = 0; i < junk.size(); ++i) {
    CAPTURE(i);
    set_ref(ada.world, receipt, junk[i]);
    ben.copy.repository.remove_ref(receipt);
    CHECK(unanswered_bundles(ada.world) == 1);
    // Nothing of it reaches the sender.
    CHECK(pull_world(ben.environment, ben.copy).receipts.empty());
    CHECK_FALSE(ben.copy.repository.ref(receipt));
    // And where it lies in his own repository, it is counted and passed over.
    const git::Oid here = commit_with(ben.copy, ben, "receipt.json", "junk " + std::to_string(i));
    set_ref(ben.copy, receipt, here);
    CHECK(ben.receipts().receipts.empty());
    CHECK(ben.receipts().junk == 1);
  }
  CHECK(admitted(merge_inboxes(ada.environment, ada.world, *ada.signer)) == 1);
  CHECK(unanswered_bundles(ada.world) == 0);
  // A genuine one takes the place of junk, there and at the sender's.
  CHECK(pull_world(ben.environment, ben.copy).receipts.size() == 1);
  CHECK(ben.receipts().receipts.size() == 1);
  CHECK(ben.receipts().junk == 0);
}

TEST_CASE("a receipt that counts is never replaced by something else") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  const std::string receipt = receipt_of(ben.submit_deed());
  merge_inboxes(ada.environment, ada.world, *ada.signer);
  pull_world(ben.environment, ben.copy);
  const auto genuine = ben.copy.repository.ref(receipt);
  REQUIRE(genuine);
  set_ref(ada.world, receipt, commit_with(ada.world, ada, "receipt.json", "junk"));
  CHECK(pull_world(ben.environment, ben.copy).receipts.empty());
  CHECK(ben.copy.repository.ref(receipt) == genuine);
  // The steward answers again, with the same outcome.
  const MergedInboxes again = merge_inboxes(ada.environment, ada.world, *ada.signer);
  REQUIRE(again.bundles.size() == 1);
  CHECK(again.bundles[0].verdicts.at(0).kind == Verdict::Kind::duplicate);
  CHECK(unanswered_bundles(ada.world) == 0);
}

TEST_CASE("refs in an inbox that name no bundle are passed over") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  const std::string name = ben.submit_deed();
  const git::Oid lying = *ada.world.repository.ref(name);
  const std::string hex = sha256("x").hex();
  for (const std::string& other : {std::string("refs/bw/inbox/x/y"), "refs/bw/inbox/" + hex,
                                   "refs/bw/inbox/z6Mk/" + hex, name.substr(0, name.size() - 1)}) {
    set_ref(ada.world, other, lying);
  }
  CHECK(unanswered_bundles(ada.world) == 1);
  CHECK(merge_inboxes(ada.environment, ada.world, *ada.signer).bundles.size() == 1);
}

TEST_CASE("what is no bundle is refused as a whole, once") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  const std::string genuine = ben.submit_deed();
  const git::Oid lying = *ada.world.repository.ref(genuine);
  set_ref(ada.world, inbox_ref(ben.did(), sha256("a")), ada.world.repository.write_blob("no commit"));
  set_ref(ada.world, inbox_ref(ben.did(), sha256("b")), commit_with(ada.world, ada, "other", "x"));
  set_ref(ada.world, inbox_ref(ben.did(), sha256("c")), commit_with(ada.world, ada, "bundle.jsonl", "junk"));
  set_ref(ada.world, inbox_ref(ben.did(), sha256("d")), lying);  // under a name that is not its own
  set_ref(ada.world, inbox_ref(ada.did(), parse_bundle_ref(genuine)->bundle), lying);
  set_ref(ada.world, inbox_ref(ben.did(), sha256("junk\n")),
          commit_with(ada.world, ada, "bundle.jsonl", "junk\n"));
  const MergedInboxes first = merge_inboxes(ada.environment, ada.world, *ada.signer);
  CHECK(admitted(first) == 1);
  CHECK(std::count_if(first.bundles.begin(), first.bundles.end(),
                      [](const MergedBundle& bundle) { return !bundle.problem.empty(); }) == 6);
  CHECK(unanswered_bundles(ada.world) == 0);
  CHECK(merge_inboxes(ada.environment, ada.world, *ada.signer).bundles.empty());
  // Something else under the same name is looked at.
  set_ref(ada.world, inbox_ref(ben.did(), sha256("a")), commit_with(ada.world, ada, "other", "y"));
  CHECK(unanswered_bundles(ada.world) == 1);
}

TEST_CASE("a flood by one sender lets the others through, and a run says how many are left") {
  TestWorld ada;
  Volunteer eve("Eve", ada.world);
  Volunteer ben("Ben", ada.world);
  Volunteer cleo("Cleo", ada.world);
  for (int i = 0; i < 9; ++i) eve.submit_deed();
  const std::string of_ben = ben.submit_deed();
  const std::string of_cleo = cleo.submit_deed();
  std::size_t taken = 0;
  for (const std::size_t left : {7U, 3U, 0U}) {
    const MergedInboxes merged = merge_inboxes(ada.environment, ada.world, *ada.signer, {.bundles = 4});
    CHECK(merged.left == left);
    CHECK(unanswered_bundles(ada.world) == left);
    taken += admitted(merged);
    CHECK(ada.world.repository.ref(receipt_of(of_ben)));
    CHECK(ada.world.repository.ref(receipt_of(of_cleo)));
  }
  CHECK(taken == 11);
}

TEST_CASE("a flood of junk under somebody's name is over after so many runs") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  ben.submit_deed();
  for (int i = 0; i < 9; ++i) {
    const std::string junk = "junk " + std::to_string(i);
    set_ref(ada.world, inbox_ref(ben.did(), sha256(junk)), commit_with(ada.world, ada, "bundle.jsonl", junk));
  }
  std::size_t taken = 0;
  for (int run = 0; run < 5; ++run)
    taken += admitted(merge_inboxes(ada.environment, ada.world, *ada.signer, {.bundles = 2}));
  CHECK(taken == 1);
  CHECK(unanswered_bundles(ada.world) == 0);
}

TEST_CASE("no more bytes are read than one run may hold") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  for (int i = 0; i < 3; ++i) ben.submit_deed();
  const MergedInboxes merged = merge_inboxes(ada.environment, ada.world, *ada.signer, {.bytes = 1});
  CHECK(merged.bundles.size() == 1);
  CHECK(merged.left == 2);
}

TEST_CASE("who asked to join is not asked twice, until a steward refuses") {
  TestWorld ada;
  Volunteer ben("Ben", ada.world);
  const auto join = [&] {
    return join_world(ben.environment, ben.copy, *ben.identity, *ben.signer, false, SyncWish::manual);
  };
  CHECK_FALSE(asked_to_join(ben.environment, ben.copy, ben.did()));
  const Joining first = join();
  CHECK_FALSE(first.before);
  const Joining second = join();
  CHECK(second.before);
  CHECK(second.event == first.event);
  CHECK(asked_to_join(ben.environment, ben.copy, ben.did()) == first.event);
  submit(ben.environment, ben.copy, *ben.signer, {});
  CHECK(join().before);

  // A steward's answer, as it would come from a world that takes nobody.
  const Digest bundle = open_journal(ben.environment, ben.copy.id()).sent().back().bundle;
  const Receipt refusal{ada.did(),
                        ada.environment.now(),
                        bundle,
                        ada.world.id(),
                        {{Verdict::Kind::refused, first.event, std::nullopt, "closed"}}};
  set_ref(ben.copy, receipt_ref(ben.did(), bundle),
          commit_with(ben.copy, ada, "receipt.json", write_receipt(refusal, *ada.signer) + "\n"));
  CHECK_FALSE(asked_to_join(ben.environment, ben.copy, ben.did()));
  CHECK_FALSE(join().before);
}

}  // namespace
}  // namespace bw
