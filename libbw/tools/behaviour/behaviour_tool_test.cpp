// What counts, from when, and when it counts no longer.

#include "tools/behaviour/behaviour_tool.h"

#include <doctest/doctest.h>

#include "tools/goal/goal_tool.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

std::string counted(const ToldWorld& world, const char* behaviour) {
  return world.fold->tool<BehaviourTool>().total(behaviour).quantity.text();
}
std::string indicator(const ToldWorld& world, const char* id) {
  return world.fold->tool<GoalTool>().value(id).text();
}

TEST_CASE("a claim on its author's word counts at once, and feeds the indicators that its behaviour names") {
  ToldWorld world;
  world.claim(world.ben, "help", "1.5");
  world.claim(world.chen, "teach", "2");
  CHECK(counted(world, "help") == "1.5");
  CHECK(indicator(world, "hours") == "5.5");
  CHECK(indicator(world, "deeds") == "1");
  CHECK(world.fold->tool<BehaviourTool>().waiting() == 0);
}

TEST_CASE("a claim that the definition does not know is ineffective and says why") {
  ToldWorld world;
  world.claim(world.ben, "sing", "1");
  CHECK(world.refusal() == "the definition has no behaviour \"sing\"");
  world.claim(world.ben, "help", "1", "device");
  CHECK(world.refusal() == "help is counted in hour, not in \"device\"");
  world.claim(world.ben, "place", "1.5", "device");
  CHECK(world.refusal().find("more digits after the point") != std::string::npos);
  world.claim(world.ben, "help", "1", "hour", world.now + 400 * day);
  CHECK(world.refusal() == "its time lies after it was recorded");
  CHECK(world.fold->ineffective() == 4);
  CHECK(indicator(world, "hours") == "0");
}

TEST_CASE("a limit is kept per person and window, and what counts no longer makes room") {
  ToldWorld world;
  const Event first = world.claim(world.ben, "teach", "2");
  world.claim(world.ben, "teach", "2");
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 2 are used up");
  world.claim(world.chen, "teach", "3");
  CHECK(world.refusal().empty());
  world.claim(world.ben, "teach", "2", "hour", world.now - day);
  CHECK(world.refusal().empty());
  CHECK(counted(world, "teach") == "7");
  world.retract(world.ben, first);
  CHECK(counted(world, "teach") == "5");
  world.claim(world.ben, "teach", "3");
  CHECK(world.refusal().empty());
  CHECK(counted(world, "teach") == "8");
}

TEST_CASE("a claim that others confirm counts from the last word that it needs") {
  ToldWorld world;
  const Event claim = world.claim(world.ben, "place", "2", "device");
  CHECK(indicator(world, "devices") == "0");
  CHECK(world.fold->tool<BehaviourTool>().waiting() == 1);
  world.attest(world.ben, claim);
  CHECK(world.refusal() == "about oneself");
  world.attest(world.chen, claim);
  world.attest(world.chen, claim);
  CHECK(indicator(world, "devices") == "0");
  const Event word = world.attest(world.dora, claim);
  CHECK(indicator(world, "devices") == "2");
  world.retract(world.dora, word);
  CHECK(indicator(world, "devices") == "0");
  world.attest(world.ada, claim);
  CHECK(indicator(world, "devices") == "2");
  world.attest(world.ada, claim, false);
  CHECK(indicator(world, "devices") == "0");
}

