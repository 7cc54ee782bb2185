#include "world/correction.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/log_reader.h"
#include "world/attestation.h"
#include "world/record.h"

namespace bw {
namespace {

const JournalEntry* find(const std::vector<JournalEntry>& journal, const EventId& id) {
  const auto entry = std::find_if(journal.begin(), journal.end(),
                                  [&](const JournalEntry& candidate) { return candidate.event.id == id; });
  return entry == journal.end() ? nullptr : &*entry;
}

void require_not_undone(const World& world, const std::vector<JournalEntry>& journal, const EventId& id) {
  const JournalEntry* entry = find(journal, id);
  if (entry != nullptr && entry->undone && !world.stream.ids.find(id))
    throw Error(ErrorCode::refused, "event " + id.short_text() + " was taken back");
}

void require_unretracted(const World& world, const std::vector<JournalEntry>& journal, const Did& me,
                         const Event& event) {
  const auto retracts = [&](const Event& later) {
    return later.kind == "event.retracted" && target_of(later) == event.id;
  };
  const Persons& persons = world.stream.authority.persons();
  const std::vector<Event> in_log = own_events_in_log(world, me, event.at);
  const bool retracted =
      std::any_of(in_log.begin(), in_log.end(), retracts) ||
      std::any_of(journal.begin(), journal.end(), [&](const JournalEntry& entry) {
        return !entry.undone && persons.are_one(entry.event.actor, me) && retracts(entry.event);
      });
  if (retracted) throw Error(ErrorCode::refused, "event " + event.id.short_text() + " was retracted already");
}

// What stands of a claim of mine after the corrections that the log and the journal have; nothing where it is
// concealed.
std::optional<Claim> standing_claim(const World& world, const std::vector<JournalEntry>& journal,
                                    const Did& me, const Event& event) {
  const auto standing = standing_claims(own_events_in_log(world, me, event.at), journal, world, me, {});
  const auto found = standing.find(event.id);
  if (found != standing.end()) return found->second.claim;
  if (is_concealed(event)) {
    require_unretracted(world, journal, me, event);
    return std::nullopt;
  }
  throw Error(ErrorCode::refused, "event " + event.id.short_text() + " was retracted already",
              "log it again where it was true");
}

}  // namespace

const Definition& require_definition(const LoadedDefinition& loaded) {
  if (loaded.definition) return *loaded.definition;
  throw Error(
      ErrorCode::invalid,
      "the adopted definition cannot be read: " +
          (loaded.problems.empty() ? std::string("no reason given") : loaded.problems.front().message),
      "a newer version of bw may know what this one does not");
}

Opening note_opening(const std::string& note, const Random& random) {
  if (!is_utf8(note)) throw Error(ErrorCode::invalid, "the note is not UTF-8");
  if (printable(note, true) != note) {
    throw Error(ErrorCode::invalid, "the note has control characters or invisible ones",
                "write plain text; it may have several lines");
  }
  if (note.size() > max_note_bytes) {
    throw Error(ErrorCode::invalid,
                fmt::format("the note has {} bytes, more than {}", note.size(), max_note_bytes),
                "attach the text as a file: --evidence FILE");
  }
  return make_opening("note", note, random);
}

KnownEvent require_event(const Environment& environment, const World& world, const EventId& id) {
  if (const auto index = world.stream.ids.find(id)) {
    Entry entry = read_entry(world.repository, stream_tree(world), *index);
    return {std::move(entry.event), *index, entry.recorded};
  }
  const auto journal = open_journal(environment, world.id()).read();
  if (const JournalEntry* entry = find(journal, id)) return {entry->event, std::nullopt, std::nullopt};
  throw Error(ErrorCode::invalid, "neither the log nor your journal has the event " + id.short_text(),
              "bw log shows them");
}

OwnClaim require_own_claim(const Environment& environment, const World& world, const Did& me,
                           const EventId& id) {
  const Event event = require_event(environment, world, id).event;
  if (!world.stream.authority.persons().are_one(event.actor, me)) {
    throw Error(ErrorCode::refused, fmt::format("event {} is of {}; only its author can correct it",
                                                id.short_text(), event.actor.text()));
  }
  if (const auto target = target_of(event)) {
    throw Error(ErrorCode::invalid, "event " + id.short_text() + " is itself a correction",
                "correct or retract what it is about: " + target->short_text());
  }
  if (!is_claim_kind(event.kind)) {
    throw Error(ErrorCode::invalid, fmt::format("event {} is of the kind {}, which is never corrected",
                                                id.short_text(), event.kind));
  }
  const auto journal = open_journal(environment, world.id()).read();
  require_not_undone(world, journal, id);
  if (event.kind == "behaviour.tabled") {
    require_unretracted(world, journal, me, event);
    return {event, std::nullopt};
  }
  return {event, standing_claim(world, journal, me, event)};
}

Event require_retractable(const Environment& environment, const World& world, const Did& me,
                          const EventId& id) {
  Event event = require_event(environment, world, id).event;
  if (!is_word_kind(event.kind) || event.actor != me)
    return require_own_claim(environment, world, me, id).event;
  const auto journal = open_journal(environment, world.id()).read();
  require_not_undone(world, journal, id);
  require_unretracted(world, journal, me, event);
  return event;
}

Recorded record_retraction(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id, const std::optional<std::string>& note) {
  const Event event = require_retractable(environment, world, signer.did(), id);
  std::vector<JournalOpening> openings;
  if (note && !note->empty())
    openings.push_back({note_opening(*note, environment.random), Visibility::private_});
  const auto decide = [&](const std::vector<JournalEntry>&) -> std::vector<NewEntry> {
    return {{{.at = environment.now(),
              .kind = "event.retracted",
              .body = {{"event", event.id.text()}},
              .details = {},
              .world = world.id()},
             openings,
             std::nullopt}};
  };
  return {open_journal(environment, world.id()).append(signer, environment.random, decide).front(), {}};
}

Event undo(const Environment& environment, const World& world, const std::optional<EventId>& id) {
  const Journal journal = open_journal(environment, world.id());
  const auto entries = journal.read();
  const JournalEntry* entry = nullptr;
  if (id) {
    entry = find(entries, *id);
  } else {
    const auto last =
        std::find_if(entries.rbegin(), entries.rend(), [](const JournalEntry& e) { return !e.undone; });
    if (last != entries.rend()) entry = &*last;
  }
  if (entry == nullptr) {
    throw Error(ErrorCode::invalid,
                id ? "your journal has no event " + id->short_text() : "your journal has nothing to undo");
  }
  const Event& event = entry->event;
  if (world.stream.ids.find(event.id) || !entry->bundles.empty()) {
    throw Error(ErrorCode::refused,
                fmt::format("event {} was submitted and cannot be undone", event.id.short_text()),
                "take it back in the open: bw log --retract " + event.id.short_text());
  }
  for (const JournalEntry& later : entries) {
    if (later.undone || target_of(later.event) != event.id) continue;
    throw Error(ErrorCode::refused,
                fmt::format("event {} corrects {}", later.event.id.short_text(), event.id.short_text()),
                "undo that one first: bw undo " + later.event.id.short_text());
  }
  Journal(journal).undo(event.id);
  return event;
}

EventId resolve_event(const Environment& environment, const World& world, std::string_view prefix) {
  const bool digits = std::all_of(prefix.begin(), prefix.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!digits || prefix.size() < min_id_prefix || prefix.size() > 64) {
    throw Error(ErrorCode::invalid,
                fmt::format("\"{}\" is not an event id", truncate_to_width(printable(prefix), 64)),
                "give at least 4 of its 64 digits (0-9, a-f); bw log shows them");
  }
  constexpr std::size_t named = 5;
  std::set<EventId> found;
  for (const EventId& id : world.stream.ids.with_prefix(prefix, named)) found.insert(id);
  for (const JournalEntry& entry : open_journal(environment, world.id()).read()) {
    if (entry.event.id.text().starts_with(prefix)) found.insert(entry.event.id);
  }
  if (found.size() == 1) return *found.begin();
  if (found.empty()) {
    throw Error(ErrorCode::invalid, fmt::format("no event here begins with {}", prefix), "bw log shows them");
  }
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const EventId& id : found) ids.push_back(id.text().substr(0, 16));
  throw Error(ErrorCode::invalid, fmt::format("{} events begin with {}", found.size(), prefix),
              fmt::format("give more digits: {}", fmt::join(ids, ", ")));
}

}  // namespace bw
