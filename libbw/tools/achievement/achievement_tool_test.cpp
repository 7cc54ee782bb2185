#include "tools/achievement/achievement_tool.h"

#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

const std::string definition = std::string(basic_definition) +
                               "milestones:\n"
                               "  - {id: ten-hours, title: Ten, when: {indicator: hours, at_least: 10}}\n";

const std::map<std::string, std::string> rules = {{"achievement", R"(achievement: 1
badges:
  - {id: helper, title: Helper, criteria: Helped., by: award, awarded_by: stewards, expires: 30d}
  - {id: busy, title: Busy, criteria: Five hours., by: deeds, behaviour: help, quantity: 5}
  - {id: steady, title: Steady, criteria: Three days., by: streak, behaviour: help, per: day, windows: 3}
  - {id: ten, title: Ten, criteria: Ten hours., by: milestone, milestone: ten-hours, awarded_by: stewards}
  - {id: there, title: There, criteria: Was there., by: attendance, awarded_by: stewards}
)"}};

struct BadgeWorld : ToldWorld {
  BadgeWorld() : ToldWorld(definition, rules) {}

  const AchievementTool& achievements() const { return fold->tool<AchievementTool>(); }
  bool holds(const Actor& who, const char* badge) const {
    return achievements().find(badge, *fold->people().find(who.did()), now) != nullptr;
  }
  std::string say_of(const Actor& by, const char* kind, const char* badge, const Actor& whom) {
    say(by, kind, {{"badge", badge}, {"person", whom.did().text()}});
    return refusal();
  }
};

}  // namespace

TEST_CASE("a badge is awarded by whom the rules name, expires, and can be had again") {
  BadgeWorld world;
  CHECK(world.say_of(world.ben, "badge.awarded", "helper", world.chen) ==
        "only stewards may do that with this badge");
  CHECK(world.say_of(world.ada, "badge.awarded", "helper", world.ada) == "nobody awards herself");
  CHECK(world.say_of(world.ada, "badge.awarded", "busy", world.ben) == "nobody awards or revokes that badge");
  CHECK(world.say_of(world.ada, "badge.awarded", "ten", world.ben) == "that badge comes by milestone");
  CHECK(world.say_of(world.ada, "badge.awarded", "helper", world.ben).empty());
  CHECK(world.say_of(world.ada, "badge.awarded", "helper", world.ben) == "that person holds it already");
  CHECK(world.holds(world.ben, "helper"));
  CHECK(world.fold->is_in(*world.fold->people().find(world.ben.did()), "badge:helper"));
  world.now += 31 * day;
  CHECK_FALSE(world.holds(world.ben, "helper"));
  CHECK(world.say_of(world.ada, "badge.awarded", "helper", world.ben).empty());
  CHECK(world.say_of(world.ada, "badge.revoked", "helper", world.ben).empty());
  CHECK_FALSE(world.holds(world.ben, "helper"));
}

TEST_CASE("deeds bring a badge when there are enough of them, and it stays") {
  BadgeWorld world;
  world.claim(world.ben, "help", "3");
  CHECK_FALSE(world.holds(world.ben, "busy"));
  const Event more = world.claim(world.ben, "help", "2");
  CHECK(world.holds(world.ben, "busy"));
  world.retract(world.ben, more);
  CHECK(world.holds(world.ben, "busy"));
}

TEST_CASE("a streak is a behaviour in windows in a row, told in any order") {
  BadgeWorld world;
  const std::int64_t today = world.now;
  world.claim(world.ben, "help", "1", "hour", today - 3 * day);
  world.claim(world.ben, "help", "1", "hour", today - day);
  world.claim(world.ben, "help", "1", "hour", today - day - 60);
  CHECK_FALSE(world.holds(world.ben, "steady"));
  world.claim(world.ben, "help", "1", "hour", today - 2 * day);
  CHECK(world.holds(world.ben, "steady"));
}