TEST_CASE("a correction posts the difference, and needs fresh words") {
  ToldWorld world;
  const Event help = world.claim(world.ben, "help", "2");
  world.correct(world.ben, help, "help", "3");
  CHECK(indicator(world, "hours") == "3");
  CHECK(indicator(world, "deeds") == "1");
  world.correct(world.chen, help, "help", "9");
  CHECK(world.refusal() == "the log has no such claim of the same person before it");
  world.correct(world.ben, help, "help", "-1");
  CHECK(world.refusal() == "the quantity -1 is not greater than zero");
  CHECK(indicator(world, "hours") == "3");

  const Event placed = world.claim(world.ben, "place", "1", "device");
  world.attest(world.chen, placed);
  world.attest(world.dora, placed);
  const Event corrected = world.correct(world.ben, placed, "place", "2", "device");
  CHECK(indicator(world, "devices") == "0");
  world.attest(world.chen, placed);
  CHECK(world.refusal() == "about what it said before it was corrected");
  world.attest(world.chen, corrected);
  world.attest(world.dora, corrected);
  CHECK(indicator(world, "devices") == "2");
}

TEST_CASE("a correction over the limit leaves what was said before") {
  ToldWorld world;
  const Event claim = world.claim(world.ben, "teach", "2");
  world.correct(world.ben, claim, "teach", "4");
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 0 are used up");
  CHECK(counted(world, "teach") == "2");
  world.correct(world.ben, claim, "teach", "3");
  CHECK(counted(world, "teach") == "3");
  world.correct(world.ben, claim, "help", "5");
  CHECK(counted(world, "teach") == "0");
  CHECK(counted(world, "help") == "5");
}

TEST_CASE("a claim that was taken back counts no longer, also after it was corrected") {
  ToldWorld world;
  const Event claim = world.claim(world.ben, "help", "2");
  world.correct(world.ben, claim, "help", "3");
  world.retract(world.chen, claim);
  CHECK(world.refusal() == "the log has no such claim of the same person before it");
  world.retract(world.ben, claim);
  CHECK(indicator(world, "hours") == "0");
  world.retract(world.ben, claim);
  CHECK(world.refusal() == "it was taken back before");
  world.correct(world.ben, claim, "help", "1");
  CHECK(world.refusal() == "the claim was taken back");
}

TEST_CASE("history counts when a steward confirms it") {
  ToldWorld world;
  const Event old = world.claim(world.ben, "help", "7", "hour", world.now - 40 * day);
  CHECK(indicator(world, "hours") == "0");
  world.say(world.ben, "event.confirmed", {{"events", {old.id.text()}}});
  CHECK(world.refusal() == "only a steward confirms");
  world.confirm(old);
  CHECK(indicator(world, "hours") == "7");
  const Row row{.at = {world.now - 50 * day},
                .behaviour = "help",
                .quantity = Decimal(2),
                .unit = "hour",
                .attributes = {},
                .place = {},
                .salt = {}};
  const Event table = world.table(world.ada, {row, row});
  CHECK(indicator(world, "hours") == "7");
  world.confirm(table);
  CHECK(indicator(world, "hours") == "11");
  CHECK(world.fold->tool<BehaviourTool>().total("help").claims == 3);
  world.retract(world.ada, table);
  CHECK(indicator(world, "hours") == "7");
}

TEST_CASE("a table keeps limits as a whole") {
  ToldWorld world;
  const auto rows = [&](int count) {
    return std::vector<Row>(static_cast<std::size_t>(count), Row{.at = {world.now},
                                                                 .behaviour = "teach",
                                                                 .quantity = Decimal(1),
                                                                 .unit = "hour",
                                                                 .attributes = {},
                                                                 .place = {},
                                                                 .salt = {}});
  };
  world.table(world.ben, rows(4));
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 0 are used up");
  world.table(world.ben, rows(3));
  CHECK(counted(world, "teach") == "3");
}

TEST_CASE("a claim is judged by the definition that ruled when it was recorded") {
  ToldWorld world;
  const Event claim = world.claim(world.ben, "place", "1", "device");
  std::string text = tool_test::basic_definition;
  text.replace(text.find("{by: peers, count: 2}"), 21, "{by: peers, count: 1}");
  world.adopt(text);
  world.attest(world.chen, claim);
  CHECK(indicator(world, "devices") == "0");
  const Event later = world.claim(world.ben, "place", "1", "device");
  world.attest(world.chen, later);
  CHECK(indicator(world, "devices") == "1");
}

