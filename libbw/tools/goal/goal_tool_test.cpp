// Goals, indicators and milestones as they follow from what counts.

#include "tools/goal/goal_tool.h"

#include <cctype>
#include <map>

#include <doctest/doctest.h>

#include "tools/goal/progress.h"
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

std::string with_formulas() {
  std::string text = tool_test::basic_definition;
  text.insert(text.find("behaviours:"),
              R"yaml(  - {id: mean, title: Mean, unit: hour, formula: "hours / deeds * 1 [hour]"}
  - {id: more, title: More, unit: hour, formula: "max(0, mean - 2 [hour])"}
  - {id: left, title: Left, unit: device, formula: "level - 3 [device]"}
)yaml");
  return text + R"(goals:
  - {id: long-hours, title: Long hours, indicator: mean, target: 4, unit: hour}
milestones:
  - {id: above, title: Above, when: {indicator: more, at_least: 1}}
)";
}

std::string computed(const ToldWorld& world, const char* id) {
  const Computed value = goals(world).computed(id);
  return value.has_value() ? value.value()->text() : "no value: " + value.reason();
}

TEST_CASE("an indicator follows from others by its formula") {
  ToldWorld world(with_formulas());
  CHECK(computed(world, "mean") == "no value: it would divide by zero");
  CHECK(computed(world, "more") == "no value: it would divide by zero");
  CHECK(computed(world, "left") == "no value: there is no reading of level");
  world.claim(world.ben, "help", "2");
  CHECK(computed(world, "mean") == "2");
  CHECK(computed(world, "more") == "0");
  CHECK(goals(world).reached("above") == nullptr);
  world.claim(world.ben, "help", "5");
  CHECK(computed(world, "more") == "1.5");
  REQUIRE(goals(world).reached("above") != nullptr);
  CHECK(goals(world).reached("above")->index == world.lines.size() - 1);
}

TEST_CASE("a goal over a formula without a value is nowhere yet, and says why") {
  ToldWorld world(with_formulas());
  const Definition& definition = *world.fold->rules().definition;
  const Progress before = progress_of(definition, goals(world)).front();
  CHECK_FALSE(before.value);
  CHECK(before.why == "it would divide by zero");
  CHECK(before.share == Decimal());
  world.claim(world.ben, "help", "3");
  const Progress after = progress_of(definition, goals(world)).front();
  CHECK(after.why.empty());
  CHECK(after.share == *Decimal::parse("0.75"));
}

TEST_CASE("changes of a computed figure add up to it, through adoptions as well") {
  struct Sums : Listener {
    std::map<std::string, Decimal, std::less<>> sums;
    std::string last;
    void judged(const Occurrence& entry, const Ruling& /*ruling*/) override { last = entry.kind; }
    void changed(const FigureChange& change) override { sums[std::string(change.figure)] += change.change; }
  } told;
  ToldWorld world(with_formulas());
  world.fold->listen(&told);
  world.claim(world.ben, "help", "3");
  const Event deed = world.claim(world.chen, "help", "6");
  CHECK(told.sums["indicator:mean"] == *Decimal::parse("4.5"));
  std::string other = with_formulas();
  other.replace(other.find("hours / deeds * 1 [hour]"), 24, "hours");
  world.adopt(other);
  CHECK(told.sums["indicator:mean"] == Decimal(9));
  CHECK(told.sums["indicator:more"] == Decimal(7));
  world.retract(world.chen, deed);
  CHECK(told.sums["indicator:mean"] == Decimal(3));
  world.adopt(tool_test::basic_definition);
  CHECK(told.sums["indicator:mean"].is_zero());
  CHECK(goals(world).value("mean").is_zero());
}

TEST_CASE("formulas that double each other sixty times have no value, and cost their number") {
  std::string text = tool_test::basic_definition;
  std::string chain = "  - {id: f0, title: F, unit: hour, formula: hours + hours}\n";
  for (int i = 1; i < 300; ++i) {
    const std::string before = "f" + std::to_string(i - 1);
    chain += "  - {id: f" + std::to_string(i) + ", title: F, unit: hour, formula: " + before + " + " +
             before + "}\n";
  }
  text.insert(text.find("behaviours:"), chain);
  ToldWorld world(text);
  CHECK(computed(world, "f299") == "0");
  world.claim(world.ben, "help", "1");
  CHECK(computed(world, "f9") == "1024");
  CHECK(computed(world, "f299") == "no value: a number grew past 18 digits before the point");
}

