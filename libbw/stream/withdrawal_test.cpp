#include "stream/withdrawal.h"

#include <doctest/doctest.h>

#include "stream/test_authority.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor mallory = actor('m');

// Ben's event with two details.
Event deed() {
  return sign_event({.at = {start_of_time},
                     .kind = "behaviour.logged",
                     .body = logged_body(),
                     .details = {{"note", Digest{}}, {"place", Digest{}}},
                     .world = world},
                    make_nonce(system_random), *ben.signer);
}

Event withdrawal(const Actor& by, const Json& event, const Json& fields) {
  return make_event(by, world, "details.withdrawn", {{"event", event}, {"fields", fields}});
}
Event withdrawal(const Actor& by, const Event& event, const Json& fields) {
  return withdrawal(by, Json(event.id.text()), fields);
}

}  // namespace

TEST_CASE("a withdrawal is in effect by the author's word or a steward's, and by nobody else's") {
  const Event event = deed();
  const Authority authority = started().authority;
  Withdrawals withdrawals;
  const auto of = [&](std::string_view field) { return withdrawals.of(event, field, authority.persons()); };
  withdrawals.take(withdrawal(mallory, event, {"note"}), 1, authority);
  CHECK(of("note") == nullptr);
  withdrawals.take(withdrawal(ben, event, {"note"}), 2, authority);
  REQUIRE(of("note") != nullptr);
  CHECK(of("note")->by == ben.did());
  CHECK(of("note")->index == 2);
  CHECK(of("place") == nullptr);
  withdrawals.take(withdrawal(ada, event, {"note", "place"}), 3, authority);
  CHECK(of("place")->by == ada.did());
  CHECK(of("note")->index == 2);  // the first
  CHECK(withdrawals.of(deed(), "note", authority.persons()) == nullptr);
}

TEST_CASE("any key of a person withdraws what another said, and a key that was revoked withdraws nothing") {
  const Event event = deed();
  const Actor phone = actor('p');
  History history = started();
  REQUIRE(history.take(ben, "identity.linked", {{"key", phone.did().text()}}).empty());
  REQUIRE(history.take(phone, "identity.linked", {{"key", ben.did().text()}}).empty());
  Withdrawals withdrawals;
  withdrawals.take(withdrawal(phone, event, {"note"}), 3, history.authority);
  CHECK(withdrawals.of(event, "note", history.authority.persons()) != nullptr);
  REQUIRE(history.take(ben, "identity.revoked", {{"key", phone.did().text()}}).empty());
  withdrawals.take(withdrawal(phone, event, {"place"}), 5, history.authority);
  CHECK(withdrawals.of(event, "place", history.authority.persons()) == nullptr);
  CHECK(withdrawals.of(event, "note", history.authority.persons()) != nullptr);
}

TEST_CASE("a withdrawal has one form") {
  const Event event = deed();
  CHECK(withdrawn_by(withdrawal(ben, event, {"note", "place"}))->fields ==
        std::set<std::string>{"note", "place"});
  for (const Json& fields : {Json::array(), Json("note"), Json{"place", "note"}, Json{"note", "note"},
                             Json{1}, Json{""}, Json(nullptr), Json{std::string(65, 'x')}}) {
    CAPTURE(fields.dump());
    CHECK_FALSE(withdrawn_by(withdrawal(ben, event, fields)));
  }
  CHECK_FALSE(withdrawn_by(withdrawal(ben, Json("no id"), {"note"})));
  CHECK_FALSE(withdrawn_by(make_event(ben, world, "event.retracted", {{"event", event.id.text()}})));
  CHECK(
      withdrawn_by(make_event(ben, world, "details.withdrawn", WithdrawnFields{event.id, {"note"}}.body())));
}

TEST_CASE("withdrawals come back from what they were saved as") {
  const Event event = deed();
  Withdrawals withdrawals;
  const Authority authority = started().authority;
  withdrawals.take(withdrawal(ben, event, {"note"}), 2, authority);
  withdrawals.take(withdrawal(ada, event, {"place"}), 3, authority);
  const Withdrawals again = Withdrawals::from_json(withdrawals.json());
  CHECK(again.json() == withdrawals.json());
  CHECK(again.of(event, "place", authority.persons())->by_steward);
  CHECK_THROWS(Withdrawals::from_json({{{"by", "nobody"}}}));
}
