#include "tools/task/task_tool.h"

#include <rapidcheck.h>

#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

const std::map<std::string, std::string> rules = {{"incentive", R"(incentive: 1
points: [{id: thanks, title: Thanks}]
earning: [{id: helping, points: thanks, behaviour: help, rate: 10}]
funds: [{id: kitty, title: Kitty, points: thanks, grant: {per: ever, amount: 50}, controlled_by: stewards}]
)"},
                                                  {"task", R"(task: 1
packages:
  - {id: ordinary, title: Ordinary, posted_by: members, points: thanks, most: 20, deliver_within: 5d, answer_within: 3d, disputes: stewards}
  - {id: gated, title: Gated, posted_by: members, gate: stewards, disputes: stewards}
)"}};

struct TaskWorld : ToldWorld {
  TaskWorld() : ToldWorld(basic_definition, rules) { claim(ben, "help", "3"); }

  const TaskTool::Task& at(const Event& task) const { return fold->tool<TaskTool>().tasks().at(task.id); }
  std::string has(const Actor& who) const {
    return fold->ledger().balance(Account::of(*fold->people().find(who.did())), "thanks").text();
  }
  Event post(const Actor& who, const char* reward, Json fund = nullptr, Json until = nullptr,
             const char* package = "ordinary") {
    return say(
        who, "task.posted",
        {{"fund", std::move(fund)}, {"package", package}, {"reward", reward}, {"until", std::move(until)}});
  }
  std::string act(const Actor& who, const char* kind, const Event& task) {
    say(who, kind, {{"task", task.id.text()}});
    return refusal();
  }
  void wait(std::int64_t seconds) {
    now += seconds;
    fold->pass(now);
  }
};

}  // namespace

TEST_CASE("a task is posted with its reward, claimed, delivered, accepted and paid") {
  TaskWorld world;
  const Event task = world.post(world.ben, "20");
  CHECK(world.has(world.ben) == "10");
  CHECK(world.act(world.ben, "task.claimed", task) == "nobody claims her own task");
  CHECK(world.act(world.chen, "task.claimed", task).empty());
  CHECK(world.act(world.dora, "task.claimed", task) == "it is claimed, and cannot be claimed then");
  CHECK(world.act(world.dora, "task.delivered", task) == "only the claimant can do that");
  CHECK(world.act(world.chen, "task.delivered", task).empty());
  CHECK(world.act(world.chen, "task.accepted", task) == "only the poster can do that");
  CHECK(world.act(world.ben, "task.accepted", task).empty());
  CHECK(world.at(task).state == "done");
  CHECK(world.has(world.chen) == "20");
}

TEST_CASE("of two who claim a task at once the one whom the log has first has it") {
  for (const bool chen_first : {true, false}) {
    TaskWorld world;
    const Event task = world.post(world.ben, "20");
    const Actor& first = chen_first ? world.chen : world.dora;
    const Actor& second = chen_first ? world.dora : world.chen;
    // The second says that she was earlier; the log's order decides.
    world.say(first, "task.claimed", {{"task", task.id.text()}}, world.now + 60);
    CHECK(world.refusal().empty());
    world.say(second, "task.claimed", {{"task", task.id.text()}}, world.now - day);
    CHECK(world.refusal() == "it is claimed, and cannot be claimed then");
    CHECK(world.act(first, "task.delivered", task).empty());
  }
}

TEST_CASE("a reward is held at once, so that two tasks are not paid from the same points") {
  TaskWorld world;
  world.post(world.ben, "20");
  world.post(world.ben, "20");
  CHECK(world.refusal() == "20 thanks are needed, and there are 10");
  world.post(world.ben, "21");
  CHECK(world.refusal() == "a reward is at most 20");
  world.post(world.ben, "1", nullptr, nullptr, "gated");
  CHECK(world.refusal() == "such tasks have no reward");
}

TEST_CASE("who claimed and does not deliver loses the claim, and who does not answer has accepted") {
  TaskWorld world;
  const Event task = world.post(world.ben, "5");
  CHECK(world.act(world.chen, "task.claimed", task).empty());
  world.wait(5 * day);
  CHECK(world.at(task).state == "open");
  CHECK(world.act(world.dora, "task.claimed", task).empty());
  CHECK(world.act(world.dora, "task.delivered", task).empty());
  world.wait(3 * day);
  CHECK(world.at(task).state == "done");
  CHECK(world.has(world.dora) == "5");
}

TEST_CASE("a task expires, also when the claim on it lapses later, and its reward goes back") {
  TaskWorld world;
  const Event task = world.post(world.ben, "5", nullptr, world.now + 2 * day);
  CHECK(world.act(world.chen, "task.claimed", task).empty());
  world.wait(3 * day);
  CHECK(world.at(task).state == "claimed");
  world.wait(3 * day);
  CHECK(world.at(task).state == "expired");
  CHECK(world.has(world.ben) == "30");
}

