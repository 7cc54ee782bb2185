// Confirming history: what happened longer ago than the world's grace counts only when a steward says
// that it is true.

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/log_reader.h"
#include "world/correction.h"
#include "world/record.h"
#include "world/ruling_definition.h"

namespace bw {
namespace {

constexpr std::size_t confirmed_per_event = 400;  // 64 digits each leave room in 32 KiB

// The public rows of a table in the stream; empty where they are private.
std::string public_rows(const World& world, const git::Oid& tree, const Event& event) {
  const Json body = event.body();
  const auto root = Digest::from_hex(body.value("root", ""));
  const auto blob = root ? world.repository.find(tree, table_path(*root)) : std::nullopt;
  return blob ? world.repository.read_blob(blob->oid, max_table_bytes) : std::string();
}

// Whether a claim was recorded longer after it happened than the grace allows. A table is old where any
// of its rows is: the event itself only says when the table was made.
bool is_history(const World& world, const git::Oid& tree, const Entry& entry, Duration grace) {
  const std::int64_t limit = entry.recorded - grace.seconds;
  if (entry.event.kind == "behaviour.logged") return entry.event.at.seconds < limit;
  if (entry.event.kind != "behaviour.tabled" || limit < 0) return false;
  // Every row line begins with its time, and times in this one form compare as text.
  constexpr std::string_view start = R"({"at":")";
  const std::string before = Timestamp{limit}.text();
  const std::string content = public_rows(world, tree, entry.event);
  const auto rows = split(content, '\n');
  return std::any_of(rows.begin(), rows.end(), [&](std::string_view row) {
    return row.starts_with(start) && row.substr(start.size(), before.size()) < before;
  });
}

void collect_confirmed(const Event& event, std::set<EventId>& confirmed) {
  const Json body = event.body();
  if (!body.contains("events") || !body.at("events").is_array()) return;
  for (const Json& id : body.at("events")) {
    if (!id.is_string()) continue;
    if (const auto parsed = EventId::parse(id.get<std::string>())) confirmed.insert(*parsed);
  }
}

// What the log and the journal say about claims after they were made.
struct LaterWord {
  std::set<EventId> confirmed;                  // by those who are stewards
  std::set<std::pair<EventId, Did>> retracted;  // by this person
};

void hear(const World& world, const Event& event, LaterWord& word) {
  const Authority& authority = world.stream.authority;
  if (event.kind == "event.confirmed" && authority.is_steward_person(event.actor)) {
    collect_confirmed(event, word.confirmed);
  } else if (event.kind == "event.retracted") {
    if (const auto target = target_of(event))
      word.retracted.emplace(*target, authority.persons().name_of(event.actor));
  }
}

void hear_journal(const Environment& environment, const World& world, LaterWord& word) {
  for (const JournalEntry& entry : open_journal(environment, world.id()).read()) {
    if (!entry.undone) hear(world, entry.event, word);
  }
}

// Calls `visit` for every entry whose kind begins with one of two words, but for those of silent keys; the
// others are not parsed.
void read_claims_and_corrections(const World& world,
                                 const std::function<void(std::uint64_t, const Entry&)>& visit) {
  read_entries(world.repository, stream_tree(world), 0, world.stream.size(),
               [&](std::uint64_t index, std::string_view line) {
                 const bool wanted = line.find(R"("kind":"behaviour.)") != std::string_view::npos ||
                                     line.find(R"("kind":"event.)") != std::string_view::npos;
                 if (!wanted) return true;
                 const auto entry = parse_entry(line);
                 if (!entry)
                   throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, entry.reason()));
                 const bool counts = world.stream.authority.persons().could_speak(entry->event.actor, index);
                 if (counts) visit(index, *entry);
                 return true;
               });
}

}  // namespace

std::vector<Event> record_confirmation(const Environment& environment, const World& world,
                                       const Signer& signer, const std::vector<EventId>& ids) {
  if (!world.stream.authority.is_steward(signer.did())) {
    throw Error(ErrorCode::refused, signer.did().text() + " is no steward of " + world.name(),
                "a steward confirms history");
  }
  const Duration grace = ruling_definition(environment, world).grace;
  const git::Oid tree = stream_tree(world);
  for (const EventId& id : ids) {
    const KnownEvent known = require_event(environment, world, id);
    if (!known.index) {
      throw Error(ErrorCode::invalid, "event " + id.short_text() + " is not in the log yet",
                  "submit it first");
    }
    if (!is_claim_kind(known.event.kind)) {
      throw Error(ErrorCode::invalid, fmt::format("event {} is of the kind {}, which nobody confirms",
                                                  id.short_text(), known.event.kind));
    }
    if (!is_history(world, tree, {known.event, *known.recorded}, grace)) {
      throw Error(ErrorCode::invalid,
                  "event " + id.short_text() + " was recorded in time and needs no confirmation");
    }
  }
  LaterWord word;
  read_claims_and_corrections(world,
                              [&](std::uint64_t, const Entry& entry) { hear(world, entry.event, word); });

  const auto decide = [&](const std::vector<JournalEntry>& journal) {
    for (const JournalEntry& entry : journal) {
      if (!entry.undone) hear(world, entry.event, word);
    }
    std::vector<NewEntry> entries;
    Json list = Json::array();
    const auto flush = [&] {
      if (list.empty()) return;
      entries.push_back({{.at = environment.now(),
                          .kind = "event.confirmed",
                          .body = {{"events", std::exchange(list, Json::array())}},
                          .details = {},
                          .world = world.id()},
                         {},
                         std::nullopt});
    };
    for (const EventId& id : ids) {
      if (!word.confirmed.insert(id).second) {
        throw Error(ErrorCode::invalid, "event " + id.short_text() + " is confirmed already");
      }
      list.push_back(id.text());
      if (list.size() == confirmed_per_event) flush();
    }
    flush();
    return entries;
  };
  return open_journal(environment, world.id()).append(signer, environment.random, decide);
}

std::vector<EventId> unconfirmed_history(const Environment& environment, const World& world) {
  const Duration grace = ruling_definition(environment, world).grace;
  const git::Oid tree = stream_tree(world);
  std::vector<std::pair<EventId, Did>> old;
  LaterWord word;
  read_claims_and_corrections(world, [&](std::uint64_t, const Entry& entry) {
    hear(world, entry.event, word);
    if (is_claim_kind(entry.event.kind) && is_history(world, tree, entry, grace)) {
      old.emplace_back(entry.event.id, world.stream.authority.persons().name_of(entry.event.actor));
    }
  });
  hear_journal(environment, world, word);
  std::vector<EventId> ids;
  for (const auto& [id, actor] : old) {
    if (!word.confirmed.contains(id) && !word.retracted.contains({id, actor})) ids.push_back(id);
  }
  return ids;
}

}  // namespace bw
