#include "tools/pin/pin_tool.h"

#include "tools/test_fold.h"

namespace bw {

TEST_CASE("only a steward pins a state, and only one that was there") {
  tool_test::ToldWorld world;
  world.claim(world.ben, "help", "1");
  const std::string digest = world.fold->digest().hex();
  const auto pin = [&](const tool_test::Actor& who, std::uint64_t size) {
    world.say(who, "state.pinned", {{"digest", digest}, {"size", size}});
    return world.refusal();
  };
  CHECK(pin(world.ben, world.lines.size()) == "only stewards pin the state");
  CHECK(pin(world.ada, world.lines.size() + 1) == "that many entries were not there yet");
  CHECK(pin(world.ada, world.lines.size()).empty());
  CHECK(world.fold->tool<PinTool>().pins().size() == 1);
  const auto resumed = world.new_fold();
  resumed->restore(world.fold->json(), world.fold->authority());
  CHECK(resumed->digest() == world.fold->digest());
}

}  // namespace bw
