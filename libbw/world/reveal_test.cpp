#include "world/reveal.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "world/history.h"
#include "world/submit.h"
#include "world/test_world.h"
#include "world/withdraw.h"

namespace bw {
namespace {

using namespace bw::testing;

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::usage, "nothing was thrown"};
}

Event concealed(const TestWorld& ada, std::string_view quantity) {
  Deed made = deed("attend", quantity);  // at most three hours ever
  made.conceal = true;
  return record(ada.environment, ada.world, *ada.signer, made).event;
}

Revealed reveal(const TestWorld& ada, const Event& event, const std::vector<std::string>& fields = {}) {
  return record_reveal(ada.environment, ada.world, *ada.signer, event.id, fields);
}

}  // namespace

TEST_CASE("a concealed deed uses up its limit when it is revealed, and not before") {
  TestWorld ada;
  const Event first = concealed(ada, "2");
  const Event second = concealed(ada, "2");
  CHECK(first.body_text == "{}");
  const Event open = record(ada.environment, ada.world, *ada.signer, deed("attend", "1")).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  CHECK(claim_revealed(*reveal(ada, first).claim, first)->quantity == Decimal(2));
  CHECK(error_of([&] { reveal(ada, second); }).code() == ErrorCode::refused);
  CHECK(error_of([&] { reveal(ada, first); }).code() == ErrorCode::refused);
  CHECK(error_of([&] { reveal(ada, open); }).code() == ErrorCode::refused);
  CHECK(view_event(ada.environment, ada.world, first.id).in_force->quantity == Decimal(2));
  CHECK_FALSE(view_event(ada.environment, ada.world, second.id).in_force);
}

TEST_CASE("a revelation of another claim, or by another, reveals nothing") {
  const TestWorld ada;
  const TestPerson eve("Eve");
  const Event deed = concealed(ada, "2");
  const Revealed revealed = reveal(ada, deed);
  Json body = revealed.claim->body();
  const auto made = [&](const Signer& by, const Json& said) {
    return sign_event({.at = ada.environment.now(),
                       .kind = "event.revealed",
                       .body = said,
                       .details = {},
                       .world = ada.world.id()},
                      make_nonce(ada.environment.random), by);
  };
  CHECK(claim_revealed(made(*ada.signer, body), deed));
  CHECK_FALSE(claim_revealed(made(*eve.signer, body), deed));
  body["value"]["quantity"] = "3";
  CHECK_FALSE(claim_revealed(made(*ada.signer, body), deed));
}

TEST_CASE("a concealed deed can be retracted, not corrected, and then not be revealed") {
  const TestWorld ada;
  const Event made = concealed(ada, "1");
  CHECK(error_of([&] {
          record_correction(ada.environment, ada.world, *ada.signer, made.id, deed("", "2"));
        }).code() == ErrorCode::refused);
  record_retraction(ada.environment, ada.world, *ada.signer, made.id, {});
  CHECK(error_of([&] { reveal(ada, made); }).code() == ErrorCode::refused);
}

TEST_CASE("what was withdrawn is not revealed") {
  TestWorld ada;
  Deed noted = deed("map-aed");
  noted.note = "words";
  const Event event = record(ada.environment, ada.world, *ada.signer, noted).event;
  submit(ada.environment, ada.world, *ada.signer, {});
  withdraw(ada.environment, ada.world, *ada.signer, event.id, {});
  const Error error = error_of([&] { reveal(ada, event, {"note"}); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(std::string(error.what()).find("withdrawn") != std::string::npos);
}

}  // namespace bw
