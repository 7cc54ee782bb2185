#pragma once
// What the commands about events share (log, show, undo): how an event is shown, and what completion
// offers for one.

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "world/history.h"

namespace bw::cli {

// "journal", "sent", "pending" (in the log, under no checkpoint yet), "logged", "undone".
std::string_view state_of(const HistoryItem& item);
// {"id","event","index","recorded","state","mine","sentence"}; index and recorded are null where it is
// not in the log.
Json item_json(const HistoryItem& item);

// The offset of the world's clocks; UTC where its definition cannot be read.
UtcOffset offset_of(const World& world);
// "2026-03-02 17:00" as the world's clocks show it.
std::string clock_time(Timestamp at, UtcOffset offset);

// What people type as a time. Error(usage) where it is none.
Timestamp parse_time(Session& session, const World& world, const std::string& text);

// How many of my events wait to be submitted.
std::size_t waiting_count(Session& session, const World& world);

// Sends what was just recorded where that is the person's wish; whether it did. The event is safe in
// the journal whatever happens here, so a home that cannot be reached is only a warning.
bool submit_at_once(Session& session, World& world, const Signer& signer);

// For completion: the newest events, what can still be undone, the adopted behaviours.
std::vector<Candidate> event_candidates(Session& session, const std::string& prefix);
std::vector<Candidate> waiting_candidates(Session& session, const std::string& prefix);
std::vector<Candidate> behaviour_candidates(Session& session, const std::string& prefix);

}  // namespace bw::cli
