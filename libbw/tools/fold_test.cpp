// The fold with all tools: the same bytes in, the same state out.

#include "state/fold.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "tools/goal/goal_tool.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::ToldWorld;

// Some life in a world: claims, words, corrections, retractions, by whoever, right and wrong.
void live(ToldWorld& world, int steps) {
  std::vector<Event> claims;
  const std::vector<tool_test::Actor> people = {world.ada, world.ben, world.chen, world.dora};
  for (int i = 0; i < steps; ++i) {
    const auto& who = people[*rc::gen::inRange<std::size_t>(0, people.size())];
    const std::string quantity = std::to_string(*rc::gen::inRange(1, 4));
    const int what = claims.empty() ? 0 : *rc::gen::inRange(0, 8);
    const Event& about =
        claims.empty() ? world.events.front() : claims[*rc::gen::inRange<std::size_t>(0, claims.size())];
    if (what <= 2) {
      claims.push_back(world.claim(who, *rc::gen::element("help", "teach", "sing"), quantity.c_str()));
    } else if (what == 3) {
      claims.push_back(world.claim(who, *rc::gen::element("place", "inspect"), quantity.c_str(), "device"));
    } else if (what == 4) {
      claims.push_back(world.correct(who, about, *rc::gen::element("help", "teach"), quantity.c_str()));
    } else if (what == 5) {
      claims.push_back(world.attest(who, about, *rc::gen::arbitrary<bool>()));
    } else if (what == 6) {
      world.retract(who, about);
    } else {
      world.confirm(about);
    }
  }
}

TEST_CASE("folding in two steps, from what was written down, gives what folding at once gives") {
  rc::check([] {
    ToldWorld world;
    live(world, 40);
    const auto cut = *rc::gen::inRange<std::size_t>(1, world.lines.size());
    const auto first = world.new_fold();
    for (std::size_t i = 0; i < cut; ++i) first->take(world.lines[i]);
    const auto second = world.new_fold();
    second->restore(Json::parse(first->json().dump()), Authority::from_json(first->authority().json()));
    RC_ASSERT(second->json() == first->json());
    for (std::size_t i = cut; i < world.lines.size(); ++i) second->take(world.lines[i]);
    RC_ASSERT(second->digest() == world.fold->digest());
  });
}

TEST_CASE("indicators are what a second reading of the claims that count adds up to") {
  rc::check([] {
    ToldWorld world;
    struct Sum : Listener {
      Decimal hours;
      void judged(const Occurrence& /*entry*/, const Ruling& /*ruling*/) override {}
      void changed(const FigureChange& change) override {
        if (change.figure == "indicator:hours") hours += change.change;
      }
    } sum;
    world.fold->listen(&sum);
    live(world, 60);
    RC_ASSERT(sum.hours == world.fold->tool<GoalTool>().value("hours"));
  });
}

TEST_CASE("what was written by another version, or is damaged, is not taken up") {
  ToldWorld world;
  world.claim(world.ben, "help", "1");
  Json json = world.fold->json();
  json["fold"] = fold_version + 1;
  CHECK_THROWS_AS(world.new_fold()->restore(json, world.fold->authority()), Error);
  json = world.fold->json();
  json.erase("people");
  CHECK_THROWS_AS(world.new_fold()->restore(json, world.fold->authority()), Error);
}

TEST_CASE("entries of kinds that no tool knows change nothing") {
  ToldWorld world;
  const Json before = world.fold->json().at("tools");
  world.say(world.ben, "future.invented", {{"x", 1}});
  CHECK(world.fold->json().at("tools") == before);
}

}  // namespace
}  // namespace bw