TEST_CASE("a dispute is decided by others than the two, for one or the other") {
  TaskWorld world;
  const auto disputed = [&] {
    const Event task = world.post(world.ben, "5");
    CHECK(world.act(world.chen, "task.claimed", task).empty());
    CHECK(world.act(world.chen, "task.delivered", task).empty());
    CHECK(world.act(world.ben, "task.disputed", task).empty());
    return task;
  };
  const auto decide = [&](const Actor& who, const Event& task, const char* whom) {
    world.say(who, "task.decided", {{"for", whom}, {"task", task.id.text()}});
    return world.refusal();
  };
  const Event first = disputed(), second = disputed();
  CHECK(decide(world.ben, first, "poster") == "only the arbiter can do that");
  CHECK(decide(world.ada, first, "poster").empty());
  CHECK(decide(world.ada, second, "claimant").empty());
  CHECK(world.at(first).state == "refused");
  CHECK(world.has(world.chen) == "5");
  CHECK(world.has(world.ben) == "25");
}

TEST_CASE("a fund pays for tasks of those who control it") {
  TaskWorld world;
  world.post(world.ben, "5", "kitty");
  CHECK(world.refusal() == "this person may not spend from that fund");
  const Event task = world.post(world.ada, "5", "kitty");
  CHECK(world.refusal().empty());
  CHECK(world.fold->ledger().balance(Account::fund("kitty"), "thanks").text() == "45");
  CHECK(world.act(world.ada, "task.withdrawn", task).empty());
  CHECK(world.fold->ledger().balance(Account::fund("kitty"), "thanks").text() == "50");
}

TEST_CASE("a gate lets only those claim who pass it") {
  TaskWorld world;
  const Event task = world.post(world.ben, "0", nullptr, nullptr, "gated");
  CHECK(world.act(world.chen, "task.claimed", task) == "only stewards can claim it");
  CHECK(world.act(world.ada, "task.claimed", task).empty());
}

TEST_CASE("open tasks go on when the definition has no tasks any more") {
  TaskWorld world;
  const Event task = world.post(world.ben, "5");
  world.adopt(basic_definition);
  world.post(world.ben, "5");
  CHECK(world.refusal() == "this world has adopted no rules of tasks");
  CHECK(world.act(world.chen, "task.claimed", task).empty());
  CHECK(world.act(world.chen, "task.delivered", task).empty());
  CHECK(world.act(world.ben, "task.accepted", task).empty());
  CHECK(world.has(world.chen) == "5");
}

TEST_CASE("whatever is done to tasks, nothing is created or lost, and time passes alike in any steps") {
  CHECK(rc::check([] {
    TaskWorld world;
    std::vector<Event> tasks = {world.post(world.ben, "5"),
                                world.post(world.ben, "7", nullptr, world.now + 9 * day),
                                world.post(world.ada, "11", "kitty")};
    const std::array<const Actor*, 4> people = {&world.ada, &world.ben, &world.chen, &world.dora};
    constexpr std::array<const char*, 6> kinds = {"task.claimed",  "task.released", "task.delivered",
                                                  "task.accepted", "task.disputed", "task.withdrawn"};
    const auto acts = *rc::gen::container<std::vector<std::tuple<unsigned, unsigned, unsigned, unsigned>>>(
        rc::gen::tuple(rc::gen::inRange(0u, 4u), rc::gen::inRange(0u, 6u), rc::gen::inRange(0u, 3u),
                       rc::gen::inRange(0u, 5u)));
    for (const auto& [who, kind, task, days] : acts) {
      world.now += static_cast<std::int64_t>(days) * day;
      world.say(*people[who], kinds[kind], {{"task", tasks[task].id.text()}});
      Decimal sum;
      for (const Ledger::Line& line : world.fold->ledger().lines()) sum += line.balance;
      RC_ASSERT(sum.is_zero());
      for (const auto& [id, each] : world.fold->tool<TaskTool>().tasks()) {
        const bool held = !task_lifecycle().ends_at(each.state);
        const Decimal in_escrow = world.fold->ledger().balance(Account::escrow(id.text()), "thanks");
        RC_ASSERT(in_escrow == (held ? each.reward : Decimal()));
      }
    }
    // Passing day by day before each entry gives what passing at once gave.
    const auto slowly = world.new_fold();
    for (const std::string& line : world.lines) {
      const std::int64_t recorded = cut_open(0, line).recorded;
      for (std::int64_t at = slowly->recorded(); slowly->size() > 0 && at < recorded; at += day)
        slowly->pass(at);
      slowly->take(line);
    }
    RC_ASSERT(slowly->digest() == world.fold->digest());
  }));
}

TEST_CASE("folding on from a written state of tasks gives the same state") {
  TaskWorld world;
  const Event task = world.post(world.ben, "5", nullptr, world.now + 20 * day);
  world.act(world.chen, "task.claimed", task);
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.now += 6 * day;
  world.act(world.dora, "task.claimed", task);
  CHECK(world.refusal().empty());
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
}

}  // namespace bw
