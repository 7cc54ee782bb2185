#pragma once
// What the commands about events share (log, show, undo): how an event is shown, and what completion
// offers for one.

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "world/history.h"
#include "world/record.h"

namespace bw::cli {

// "journal", "sent", "pending" (in the log, under no checkpoint yet), "logged", "undone".
std::string_view state_of(const HistoryItem& item);
// {"id","event","index","recorded","state","mine","sentence"}; index and recorded are null where it is
// not in the log.
Json item_json(const HistoryItem& item);

// {"state","version","supported_by","disputed_by","waits_for","text"}
Json standing_json(const Standing& standing);
inline constexpr const char* standing_members =
    "how it stands with those who confirm it: state (own_word, verified, waiting, retracted, unruled), "
    "version "
    "(the event that holds now), supported_by, disputed_by, waits_for and text; null where it claims "
    "nothing";

// The offset of the world's clocks; UTC where its definition cannot be read.
UtcOffset offset_of(const World& world);
// "2026-03-02 17:00" as the world's clocks show it.
std::string clock_time(Timestamp at, UtcOffset offset);

// What people type as a time. Error(usage) where it is none.
Timestamp parse_time(Session& session, const World& world, const std::string& text);

std::vector<EventId> ids_of(const std::vector<Event>& events);

// How many of my events wait to be submitted.
std::size_t waiting_count(Session& session, const World& world);

// Sends what the person wishes to be sent at once, these events and earlier ones that could not be sent;
// whether all of `events` were. They are safe in the journal whatever happens here, so a home that cannot
// be reached is only a warning.
bool submit_at_once(Session& session, World& world, const Signer& signer, const std::vector<EventId>& events);

// Tells of one new event in the journal, and sends it where that is the person's wish.
int tell_recorded(Session& session, World& world, const Signer& signer, const Recorded& recorded);

// For completion: the newest events, what can still be undone, the adopted behaviours.
std::vector<Candidate> event_candidates(Session& session, const std::string& prefix);
std::vector<Candidate> waiting_candidates(Session& session, const std::string& prefix);
std::vector<Candidate> behaviour_candidates(Session& session, const std::string& prefix);

}  // namespace bw::cli