TEST_CASE("two keys of one person share limits, and are no two witnesses") {
  ToldWorld world;
  world.claim(world.ben, "teach", "2");
  const tool_test::Actor phone = tool_test::actor('p');
  world.link(world.ben, phone);
  world.claim(phone, "teach", "2");
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 2 are used up");
  const Event claim = world.claim(world.ben, "place", "1", "device");
  world.attest(phone, claim);
  CHECK(world.refusal() == "about oneself");
}

TEST_CASE("what was used of a limit goes with a person who joins another") {
  ToldWorld world;
  const tool_test::Actor phone = tool_test::actor('p');
  world.claim(phone, "teach", "2");
  world.claim(world.ben, "teach", "1");
  world.link(world.ben, phone);
  world.claim(world.ben, "teach", "1");
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 3 are used up");
}

TEST_CASE("a key that was revoked says nothing any more") {
  ToldWorld world;
  const tool_test::Actor phone = tool_test::actor('p');
  world.link(world.ben, phone);
  world.say(world.ben, "identity.revoked", {{"key", phone.did().text()}});
  world.claim(phone, "help", "1");
  CHECK(world.refusal() == "its key was revoked, or is disputed");
  CHECK(indicator(world, "hours") == "0");
}

TEST_CASE("a gated behaviour counts only of whom its gate lets pass") {
  ToldWorld world(std::string(basic_definition) +
                  "  - {id: steer, title: Steer, unit: hour, gate: stewards}\n");
  world.claim(world.ben, "steer", "1");
  CHECK(world.refusal() == "steer counts only of stewards");
  world.claim(world.ada, "steer", "1");
  CHECK(world.refusal().empty());
  CHECK(world.fold->tool<BehaviourTool>().total("steer").quantity == Decimal(1));
  const Event help = world.claim(world.ben, "help", "1");
  world.correct(world.ben, help, "steer", "1");
  CHECK(world.refusal() == "steer counts only of stewards");
}

TEST_CASE("composite behaviours complete by themselves, each deed for one") {
  ToldWorld world(std::string(basic_definition) + R"(
  - {id: both, title: Both, unit: hour, composite: {all: [help, teach], within: 2d}, contributes: [{indicator: deeds}]}
  - {id: course, title: Course, unit: hour, composite: {sequence: [teach, help, teach], within: 7d}}
  - {id: either, title: Either, unit: hour, composite: {any: [help, place], within: 1d}}
)");
  const auto done = [&](const char* behaviour) {
    return world.fold->tool<BehaviourTool>().total(behaviour).quantity.text();
  };
  const std::int64_t now = world.now;
  world.claim(world.ben, "both", "1");
  CHECK(world.refusal() == "both is made of others, and completes by itself");
  world.claim(world.ben, "help", "1", "hour", now - 3 * day);
  CHECK(done("either") == "1");
  world.claim(world.ben, "teach", "1", "hour", now);
  CHECK(done("both") == "0");  // too far apart
  world.claim(world.chen, "help", "1", "hour", now);
  CHECK(done("both") == "0");  // of another person
  world.claim(world.ben, "help", "1", "hour", now - day);
  CHECK(done("both") == "1");
  CHECK(done("course") == "0");
  world.claim(world.ben, "teach", "1", "hour", now - 2 * day);
  CHECK(done("course") == "1");
  CHECK(done("both") == "2");  // with the first help
  const Event taken_back = world.claim(world.dora, "help", "1", "hour", now);
  world.retract(world.dora, taken_back);
  world.claim(world.dora, "teach", "1", "hour", now);
  CHECK(done("both") == "2");
  const auto again = world.new_fold();
  for (const std::string& line : world.lines) {
    const auto resumed = world.new_fold();
    if (again->size() > 0) {
      resumed->restore(again->json(), again->authority());
      CHECK(resumed->json() == again->json());
    }
    again->take(line);
  }
  CHECK(again->digest() == world.fold->digest());
}

