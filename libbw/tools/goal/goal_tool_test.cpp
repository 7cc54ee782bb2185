// Goals, indicators and milestones as they follow from what counts.

#include "tools/goal/goal_tool.h"

#include <doctest/doctest.h>

#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

std::string with_goals() {
  return std::string(tool_test::basic_definition) + R"(goals:
  - {id: many-hours, title: Many hours, indicator: hours, target: 10, unit: hour}
milestones:
  - {id: five-hours, title: Five hours, goal: many-hours, when: {indicator: hours, at_least: 5}}
  - id: both
    title: Hours and deeds
    when: {all: [{indicator: hours, at_least: 5}, {indicator: deeds, at_least: 2}]}
)";
}

const GoalTool& goals(const ToldWorld& world) {
  return world.fold->tool<GoalTool>();
}

TEST_CASE("each indicator puts deeds together in its own way") {
  ToldWorld world;
  world.claim(world.ben, "help", "2");
  const Event most = world.claim(world.ben, "help", "5");
  world.claim(world.ben, "help", "3");
  CHECK(goals(world).value("hours") == Decimal(10));
  CHECK(goals(world).value("deeds") == Decimal(3));
  CHECK(goals(world).value("most") == Decimal(5));
  world.retract(world.ben, most);
  CHECK(goals(world).value("most") == Decimal(3));
  CHECK_FALSE(goals(world).is_known("level"));

  const Event later = world.claim(world.ben, "inspect", "7", "device", world.now);
  const Event earlier = world.claim(world.ben, "inspect", "4", "device", world.now - day);
  world.attest(world.ada, later);
  world.attest(world.ada, earlier);
  CHECK(goals(world).value("level") == Decimal(7));  // the latest by its own time
}

TEST_CASE("a milestone is reached once and for all, at the entry after which it holds") {
  ToldWorld world(with_goals());
  world.claim(world.ben, "help", "4");
  CHECK(goals(world).reached("five-hours") == nullptr);
  const Event deed = world.claim(world.chen, "help", "1");
  const auto* reached = goals(world).reached("five-hours");
  REQUIRE(reached != nullptr);
  CHECK(reached->index == world.lines.size() - 1);
  CHECK(reached->claim == deed.id);
  REQUIRE(goals(world).reached("both") != nullptr);
  world.retract(world.chen, deed);
  CHECK(goals(world).value("hours") == Decimal(4));
  CHECK(goals(world).reached("five-hours") != nullptr);
}

TEST_CASE("a definition that asks for less reaches its milestones when it is adopted") {
  ToldWorld world(with_goals());
  world.claim(world.ben, "help", "4");
  std::string text = with_goals();
  text.replace(text.find("at_least: 5"), 11, "at_least: 3");
  world.adopt(text);
  const auto* reached = goals(world).reached("five-hours");
  REQUIRE(reached != nullptr);
  CHECK(reached->claim == world.events.back().id);
}

TEST_CASE("members claim goals and lay them down, and pledge") {
  ToldWorld world(with_goals());
  world.say(world.ben, "goal.claimed", {{"goal", "many-hours"}});
  world.say(world.chen, "goal.claimed", {{"goal", "many-hours"}});
  CHECK(goals(world).claimants("many-hours").size() == 2);
  world.say(world.ben, "goal.claimed", {{"goal", "many-hours"}});
  CHECK(world.refusal() == "this person has claimed it already");
  world.say(world.ben, "goal.released", {{"goal", "many-hours"}});
  CHECK(goals(world).claimants("many-hours").size() == 1);
  world.say(world.ben, "goal.released", {{"goal", "many-hours"}});
  CHECK(world.refusal() == "this person had not claimed it");
  world.say(world.ben, "goal.claimed", {{"goal", "peace"}});
  CHECK(world.refusal() == "the definition has no goal \"peace\"");
  world.say(world.dora, "goal.pledged", {{"goal", nullptr}});
  world.say(world.dora, "goal.pledged", {{"goal", "many-hours"}});
  CHECK(goals(world).pledges("").size() == 1);
  CHECK(goals(world).pledges("many-hours").size() == 1);
}

}  // namespace
}  // namespace bw
