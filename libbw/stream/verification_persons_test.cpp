#include <doctest/doctest.h>

#include "stream/test_full_world.h"
#include "stream/verification.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor phone = actor('p');

// A world whose creator linked a phone.
struct LinkedWorld : StreamWorld {
  LinkedWorld() {
    append({link(creator, phone)});
    append({link(phone, creator)});
  }
  Event link(const Actor& one, const Actor& other) const {
    return event(one, "identity.linked", {{"key", other.did().text()}});
  }
  Event revoked(const Actor& by, const Actor& key) const {
    return event(by, "identity.revoked", {{"key", key.did().text()}});
  }
};

Bundle bundle_of(const StreamWorld& world, const Event& event) {
  return {event.actor, world.now, world.world(), {event}, {}, {}, {}};
}

}  // namespace

TEST_CASE("a linked key appends, and once it is revoked no commit of it verifies") {
  LinkedWorld world;
  world.append({{world.logged(phone)}, {}, {}}, phone);
  world.append({{world.revoked(world.creator, phone)}, {}, {}}, phone);  // before its own effect
  const git::Oid later = append_entries(world.repository, world.state,
                                        {{world.logged(world.creator)}, {}, {}}, world.now, *phone.signer);
  CHECK(contains(world.problems(later), "no steward or sequencer"));
  CHECK(world.problems(*world.state.head).empty());
}

TEST_CASE("what a revoked key says is refused at admission, and ineffective where it is in the log") {
  LinkedWorld world;
  const Event said = world.logged(phone);
  world.append({world.revoked(world.creator, phone)});
  const auto judged = admit(bundle_of(world, said), world.state, {}, world.now);
  CHECK(contains(judged.verdicts.at(0).reason, "revoked"));
  world.append({said});
  const StreamVerification verification = world.verify_all(*world.state.head);
  CHECK(verification.ok());
  REQUIRE(verification.ineffective.size() == 1);
  CHECK(verification.ineffective[0].id == said.id);
  CHECK(contains(verification.ineffective[0].reason, "revoked"));
}

TEST_CASE("the log key of a revoked key covers nothing, and that of its successor does") {
  LinkedWorld world;
  const NoteSigner next = NoteSigner::generate(log_origin(world.world()), counting_random(7));
  world.append({world.event(phone, "identity.announced", announced_log_key(next, phone, world.world()))});
  world.append({world.revoked(world.creator, world.creator)});
  const auto problems = [&](const NoteSigner& key) {
    const Note note = world.note(world.state.size(), world.state.tree.root(), key);
    return world.problems(append_checkpoint(world.repository, world.state, note, world.now, *phone.signer));
  };
  CHECK(contains(problems(world.log_key), "no live log key"));
  CHECK(problems(next).empty());
}

TEST_CASE("stewards reset a clock that ran away, and appends go on from there") {
  StreamWorld world;
  const Timestamp here = world.now;
  world.now = {here.seconds + 10 * 365 * 86400};
  world.append({world.logged(actor('b'))});
  world.now = {here.seconds + 60};
  const auto append = [&](const Event& event) {
    return append_entries(world.repository, world.state, {{event}, {}, {}}, world.now, *world.creator.signer);
  };
  CHECK(failure_of([&] { append(world.logged(actor('b'))); }).code == ErrorCode::refused);
  StewardChange reset{
      .act = StewardChange::Act::reset_clock, .did = {}, .witness = {}, .number = 0, .home = {}};
  reset.recorded = world.now.seconds;
  // In one commit with what follows, which is recorded by the clock that was set.
  world.append({{world.proposed(world.creator, reset),
                 world.event(actor('b'), "identity.announced", {{"keys", Json::array()}})},
                {},
                {}},
               world.creator);
  CHECK(world.state.last_recorded == world.now.seconds);
  world.append({world.logged(actor('b'))});
  CHECK(world.state.last_recorded == world.now.seconds);
  CHECK(world.problems(*world.state.head).empty());
  // Without their word it never falls.
  const std::string early = entry_line(world.logged(actor('b')).line, world.now.seconds - 1) + "\n";
  CHECK(contains(world.problems(world.commit({world.put("log/000.jsonl", world.log() + early)})),
                 "recorded before"));
}

TEST_CASE("a state with persons is the same after it was saved") {
  LinkedWorld world;
  world.append({world.revoked(world.creator, phone)});
  const StreamState again = StreamState::from_bytes(world.state.bytes());
  CHECK(again.bytes() == world.state.bytes());
  CHECK_FALSE(again.authority.may_append(phone.did()));
  CHECK(again.authority.persons().could_speak(phone.did(), world.state.size() - 1));
  CHECK_FALSE(again.authority.persons().could_speak(phone.did(), world.state.size()));
}