TEST_CASE("a claim that broke a rule for good does not count because somebody speaks for it") {
  ToldWorld world(
      std::string(basic_definition) +
      "  - {id: steer, title: Steer, unit: hour, gate: stewards, contributes: [{indicator: hours}]}\n");
  const Event steer = world.claim(world.ben, "steer", "1");
  world.attest(world.chen, steer);
  world.confirm(steer);
  CHECK(counted(world, "steer") == "0");
  const Event ahead = world.claim(world.ben, "help", "1", "hour", world.now + 400 * day);
  world.attest(world.chen, ahead);
  world.confirm(ahead);
  CHECK(counted(world, "help") == "0");
  world.correct(world.ben, ahead, "help", "2");
  CHECK(world.refusal() == "its time lies after it was recorded");
  CHECK(indicator(world, "hours") == "0");
}

TEST_CASE("a claim over a limit counts when somebody speaks for it after room was made") {
  ToldWorld world;
  const Event first = world.claim(world.ben, "teach", "3");
  const Event second = world.claim(world.ben, "teach", "2");
  CHECK(world.refusal() == "teach is limited to 3 hour per day, of which 3 are used up");
  world.attest(world.chen, second);
  CHECK(counted(world, "teach") == "3");
  world.retract(world.ben, first);
  CHECK(counted(world, "teach") == "0");
  world.attest(world.chen, second);
  CHECK(counted(world, "teach") == "2");
}

TEST_CASE("rows of a table are not ahead of their time either") {
  ToldWorld world;
  const auto row = [&](std::int64_t at) {
    return Row{.at = {at},
               .behaviour = "help",
               .quantity = Decimal(1),
               .unit = "hour",
               .attributes = {},
               .place = {},
               .salt = {}};
  };
  world.table(world.ben, {row(world.now), row(world.now + 30 * day)});
  CHECK(world.refusal() == "row 2: its time lies after it was recorded");
  CHECK(counted(world, "help") == "0");
}

TEST_CASE("the totals of a private table are greater than zero") {
  ToldWorld world;
  world.claim(world.chen, "help", "5");
  for (const char* quantity : {"-5", "0"}) {
    world.say(world.ben, "behaviour.tabled",
              {{"count", 1},
               {"root", sha256("rows").hex()},
               {"rows", "private"},
               {"totals", {{{"behaviour", "help"}, {"quantity", quantity}, {"unit", "hour"}}}}});
    CHECK(world.refusal() == "a total is not greater than zero");
  }
  CHECK(counted(world, "help") == "5");
}

TEST_CASE("two behaviours of one table keep their limits apart, also where neither was claimed before") {
  ToldWorld world(std::string(basic_definition) +
                  "  - {id: drill, title: Drill, unit: hour, limits: [{per: day, quantity: 3}]}\n");
  const auto row = [&](const char* behaviour) {
    return Row{.at = {world.now},
               .behaviour = behaviour,
               .quantity = Decimal(3),
               .unit = "hour",
               .attributes = {},
               .place = {},
               .salt = {}};
  };
  world.table(world.ben, {row("teach"), row("drill")});
  CHECK(world.refusal().empty());
  CHECK(counted(world, "drill") == "3");
}

TEST_CASE("no claim brings a sum out of the range of numbers") {
  ToldWorld world;
  world.claim(world.ben, "help", "999999999999999999");
  CHECK(world.refusal() == "help would amount to more than a world can count");
  world.claim(world.ben, "help", "100000000000000");
  CHECK(world.refusal().empty());
  const Event over = world.claim(world.chen, "help", "1");
  CHECK(world.refusal() == "help would amount to more than a world can count");
  const Row row{.at = {world.now},
                .behaviour = "help",
                .quantity = *Decimal::parse("300000000000000000"),
                .unit = "hour",
                .attributes = {},
                .place = {},
                .salt = {}};
  world.table(world.chen, {row, row, row});
  CHECK(world.refusal() == "help would amount to more than a world can count");
  CHECK(indicator(world, "hours") == "100000000000000");
  world.claim(world.chen, "teach", "3");  // feeds the same indicator
  CHECK(indicator(world, "hours") == "100000000000006");
}

