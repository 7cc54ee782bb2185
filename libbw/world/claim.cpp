#include "world/claim.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/log_reader.h"

namespace bw {
namespace {

constexpr std::size_t shown_columns = 64;

std::string shown(std::string_view text) {
  return truncate_to_width(printable(text), shown_columns);
}

// A window in words: "per day" … "ever".
std::string per(Window window) {
  return window == Window::ever ? "ever" : fmt::format("per {}", name_of(window));
}

// Concealed deeds that nobody revealed so far.
using Concealed = std::map<EventId, Event>;

void apply(const Event& event, StandingClaims& standing, Concealed& concealed) {
  if (event.kind == "behaviour.logged") {
    if (auto claim = claim_of(event)) standing[event.id] = {*std::move(claim), event.at};
    if (is_concealed(event)) concealed.emplace(event.id, event);
    return;
  }
  const auto target = target_of(event);
  if (!target) return;
  if (const auto hidden = concealed.find(*target); hidden != concealed.end()) {
    // From here on it counts, in the window in which it was done.
    if (auto claim = claim_revealed(event, hidden->second)) {
      standing[*target] = {*std::move(claim), hidden->second.at};
    } else if (event.kind != "event.retracted") {
      return;
    }
    concealed.erase(hidden);
    return;
  }
  const auto corrected = standing.find(*target);
  if (corrected == standing.end()) return;
  if (event.kind == "event.retracted") {
    standing.erase(corrected);
  } else if (auto claim = claim_of(event)) {
    // The moment stays: a correction posts into the original window.
    corrected->second.claim = *std::move(claim);
  }
}

}  // namespace

const Behaviour& require_behaviour(const Definition& definition, std::string_view id) {
  if (const Behaviour* behaviour = definition.behaviours.find(id)) return *behaviour;
  const std::vector<std::string> ids = definition.behaviours.ids();
  std::string hint = did_you_mean(id, ids);
  if (hint.empty() && !ids.empty()) {
    constexpr std::size_t named = 8;
    const std::vector<std::string> first(ids.begin(),
                                         ids.begin() + std::min<std::ptrdiff_t>(named, std::ssize(ids)));
    hint = fmt::format("it has: {}{}", fmt::join(first, ", "), ids.size() > named ? ", …" : "");
  }
  throw Error(ErrorCode::invalid, fmt::format("the adopted definition has no behaviour \"{}\"", shown(id)),
              hint);
}

git::Oid stream_tree(const World& world) {
  return world.repository.read_commit(*world.stream.head).tree;
}

std::vector<Event> own_events_in_log(const World& world, const Did& me, Timestamp since) {
  const Persons& persons = world.stream.authority.persons();
  std::vector<std::string> mine;  // how lines of each of my keys begin
  for (const PersonKey& key : persons.of(me).keys) {
    mine.push_back(fmt::format(R"({{"event":{{"actor":"{}",)", key.did.text()));
  }
  std::vector<Event> events;
  std::int64_t recorded = Timestamp::last;
  const auto visit = [&](std::uint64_t index, std::string_view line) {
    const bool wanted = std::any_of(mine.begin(), mine.end(),
                                    [&](const std::string& start) { return line.starts_with(start); });
    // `recorded` never falls along the log, and no event lies further ahead of it than a clock may
    // lead. So entries recorded before the span cannot be about it, nor can corrections of theirs.
    // Looking at one entry in 64 is enough to know when to stop.
    if (!wanted && index % 64 != 0) return true;
    auto entry = parse_entry(line);
    if (!entry) throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, entry.reason()));
    recorded = entry->recorded;
    const std::string& kind = entry->event.kind;
    const bool counts = wanted && persons.could_speak(entry->event.actor, index);
    if (counts && (kind == "behaviour.logged" || kind == "event.corrected" || kind == "event.retracted" ||
                   kind == "event.revealed")) {
      events.push_back((*std::move(entry)).event);
    }
    return recorded + max_clock_lead >= since.seconds;
  };
  read_entries_backwards(world.repository, stream_tree(world), world.stream.size(), visit);
  std::reverse(events.begin(), events.end());
  return events;
}

StandingClaims standing_claims(const std::vector<Event>& in_log, const std::vector<JournalEntry>& journal,
                               const World& world, const Did& me, const std::set<EventId>& refused) {
  const Persons& persons = world.stream.authority.persons();
  StandingClaims standing;
  Concealed concealed;
  for (const Event& event : in_log) apply(event, standing, concealed);
  for (const JournalEntry& entry : journal) {
    const Event& event = entry.event;
    const bool counts = !entry.undone && persons.are_one(event.actor, me) &&
                        !world.stream.ids.find(event.id) && !refused.contains(event.id);
    if (counts) apply(event, standing, concealed);
  }
  return standing;
}

void require_within_limits(const Definition& definition, const Behaviour& behaviour,
                           const StandingClaim& claim, const StandingClaims& standing,
                           const std::optional<EventId>& replaced) {
  for (const Limit& limit : behaviour.limits) {
    const TimeSpan window = window_of(limit.per, claim.at, definition.utc_offset);
    Decimal used;
    for (const auto& [id, other] : standing) {
      const bool inside = other.at.seconds >= window.begin && other.at.seconds < window.end;
      const bool same = other.claim.behaviour == behaviour.id && other.claim.unit == behaviour.unit;
      if (inside && same && id != replaced) used += other.claim.quantity;
    }
    if (used + claim.claim.quantity <= limit.quantity) continue;
    const Decimal left = used < limit.quantity ? limit.quantity - used : Decimal(0);
    throw Error(ErrorCode::refused,
                fmt::format("{} is limited to {} {} {}: {} used up, {} left, {} asked for", behaviour.id,
                            limit.quantity.text(), behaviour.unit, per(limit.per), used.text(), left.text(),
                            claim.claim.quantity.text()),
                left.is_zero() ? "" : fmt::format("log at most {} {}", left.text(), behaviour.unit));
  }
}

}  // namespace bw
