#pragma once
// For the tests of tools: a world told entry by entry, without a repository: who says what, when, under which
// definition.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "definition/load.h"
#include "state/fold.h"
#include "stream/entry.h"
#include "stream/table.h"
#include "stream/test_stream.h"
#include "tlog/proof.h"
#include "tools/toolset.h"

namespace bw::tool_test {

using stream_test::actor;
using stream_test::Actor;

// The parts of a definition that every test needs; tests add goals, milestones and more behind it.
inline constexpr const char* basic_definition = R"(betterworld: 1
name: Street
vision: A kind street.
utc_offset: "+08:00"
grace: 30d
units:
  - {id: hour, title: hour}
  - {id: device, title: device, precision: 0}
indicators:
  - {id: hours, title: Hours, unit: hour}
  - {id: devices, title: Devices, unit: device}
  - {id: deeds, title: Deeds, unit: hour, aggregate: count}
  - {id: level, title: Level, unit: device, aggregate: latest}
  - {id: most, title: Most at once, unit: hour, aggregate: max}
behaviours:
  - {id: help, title: Help, unit: hour, contributes: [{indicator: hours}, {indicator: deeds}, {indicator: most}]}
  - {id: teach, title: Teach, unit: hour, contributes: [{indicator: hours, factor: 2}], limits: [{per: day, quantity: 3}]}
  - {id: place, title: Place, unit: device, contributes: [{indicator: devices}], verification: {by: peers, count: 2}}
  - {id: inspect, title: Inspect, unit: device, contributes: [{indicator: level}], verification: {by: steward}}
)";

class ToldWorld {
public:
  static constexpr std::int64_t start = 1'795'000'000;  // 2026-11-18

  // Ada's world; Ben, Chen and Dora join it.
  explicit ToldWorld(const std::string& definition = basic_definition,
                     const std::map<std::string, std::string>& rules = {},
                     std::function<std::vector<std::unique_ptr<Tool>>()> tools = make_tools)
      : make_tools_(std::move(tools)), fold(new_fold()) {
    genesis_ = tell(stream_test::make_genesis(ada));
    for (const Actor& one : {ben, chen, dora}) say(one, "identity.announced", {{"keys", Json::array()}});
    adopt(definition, rules);
  }

  const Actor ada = actor('a'), ben = actor('b'), chen = actor('c'), dora = actor('d');

  const Event& tell(Event event) {
    lines.push_back(entry_line(event.line, now));
    events.push_back(std::move(event));
    positions_.emplace(events.back().id, events.size() - 1);
    fold->take(lines.back());
    return events.back();
  }
  Event say(const Actor& who, const char* kind, Json body, std::optional<std::int64_t> at = {}) {
    now += 60;
    return tell(stream_test::make_event(who, WorldId{genesis_->id.digest}, kind, std::move(body),
                                        {at.value_or(now)}, random_));
  }
  // With the rules of tools by their names: {"governance", "…"}.
  void adopt(const std::string& text, const std::map<std::string, std::string>& rules = {}) {
    DefinitionFiles files = {{"betterworld.yaml", text}};
    for (const auto& [tool, content] : rules) files.emplace("tools/" + tool + ".yaml", content);
    const LoadedDefinition loaded = load_definition(memory_source(files));
    REQUIRE_MESSAGE(loaded.valid(), loaded.problems.front().message);
    (*definitions_)[loaded.digest] = std::make_shared<const Definition>(*loaded.definition);
    const auto& previous = fold->authority().adopted();  // which need not be in force
    say(ada, "definition.adopted",
        {{"commit", std::string(40, 'a')},
         {"definition", loaded.digest.hex()},
         {"previous", previous ? Json(previous->digest.hex()) : Json(nullptr)},
         {"signers", {ada.did().text()}}});
  }
  Event claim(const Actor& who, const char* behaviour, const char* quantity, const char* unit = "hour",
              std::optional<std::int64_t> at = {}) {
    return say(who, "behaviour.logged", {{"behaviour", behaviour}, {"quantity", quantity}, {"unit", unit}},
               at);
  }
  Event correct(const Actor& who, const Event& event, const char* behaviour, const char* quantity,
                const char* unit = "hour") {
    return say(
        who, "event.corrected",
        {{"behaviour", behaviour}, {"event", event.id.text()}, {"quantity", quantity}, {"unit", unit}});
  }
  Event attest(const Actor& who, const Event& event, bool supports = true) {
    return say(who, "event.attested",
               {{"event", event.id.text()}, {"verdict", supports ? "supports" : "disputes"}});
  }
  Event retract(const Actor& who, const Event& event) {
    return say(who, "event.retracted", {{"event", event.id.text()}});
  }
  Event confirm(const Event& event) { return say(ada, "event.confirmed", {{"events", {event.id.text()}}}); }
  Event table(const Actor& who, const std::vector<Row>& rows) {
    std::string content;
    for (const Row& row : rows) content += row.line() + "\n";
    const auto made = parse_table(content);
    REQUIRE(made);
    (*tables_)[made->root] = content;
    return say(who, "behaviour.tabled", made->body());
  }
  void link(const Actor& one, const Actor& other) {
    say(one, "identity.linked", {{"key", other.did().text()}});
    say(other, "identity.linked", {{"key", one.did().text()}});
  }

  // A fold like this one's that has taken nothing yet.
  std::unique_ptr<Fold> new_fold() {
    return std::make_unique<Fold>(Archive{.definition =
                                              [definitions = definitions_](const Digest& digest) {
                                                const auto found = definitions->find(digest);
                                                return found == definitions->end() ? nullptr : found->second;
                                              },
                                          .entry = [this](const EventId& id) -> std::optional<Occurrence> {
                                            const auto found = positions_.find(id);
                                            if (found == positions_.end()) return std::nullopt;
                                            return cut_open(found->second, lines[found->second]);
                                          },
                                          .rows =
                                              [tables = tables_](const Digest& root) {
                                                const auto found = tables->find(root);
                                                return found == tables->end() ? std::string() : found->second;
                                              },
                                          .root =
                                              [this](std::uint64_t size) {
                                                std::vector<Digest> leaves;
                                                for (std::size_t i = 0; i < size && i < lines.size(); ++i)
                                                  leaves.push_back(leaf_hash(lines[i]));
                                                return root_of(leaves);
                                              }},
                                  make_tools_());
  }

  // Why the last entry was ineffective; empty where it took effect, or no tool judged it.
  std::string refusal() {
    struct Last : Listener {
      Ruling ruling;
      void judged(const Occurrence& /*entry*/, const Ruling& given) override { ruling = given; }
      void changed(const FigureChange& /*change*/) override {}
    } last;
    const auto again = new_fold();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i + 1 == lines.size()) again->listen(&last);
      again->take(lines[i]);
    }
    return last.ruling.value_or("");
  }

  std::int64_t now = start;
  std::vector<std::string> lines;
  std::vector<Event> events;

private:
  std::shared_ptr<std::map<Digest, std::shared_ptr<const Definition>>> definitions_ =
      std::make_shared<std::map<Digest, std::shared_ptr<const Definition>>>();
  std::shared_ptr<std::map<Digest, std::string>> tables_ = std::make_shared<std::map<Digest, std::string>>();
  std::map<EventId, std::size_t> positions_;
  std::optional<Event> genesis_;
  Random random_ = stream_test::counting_random(1000);
  std::function<std::vector<std::unique_ptr<Tool>>()> make_tools_;

public:
  std::unique_ptr<Fold> fold;
};

}  // namespace bw::tool_test