TEST_CASE("words of two keys that become one person are one word, the later one") {
  ToldWorld world;
  const tool_test::Actor phone = tool_test::actor('p');
  world.say(phone, "identity.announced", {{"keys", Json::array()}});
  const Event claim = world.claim(world.ben, "place", "1", "device");
  world.attest(world.chen, claim);
  const Event second = world.attest(phone, claim);
  CHECK(indicator(world, "devices") == "1");
  world.link(world.chen, phone);
  CHECK(indicator(world, "devices") == "1");  // nothing that was judged before is judged again …
  world.attest(world.dora, claim, false);
  CHECK(indicator(world, "devices") == "0");  // … until somebody speaks
  world.attest(world.dora, claim);
  CHECK(indicator(world, "devices") == "1");
  world.retract(world.chen, second);
  CHECK(indicator(world, "devices") == "0");
}

TEST_CASE("a confirmation that is taken back lets history wait again") {
  ToldWorld world;
  const Event old = world.claim(world.ben, "help", "7", "hour", world.now - 40 * day);
  const Event older = world.claim(world.ben, "help", "1", "hour", world.now - 50 * day);
  const Event confirmation =
      world.say(world.ada, "event.confirmed", {{"events", {old.id.text(), older.id.text()}}});
  CHECK(indicator(world, "hours") == "8");
  world.retract(world.chen, confirmation);
  CHECK(world.refusal() == "it is somebody else's");
  world.attest(world.ada, old);  // leaves it confirmed
  CHECK(indicator(world, "hours") == "8");
  world.retract(world.ada, confirmation);
  CHECK(indicator(world, "hours") == "7");
}

TEST_CASE("a correction that breaks a limit changes nothing at all on the way") {
  ToldWorld world(std::string(basic_definition) +
                  "  - {id: both, title: Both, unit: hour, composite: {all: [help, teach], within: 2d}}\n");
  const Event teach = world.claim(world.ben, "teach", "2");
  struct Changes : Listener {
    int count = 0;
    void judged(const Occurrence& /*entry*/, const Ruling& /*ruling*/) override {}
    void changed(const FigureChange& /*change*/) override { ++count; }
  } changes;
  world.fold->listen(&changes);
  const Json before = world.fold->json().at("tools");
  world.correct(world.ben, teach, "teach", "4");
  CHECK(changes.count == 0);
  Json after = world.fold->json().at("tools");
  after["behaviour"]["claims"] = before["behaviour"]["claims"];  // it left a record, which says the same
  CHECK(after == before);
}

TEST_CASE("a deed that completed a composite behaviour completes nothing again when it is corrected") {
  ToldWorld world(std::string(basic_definition) +
                  "  - {id: both, title: Both, unit: hour, composite: {all: [help, teach], within: 2d}}\n");
  const Event teach = world.claim(world.ben, "teach", "1");
  const Event help = world.claim(world.ben, "help", "1");
  CHECK(counted(world, "both") == "1");
  for (const char* quantity : {"2", "3"}) {
    world.correct(world.ben, help, "help", quantity);
    world.correct(world.ben, teach, "teach", quantity);
  }
  CHECK(world.refusal().empty());
  CHECK(counted(world, "both") == "1");
  world.claim(world.ben, "help", "1");
  CHECK(counted(world, "both") == "1");
}

TEST_CASE("what is concealed cannot be confirmed before it is known") {
  ToldWorld world;
  world.say(world.ben, "event.confirmed", {{"events", 5}});
  CHECK(world.refusal() == "only a steward confirms");
  world.say(world.ada, "event.confirmed", {{"events", 5}});
  CHECK(world.refusal() == "its body has another form");
}