TEST_CASE("a milestone is a badge of everyone who contributed until then") {
  BadgeWorld world;
  world.claim(world.ben, "help", "1");
  world.claim(world.chen, "teach", "2");
  world.claim(world.dora, "place", "1", "device");
  CHECK_FALSE(world.holds(world.ben, "ten"));
  world.claim(world.ada, "help", "9");
  for (const Actor* who : {&world.ada, &world.ben, &world.chen}) CHECK(world.holds(*who, "ten"));
  CHECK_FALSE(world.holds(world.dora, "ten"));
  world.claim(world.dora, "help", "9");
  CHECK_FALSE(world.holds(world.dora, "ten"));
}

TEST_CASE("who was there proves it with a code that helps nobody else") {
  BadgeWorld world;
  const Event occasion = world.say(
      world.ada, "occasion.opened",
      {{"badge", "there"}, {"code", occasion_commitment("tulip").hex()}, {"until", world.now + day}});
  CHECK(world.refusal().empty());
  const auto attend = [&](const Actor& who, const Digest& proof) {
    world.say(who, "occasion.attended", {{"occasion", occasion.id.text()}, {"proof", proof.hex()}});
    return world.refusal();
  };
  const Digest proof = attendance_proof("tulip", world.ben.did().text());
  CHECK(attend(world.ben, proof).empty());
  CHECK(attend(world.ben, proof) == "this key has said so already");
  CHECK(attend(world.chen, proof).empty());  // a copy
  const auto close = [&](const Actor& who, const char* code) {
    world.say(who, "occasion.closed", {{"code", code}, {"occasion", occasion.id.text()}});
    return world.refusal();
  };
  CHECK(close(world.ada, "rose") == "that is not the code of the occasion");
  CHECK(close(world.ben, "tulip") == "only who opened an occasion closes it");
  CHECK(close(world.ada, "tulip").empty());
  CHECK(world.holds(world.ben, "there"));
  CHECK_FALSE(world.holds(world.chen, "there"));
  CHECK(attend(world.dora, attendance_proof("tulip", world.dora.did().text())) == "the occasion is closed");
}

TEST_CASE("joined keys hold what either held") {
  BadgeWorld world;
  world.claim(world.ben, "help", "3");
  world.say_of(world.ada, "badge.awarded", "helper", world.chen);
  world.link(world.ben, world.chen);
  CHECK(world.holds(world.ben, "helper"));
  world.claim(world.chen, "help", "2");
  CHECK(world.holds(world.ben, "busy"));
}

TEST_CASE("folding on from a written state of achievements gives the same state") {
  BadgeWorld world;
  const Event occasion = world.say(
      world.ada, "occasion.opened",
      {{"badge", "there"}, {"code", occasion_commitment("tulip").hex()}, {"until", world.now + day}});
  world.say(
      world.ben, "occasion.attended",
      {{"occasion", occasion.id.text()}, {"proof", attendance_proof("tulip", world.ben.did().text()).hex()}});
  world.claim(world.ben, "help", "3");
  world.say_of(world.ada, "badge.awarded", "helper", world.chen);
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.claim(world.ben, "help", "7");
  world.say(world.ada, "occasion.closed", {{"code", "tulip"}, {"occasion", occasion.id.text()}});
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
  CHECK(resumed->tool<AchievementTool>().held().size() == 4);
}

TEST_CASE("badges say what their way needs, and nothing else") {
  const auto codes = [](const std::string& badge) {
    std::vector<std::string> found;
    const std::string text = "achievement: 1\nbadges: [{id: a, title: A, criteria: C, " + badge + "}]\n";
    for (const Problem& each :
         load_definition(memory_source({{"betterworld.yaml", definition}, {"tools/achievement.yaml", text}}))
             .problems)
      found.push_back(each.code);
    return found;
  };
  using Codes = std::vector<std::string>;
  CHECK(codes("by: award, awarded_by: stewards").empty());
  CHECK(codes("by: award") == Codes{"missing-key"});
  CHECK(codes("by: deeds, behaviour: help, quantity: 0") == Codes{"amount"});
  CHECK(codes("by: exam, windows: 3") == Codes{"no-use"});
  CHECK(codes("by: milestone, milestone: eleven") == Codes{"unknown-milestone"});
  CHECK(codes("by: exam, expires: 0d") == Codes{"no-time"});
}

}  // namespace bw
