#pragma once
// For the tests of authority: a world of Ada's whose authority takes one event after another, without a
// repository.

#include <optional>
#include <string>

#include "stream/authority.h"
#include "stream/test_stream.h"

namespace bw::stream_test {

using Act = StewardChange::Act;
inline constexpr std::int64_t day = 86400;

inline const Actor ada = actor('a');
inline const Actor ben = actor('b');
inline const Actor cleo = actor('c');
inline const Actor dan = actor('d');
inline const Event genesis = make_genesis(ada);
inline const WorldId world = genesis.world_id();

inline StewardChange change_of(Act act, const Actor& who) {
  return {.act = act, .did = who.did(), .witness = {}, .number = 0, .home = {}};
}
inline StewardChange change_of(Act act, std::uint32_t number) {
  return {.act = act, .did = {}, .witness = {}, .number = number, .home = {}};
}

// An authority that takes one event after another.
struct History {
  Authority authority;
  std::uint64_t index = 0;
  std::int64_t now = start_of_time;

  // Why the event changes nothing; empty where it takes effect. Judging beforehand says the same, and an
  // event without effect leaves everything as it was.
  std::string take(const Event& event) {
    const bool existed = authority.exists();
    const Json before = authority.json();
    const auto foreseen = existed ? authority.objection(event, now) : std::nullopt;
    if (existed) CHECK(authority.json() == before);
    const auto reason = authority.apply(event, index++, now);
    if (existed) CHECK(reason == foreseen);
    if (reason) CHECK(authority.json() == before);
    CHECK(Authority::from_json(authority.json()).json() == authority.json());
    return reason.value_or("");
  }
  std::string take(const Actor& by, const char* kind, const Json& body) {
    return take(make_event(by, world, kind, body));
  }
  std::string propose(const Actor& by, const StewardChange& change) {
    last = make_event(by, world, "steward.proposed", {{"change", change.json()}});
    return take(*last);
  }
  std::string approve(const Actor& by) {
    return take(by, "steward.approved", {{"proposal", last->id.text()}});
  }
  std::optional<Event> last;
};

inline History started() {
  History history;
  REQUIRE(history.take(genesis).empty());
  return history;
}

// Ada, Ben and Cleo, of whom two decide.
inline History two_of_three() {
  History history = started();
  REQUIRE(history.propose(ada, change_of(Act::add_steward, ben)).empty());
  REQUIRE(history.propose(ada, change_of(Act::add_steward, cleo)).empty());
  REQUIRE(history.propose(ada, change_of(Act::set_threshold, 2)).empty());
  return history;
}

}  // namespace bw::stream_test