TEST_CASE("what a body confirms counts once somebody says so who sits on it then") {
  ToldWorld world(std::string(basic_definition) +
                      "  - {id: audit, title: Audit, unit: hour, verification: {by: body, body: audit}}\n",
                  {{"organisation", R"(organisation: 1
membership: {founders: stewards, endorsements: 1, admitted_by: itself}
bodies:
  - {id: audit, title: Audit, seats: 1, appointed_by: stewards}
)"}});
  const auto of_ben = [&](const char* kind, Json more) {
    more["person"] = world.ben.did().text();
    world.say(world.ada, kind, std::move(more));
    CHECK(world.refusal().empty());
  };
  world.say(world.ben, "member.applied", Json::object());
  of_ben("member.endorsed", Json::object());
  const Event early = world.claim(world.chen, "audit", "1");
  world.attest(world.ben, early);
  CHECK(world.refusal() == "the behaviour asks for the word of others than this person");
  of_ben("body.seated", {{"body", "audit"}});
  world.attest(world.ada, early);
  CHECK(world.refusal() == "the behaviour asks for the word of others than this person");
  CHECK(counted(world, "audit") == "0");
  const Event word = world.attest(world.ben, early);
  CHECK(world.refusal().empty());
  CHECK(counted(world, "audit") == "1");
  // What she was when the log took her word is what counts.
  of_ben("body.vacated", {{"body", "audit"}});
  CHECK(counted(world, "audit") == "1");
  world.attest(world.ben, world.claim(world.chen, "audit", "2"));
  CHECK(counted(world, "audit") == "1");
  const auto again = world.new_fold();
  again->restore(Json::parse(world.fold->json().dump()), world.fold->authority());
  CHECK(again->digest() == world.fold->digest());
  world.retract(world.ben, word);
  CHECK(counted(world, "audit") == "0");
}

TEST_CASE("a definition that changes the unit of what has figures is not in force") {
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string minutes =
      changed(basic_definition, "  - {id: device,", "  - {id: minute, title: minute}\n  - {id: device,");
  const std::string behaviour =
      changed(minutes, "{id: teach, title: Teach, unit: hour, contributes: [{indicator: hours, factor: 2}]",
              "{id: teach, title: Teach, unit: minute, contributes: [{indicator: hours, factor: 2}]");
  // Nothing feeds it any more that is counted in hours.
  std::string indicator =
      changed(minutes, "{id: hours, title: Hours, unit: hour}", "{id: hours, title: Hours, unit: minute}");
  indicator = changed(indicator, "{indicator: hours}, ", "");
  indicator = changed(indicator, "contributes: [{indicator: hours, factor: 2}], ", "");

  ToldWorld unused;
  unused.adopt(behaviour);
  CHECK(unused.refusal().empty());

  // What waits counts later, by the unit under which it was claimed.
  ToldWorld waiting;
  waiting.claim(waiting.ben, "place", "1", "device");
  waiting.adopt(changed(minutes,
                        "unit: device, contributes: [{indicator: devices}], verification: {by: peers",
                        "unit: minute, verification: {by: peers"));
  CHECK(waiting.refusal() == "place has figures in device: what is counted in minute needs another id");

  ToldWorld world;
  world.claim(world.ben, "teach", "2");
  world.adopt(behaviour);
  CHECK(world.refusal() == "teach has figures in hour: what is counted in minute needs another id");
  world.adopt(indicator);
  CHECK(world.refusal() == "hours has figures in hour: what is counted in minute needs another id");
  world.claim(world.chen, "teach", "1");
  CHECK(world.refusal().empty());
  CHECK(counted(world, "teach") == "3");
  world.adopt(minutes);
  CHECK(world.refusal().empty());
}

}  // namespace
}  // namespace bw