TEST_CASE("folding on from what was written down computes the same figures") {
  ToldWorld world(with_formulas());
  world.claim(world.ben, "help", "3");
  const auto again = world.new_fold();
  again->restore(Json::parse(world.fold->json().dump()), world.fold->authority());
  CHECK(again->json() == world.fold->json());
  struct Last : Listener {
    Decimal change;
    void judged(const Occurrence& /*entry*/, const Ruling& /*ruling*/) override {}
    void changed(const FigureChange& one) override {
      if (one.figure == "indicator:mean") change = one.change;
    }
  } last;
  again->listen(&last);
  world.claim(world.chen, "help", "4");
  again->take(world.lines.back());
  CHECK(last.change == *Decimal::parse("0.5"));
  CHECK(again->digest() == world.fold->digest());
}

TEST_CASE("a factor below zero takes from a sum, and counts as a reading") {
  std::string text = tool_test::basic_definition;
  text +=
      "  - {id: drive, title: Drive, unit: hour, contributes: [{indicator: hours, factor: -1}, {indicator: "
      "deeds, factor: -1}, "
      "{indicator: most, factor: -1}]}\n";
  ToldWorld world(text);
  const Event drive = world.claim(world.ben, "drive", "2");
  CHECK(goals(world).value("hours") == Decimal(-2));
  CHECK(goals(world).value("deeds") == Decimal(1));
  CHECK(goals(world).value("most") == Decimal(-2));
  world.retract(world.ben, drive);
  CHECK(goals(world).value("hours").is_zero());
  CHECK(goals(world).value("deeds").is_zero());
  CHECK_FALSE(goals(world).is_known("most"));
}

TEST_CASE("a milestone is not reached by what shows between the two halves of a correction") {
  ToldWorld world;
  const Event early = world.claim(world.ben, "inspect", "10", "device", world.now - 2 * day);
  world.attest(world.ada, early);
  const Event by_other = world.claim(world.ben, "inspect", "5", "device");
  world.attest(world.ada, by_other);
  CHECK(goals(world).value("level") == Decimal(5));
  std::string text = tool_test::basic_definition;
  text += "milestones:\n  - {id: high, title: High, when: {indicator: level, at_least: 8}}\n";
  const std::string verification = ", verification: {by: steward}";
  text.replace(text.find(verification), verification.size(), "");
  world.adopt(text);
  CHECK(goals(world).reached("high") == nullptr);
  world.correct(world.ben, by_other, "inspect", "6", "device");
  CHECK(goals(world).value("level") == Decimal(6));
  CHECK(goals(world).reached("high") == nullptr);
}

TEST_CASE("a goal that is short of its target by little is not reached") {
  std::string text = tool_test::basic_definition;
  text += R"(goals:
  - {id: all, title: All}
  - {id: much, title: Much, part_of: all, indicator: hours, target: 3000000000, unit: hour}
  - {id: tiny, title: Tiny, part_of: all, indicator: most, target: 0.000000001, unit: hour}
)";
  ToldWorld world(text);
  world.claim(world.ben, "help", "2999999999.5");
  for (const Progress& progress : progress_of(*world.fold->rules().definition, goals(world)))
    CHECK_MESSAGE(progress.is_reached() == (progress.goal->id == "tiny"), progress.goal->id);
  world.claim(world.ben, "help", "0.5");
  for (const Progress& progress : progress_of(*world.fold->rules().definition, goals(world)))
    CHECK(progress.is_reached());
}

TEST_CASE("of a goal that two keys of one person had claimed the earlier claim stays") {
  ToldWorld world(with_goals());
  const tool_test::Actor phone = tool_test::actor('p');
  world.say(phone, "goal.claimed", {{"goal", "many-hours"}});
  const std::size_t first = world.lines.size() - 1;
  world.say(world.chen, "goal.claimed", {{"goal", "many-hours"}});
  world.say(world.ben, "goal.claimed", {{"goal", "many-hours"}});
  world.link(world.ben, phone);
  const auto& claimants = goals(world).claimants("many-hours");
  REQUIRE(claimants.size() == 2);
  CHECK(claimants.front().index == first);
  world.say(world.ben, "goal.released", {{"goal", "many-hours"}});
  CHECK(goals(world).claimants("many-hours").size() == 1);
}

TEST_CASE("an indicator that is renamed begins at nothing, and what was read stays with the old name") {
  ToldWorld world(with_goals());
  world.claim(world.ben, "help", "3");
  std::string renamed = with_goals();
  for (std::size_t at = 0; (at = renamed.find("hours", at)) != std::string::npos; at += 4) {
    const bool word =
        std::isalpha(static_cast<unsigned char>(renamed[at + 5])) == 0 && renamed[at - 1] != '-';
    if (word) renamed.replace(at, 5, "time");
  }
  world.adopt(renamed);
  CHECK(world.refusal().empty());
  CHECK(goals(world).value("time").text() == "0");
  CHECK(goals(world).value("hours").text() == "3");
  world.claim(world.ben, "help", "2");
  CHECK(goals(world).value("time").text() == "2");
  CHECK(goals(world).value("hours").text() == "3");
}

}  // namespace
}  // namespace bw
