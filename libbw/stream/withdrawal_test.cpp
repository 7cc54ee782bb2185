#include "stream/withdrawal.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const Actor ben = actor('b');
const Actor mallory = actor('m');
const WorldId world{sha256("world")};

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
  Withdrawals withdrawals;
  withdrawals.take(withdrawal(mallory, event, {"note"}), 1, false);
  CHECK(withdrawals.of(event, "note") == nullptr);
  withdrawals.take(withdrawal(ben, event, {"note"}), 2, false);
  REQUIRE(withdrawals.of(event, "note") != nullptr);
  CHECK(withdrawals.of(event, "note")->by == ben.did());
  CHECK(withdrawals.of(event, "note")->index == 2);
  CHECK(withdrawals.of(event, "place") == nullptr);
  withdrawals.take(withdrawal(ada, event, {"note", "place"}), 3, true);
  CHECK(withdrawals.of(event, "place")->by == ada.did());
  CHECK(withdrawals.of(event, "note")->index == 2);  // the first
  CHECK(withdrawals.of(deed(), "note") == nullptr);
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
  withdrawals.take(withdrawal(ben, event, {"note"}), 2, false);
  withdrawals.take(withdrawal(ada, event, {"place"}), 3, true);
  const Withdrawals again = Withdrawals::from_json(withdrawals.json());
  CHECK(again.json() == withdrawals.json());
  CHECK(again.of(event, "place")->by_steward);
  CHECK_THROWS(Withdrawals::from_json({{{"by", "nobody"}}}));
}
