#include "cli/events.h"

#include "base/error.h"
#include "cli/world_access.h"
#include "world/registry.h"
#include "world/sentence.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

constexpr std::size_t offered_events = 200;

SyncWish sync_wish(Session& session, const World& world) {
  std::error_code error;
  for (const KnownWorld& known : known_worlds(session.environment)) {
    if (known.id == world.id() && std::filesystem::equivalent(known.folder, world.folder(), error))
      return known.sync;
  }
  return SyncWish::manual;
}

}  // namespace

std::string_view state_of(const HistoryItem& item) {
  if (item.undone) return "undone";
  if (item.index) return item.covered ? "logged" : "pending";
  return item.sent ? "sent" : "journal";
}

Json item_json(const HistoryItem& item) {
  return {{"id", item.event.id.text()},
          {"event", Json::parse(item.event.line)},
          {"index", item.index ? Json(*item.index) : Json(nullptr)},
          {"recorded", item.recorded ? Json(Timestamp{*item.recorded}.text()) : Json(nullptr)},
          {"state", state_of(item)},
          {"mine", item.mine},
          {"sentence", item.sentence}};
}

UtcOffset offset_of(const World& world) {
  try {
    const LoadedDefinition loaded = adopted_definition(world);
    return loaded.definition ? loaded.definition->utc_offset : UtcOffset{};
  } catch (const Error&) {
    return {};  // what happened can be read in a world whose definition cannot
  }
}

std::string clock_time(Timestamp at, UtcOffset offset) {
  constexpr std::size_t date = 10;
  constexpr std::size_t minutes = 5;
  const std::string text = Timestamp{std::max<std::int64_t>(0, at.seconds + offset.seconds)}.text();
  return text.substr(0, date) + " " + text.substr(date + 1, minutes);
}

Timestamp parse_time(Session& session, const World& world, const std::string& text) {
  const auto time = parse_human_time(text, session.environment.now(), offset_of(world));
  if (!time) {
    throw Error(
        ErrorCode::usage, fmt::format("\"{}\": {}", session.shown(text), time.reason()),
        "write it like 2026-11-20, \"2026-11-20 18:00\", 2026-11-20T18:00+02:00, yesterday, \"yesterday "
        "18:00\" or -2h");
  }
  return *time;
}

std::size_t waiting_count(Session& session, const World& world) {
  return waiting_entries(session.environment, world, false).size();
}

bool submit_at_once(Session& session, World& world, const Signer& signer) {
  if (sync_wish(session, world) != SyncWish::immediate) return false;
  try {
    const Submitted submitted = submit(session.environment, world, signer, {});
    bool accepted = true;
    for (const Verdict& verdict : submitted.verdicts) {
      if (verdict.kind != Verdict::Kind::refused) continue;
      accepted = false;
      session.warn("{} was refused: {}", verdict.event.short_text(), session.shown(verdict.reason));
    }
    return accepted && submitted.way != Submitted::Way::nothing;
  } catch (const Error& error) {
    session.warn("it is safe in your journal, but was not submitted: {}", session.shown(error.what()));
    session.note("`bw submit` tries again.");
    return false;
  }
}

std::vector<Candidate> event_candidates(Session& session, const std::string& /*prefix*/) {
  const World world = open_world_of(session);
  std::vector<Candidate> candidates;
  for (const HistoryItem& item : history(session.environment, world, {.limit = offered_events})) {
    candidates.push_back({item.event.id.short_text(), item.sentence});
  }
  return candidates;
}

std::vector<Candidate> waiting_candidates(Session& session, const std::string& /*prefix*/) {
  const World world = open_world_of(session);
  std::vector<Candidate> candidates;
  for (const JournalEntry& entry : waiting_entries(session.environment, world, false)) {
    candidates.push_back({entry.event.id.short_text(), sentence_of(entry.event)});
  }
  return candidates;
}

std::vector<Candidate> behaviour_candidates(Session& session, const std::string& /*prefix*/) {
  const LoadedDefinition loaded = adopted_definition(open_world_of(session));
  std::vector<Candidate> candidates;
  if (!loaded.definition) return candidates;
  for (const Behaviour& behaviour : loaded.definition->behaviours) {
    candidates.push_back({behaviour.id, behaviour.title.in(session.language())});
  }
  return candidates;
}

}  // namespace bw::cli
