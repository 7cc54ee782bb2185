#include "world/submit.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "world/clone.h"
#include "world/merge_bundles.h"
#include "world/record.h"
#include "world/test_world.h"

namespace bw {
namespace {

using namespace bw::testing;

Event log_one(const TestPerson& who, const World& world) {
  return record(who.environment, world, *who.signer,
                {.behaviour = "teach",
                 .quantity = Decimal{1},
                 .unit = {},
                 .at = {},
                 .note = {},
                 .place = {},
                 .evidence = {},
                 .visibility = {}})
      .event;
}

Error failure_of_undo(const TestPerson& who, const World& world, const EventId& id) {
  try {
    undo(who.environment, world, id);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::usage, "it was undone"};
}

// The same person, in whose clock something happens the next time that it is asked: what another process
// does in that moment.
Environment interrupted(const TestPerson& who, std::function<void()> happens) {
  Environment environment = who.environment;
  auto once = std::make_shared<std::function<void()>>(std::move(happens));
  environment.now = [now = who.environment.now, once] {
    if (const auto work = std::exchange(*once, nullptr)) work();
    return now();
  };
  return environment;
}

bool is_in_log(const World& world, const Event& event) {
  return world.stream.ids.find(event.id).has_value();
}

TEST_CASE("what is taken back while it is being put together is not sent, and the rest is") {
  TestWorld ada;
  const Event first = log_one(ada, ada.world);
  const Event second = log_one(ada, ada.world);
  const Environment environment = interrupted(ada, [&] { undo(ada.environment, ada.world, first.id); });
  const Submitted submitted = submit(environment, ada.world, *ada.signer, {});
  CHECK(submitted.events == std::vector{second.id});
  CHECK_FALSE(is_in_log(ada.world, first));
  CHECK(is_in_log(ada.world, second));
}

TEST_CASE("where everything is taken back meanwhile, nothing is sent") {
  TestWorld ada;
  const Event only = log_one(ada, ada.world);
  const std::uint64_t size = ada.world.stream.size();
  const Environment environment = interrupted(ada, [&] { undo(ada.environment, ada.world, only.id); });
  CHECK(submit(environment, ada.world, *ada.signer, {}).events.empty());
  CHECK(ada.world.stream.size() == size);
}

TEST_CASE("what is leaving cannot be taken back, and a bundle that could not be delivered lets go of it") {
  TestWorld ada;
  const Event event = log_one(ada, ada.world);
  std::optional<Error> refusal;
  SubmitOptions options;
  options.deliver = [&](const std::string&) {
    refusal = failure_of_undo(ada, ada.world, event.id);
    throw Error(ErrorCode::cannot, "the disk is full");
  };
  CHECK_THROWS_AS(submit(ada.environment, ada.world, *ada.signer, options), Error);
  REQUIRE(refusal);
  CHECK(refusal->code() == ErrorCode::refused);
  CHECK(std::string(refusal->what()).find("being submitted") != std::string::npos);
  CHECK(waiting_entries(ada.environment, ada.world, false).size() == 1);
  undo(ada.environment, ada.world, event.id);
}

TEST_CASE("a submission that broke off goes on with the next one") {
  TestWorld ada;
  const Event event = log_one(ada, ada.world);
  // As a process leaves it that is killed while it sends.
  open_journal(ada.environment, ada.world.id()).mark_leaving(sha256("bundle"), {event.id});
  CHECK(failure_of_undo(ada, ada.world, event.id).code() == ErrorCode::refused);
  CHECK(waiting_entries(ada.environment, ada.world, false).size() == 1);
  CHECK(submit(ada.environment, ada.world, *ada.signer, {}).events == std::vector{event.id});
  CHECK(is_in_log(ada.world, event));
  CHECK(waiting_entries(ada.environment, ada.world, true).empty());
}

}  // namespace
}  // namespace bw
