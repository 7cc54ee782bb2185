#include "cli/events.h"

#include "base/error.h"
#include "cli/world_access.h"
#include "world/operations.h"
#include "world/sentence.h"
#include "world/submit.h"
#include "world/sync.h"

namespace bw::cli {
namespace {

constexpr std::size_t offered_events = 200;

}  // namespace

std::string_view state_of(const HistoryItem& item) {
  if (item.undone) return "undone";
  if (item.index) return item.covered ? "logged" : "pending";
  return item.sent ? "sent" : "journal";
}

Json standing_json(const Standing& standing) {
  const auto dids = [](const std::vector<Did>& who) {
    Json list = Json::array();
    for (const Did& did : who) list.push_back(did.text());
    return list;
  };
  Json missing = Json::array();
  for (const Requirement& requirement : standing.missing) {
    missing.push_back({{"by", name_of(requirement.rule.by)},
                       {"count", requirement.missing},
                       {"body", requirement.rule.body ? Json(*requirement.rule.body) : Json(nullptr)}});
  }
  return {{"state", text_of(standing.state)},
          {"version", standing.version.text()},
          {"supported_by", dids(standing.supporters())},
          {"disputed_by", dids(standing.disputers())},
          {"waits_for", missing},
          {"text", standing.sentence()}};
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
        "18:00\", -2h, or for what is to come \"tomorrow 18:00\" and +3d");
  }
  return *time;
}

std::vector<EventId> ids_of(const std::vector<Event>& events) {
  std::vector<EventId> ids;
  for (const Event& event : events) ids.push_back(event.id);
  return ids;
}

std::size_t waiting_count(Session& session, const World& world) {
  return waiting_entries(session.environment, world, false).size();
}

bool submit_at_once(Session& session, World& world, const Signer& signer,
                    const std::vector<EventId>& events) {
  if (sync_wishes(session.environment, world).only_manual()) return false;
  try {
    const Operation operation(session.environment, world, "log");
    const Submitted submitted = submit_due(session.environment, world, signer, SyncWish::immediate);
    for (const Verdict& verdict : submitted.verdicts) {
      if (verdict.kind != Verdict::Kind::refused) continue;
      session.warn("{} was refused: {}", verdict.event.short_text(), session.shown(verdict.reason));
    }
    return std::all_of(events.begin(), events.end(), [&](const EventId& id) {
      const auto is_refused = [&](const Verdict& verdict) {
        return verdict.event == id && verdict.kind == Verdict::Kind::refused;
      };
      return std::find(submitted.events.begin(), submitted.events.end(), id) != submitted.events.end() &&
             std::none_of(submitted.verdicts.begin(), submitted.verdicts.end(), is_refused);
    });
  } catch (const Error& error) {
    session.warn("it is safe in your journal, but was not submitted: {}", session.shown(error.what()));
    session.note("It goes with the next that is sent; `bw submit` and `bw sync` try again.");
    return false;
  }
}

int tell_recorded(Session& session, World& world, const Signer& signer, const Recorded& recorded) {
  session.done(fmt::format("the event {} is recorded in your journal", recorded.event.id.short_text()));
  const bool submitted = submit_at_once(session, world, signer, {recorded.event.id});
  const std::size_t waiting = waiting_count(session, world);
  const Event& event = recorded.event;
  if (session.json()) {
    session.print_json({{"id", event.id.text()},
                        {"event", Json::parse(event.line)},
                        {"submitted", submitted},
                        {"waiting", waiting},
                        {"notes", recorded.notes}});
    return 0;
  }
  session.print("{}  {}\n", session.styled(Style::name, event.id.short_text()),
                session.shown(sentence_of(event)));
  for (const std::string& note : recorded.notes) session.note("{}", session.shown(note));
  if (submitted) {
    session.note("Submitted.");
  } else {
    session.note("In your journal; {} to be submitted: `bw submit`.",
                 counted(waiting, "event waits", "events wait"));
  }
  return 0;
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
