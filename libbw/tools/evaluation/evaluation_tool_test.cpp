#include "tools/evaluation/evaluation_tool.h"

#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

constexpr const char* definition = R"(betterworld: 1
name: Street
vision: A kind street.
utc_offset: "+08:00"
grace: 10d
units:
  - {id: hour, title: hour}
  - {id: device, title: device}
indicators:
  - {id: devices, title: Devices, unit: device}
behaviours:
  - {id: teach, title: Teach, unit: hour, category: teaching, difficulty: 3}
  - {id: place, title: Place, unit: device, contributes: [{indicator: devices, factor: 2}]}
)";

const std::map<std::string, std::string> rules = {{"evaluation", R"(evaluation: 1
period: month
categories:
  - {id: teaching, title: Teaching, by: behaviour, weight: 5, difficulty: true}
  - {id: placing, title: Placing, by: measured, indicator: devices, weight: 10}
  - {id: articles, title: Articles, by: review, reviewers: members, reviews: 3, weight: 2}
  - {id: team, title: Team, by: allocation, who: members, units: 100}
)"}};

struct EvaluatedWorld : ToldWorld {
  EvaluatedWorld() : ToldWorld(definition, rules) {}

  const EvaluationTool& evaluation() const { return fold->tool<EvaluationTool>(); }
  std::string of(const Actor& who, std::string_view category = "") const {
    return evaluation().contribution(*fold->people().find(who.did()), category).text();
  }
  std::string review(const Actor& who, const Event& result, const char* score) {
    say(who, "result.reviewed", {{"result", result.id.text()}, {"score", score}});
    return refusal();
  }
  std::string divide(const Actor& who, std::vector<std::pair<Actor, int>> shares) {
    std::sort(shares.begin(), shares.end(),
              [](const auto& a, const auto& b) { return a.first.did().text() < b.first.did().text(); });
    Json list = Json::array();
    for (const auto& [to, units] : shares) list.push_back({{"to", to.did().text()}, {"units", units}});
    say(who, "units.allocated", {{"category", "team"}, {"shares", list}});
    return refusal();
  }
  void wait(std::int64_t seconds) {
    now += seconds;
    fold->pass(now);
  }
};

}  // namespace

TEST_CASE("deeds and what they moved are contributions of their period") {
  EvaluatedWorld world;
  world.claim(world.ben, "teach", "2");
  world.claim(world.ben, "place", "3", "device");
  CHECK(world.of(world.ben, "teaching") == "30");
  CHECK(world.of(world.ben, "placing") == "60");
  CHECK(world.of(world.ben) == "90");
  CHECK(world.evaluation().periods().size() == 1);
}

TEST_CASE("a result is worth the median of its reviews without the lowest and the highest") {
  EvaluatedWorld world;
  const Event result = world.say(world.ben, "result.submitted", {{"category", "articles"}});
  CHECK(world.review(world.ben, result, "100") == "nobody reviews her own result");
  CHECK(world.review(world.ada, result, "101") == "the highest score is 100");
  CHECK(world.review(world.ada, result, "100").empty());
  CHECK(world.review(world.ada, result, "90") == "this reviewer has reviewed it already");
  CHECK(world.review(world.chen, result, "60").empty());
  CHECK(world.of(world.ben) == "0");
  CHECK(world.review(world.dora, result, "10").empty());
  CHECK(world.of(world.ben, "articles") == "120");
  CHECK(trimmed_median({}) == Decimal(0));
  CHECK(trimmed_median({Decimal(3), Decimal(1)}) == Decimal(2));
  CHECK(trimmed_median({Decimal(9), Decimal(1), Decimal(2), Decimal(4)}) == Decimal(3));
}

TEST_CASE("members divide units among each other, and the period decides when it closes") {
  EvaluatedWorld world;
  CHECK(world.divide(world.ada, {{world.ben, 60}, {world.chen, 50}}) ==
        "110 units are divided, and each has 100");
  CHECK(world.divide(world.ada, {{world.ada, 10}}) == "nobody gives units to herself");
  CHECK(world.divide(world.ada, {{world.ben, 60}, {world.chen, 40}}).empty());
  CHECK(world.divide(world.ada, {{world.ben, 10}}).empty());  // the last counts
  CHECK(world.divide(world.chen, {{world.ben, 30}, {world.ada, 70}}).empty());
  CHECK(world.of(world.ben) == "0");
  world.wait(30 * day);
  CHECK(world.of(world.ben) == "40");
  CHECK(world.of(world.ada) == "70");
  CHECK(world.of(world.chen) == "0");
}

TEST_CASE("a period that is closed stands, whatever is corrected later") {
  EvaluatedWorld world;
  const Event deed = world.claim(world.ben, "teach", "2");
  world.wait(40 * day);
  world.retract(world.ben, deed);
  CHECK(world.of(world.ben) == "30");
  CHECK(world.evaluation().late() == 1);
}

TEST_CASE("joined keys have one contribution, and none that one gave the other") {
  EvaluatedWorld world;
  world.claim(world.ben, "teach", "1");
  world.claim(world.chen, "teach", "1");
  world.divide(world.ben, {{world.chen, 50}, {world.ada, 50}});
  world.link(world.ben, world.chen);
  CHECK(world.of(world.ben) == "30");
  world.wait(40 * day);
  CHECK(world.of(world.ben) == "30");
  CHECK(world.of(world.ada) == "50");
}

TEST_CASE("folding on from a written state of evaluations gives the same state") {
  EvaluatedWorld world;
  const Event result = world.say(world.ben, "result.submitted", {{"category", "articles"}});
  world.review(world.ada, result, "50");
  world.divide(world.ada, {{world.ben, 60}});
  world.claim(world.dora, "teach", "1");
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.review(world.chen, result, "70");
  world.now += 40 * day;
  world.review(world.dora, result, "90");
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
}

TEST_CASE("categories say what their method needs, and nothing else") {
  const auto codes = [](const std::string& category) {
    std::vector<std::string> found;
    const std::string text =
        "evaluation: 1\nperiod: month\ncategories: [{id: a, title: A, " + category + "}]\n";
    for (const Problem& each :
         load_definition(memory_source({{"betterworld.yaml", definition}, {"tools/evaluation.yaml", text}}))
             .problems)
      found.push_back(each.code);
    return found;
  };
  using Codes = std::vector<std::string>;
  CHECK(codes("by: behaviour").empty());
  CHECK(codes("by: measured") == Codes{"missing-key"});
  CHECK(codes("by: behaviour, units: 5") == Codes{"no-use"});
  CHECK(codes("by: behaviour, weight: 0") == Codes{"amount"});
  CHECK(codes("by: review, reviewers: nobody") == Codes{"unknown-group"});
}

}  // namespace bw
