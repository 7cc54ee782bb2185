#pragma once
// Recording: what I did goes into my journal, checked against the adopted definition before anything is
// written: behaviour, unit, bounds, limits per period, evidence.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/journal.h"
#include "stream/table.h"
#include "world/identity.h"
#include "world/world.h"

namespace bw {

inline constexpr std::size_t max_note_bytes = std::size_t{8} << 10;
inline constexpr std::size_t max_evidence_bytes = 16u << 20;  // all files of an event
inline constexpr std::size_t max_evidence_files = 100;
inline constexpr std::size_t min_id_prefix = 4;  // digits that name an event

struct Deed {
  std::string behaviour = {};            // empty in a correction: as it was
  std::optional<Decimal> quantity = {};  // nothing: 1; in a correction: as it was
  std::optional<std::string> unit = {};  // must be the behaviour's; nothing: it is
  std::optional<Timestamp> at = {};      // nothing: now
  std::optional<std::string> note = {};  // UTF-8
  std::optional<Place> place = {};
  std::vector<std::filesystem::path> evidence = {};  // regular files; symbolic links are followed
  std::optional<Visibility> visibility = {};         // of all of these; nothing: the behaviour's defaults
  // Behaviour, quantity and unit stay in the journal too, as the private detail `claim`; then what else is
  // beside the event is private unless `visibility` says otherwise. Not of corrections.
  bool conceal = false;
};

struct Recorded {
  Event event;
  std::vector<std::string> notes;  // what the person should know, a sentence each
};

// Errors: invalid (unknown behaviour, with the closest id; wrong unit; a quantity out of bounds or with
// too many digits; a time in the future; a note or evidence too large or no regular file), refused (a
// limit would be exceeded: names the limit, what is used up and what is left; the behaviour requires
// evidence and there is none).
Recorded record(const Environment& environment, const World& world, const Signer& signer, const Deed& deed);

// Corrections of my own claims (`event.corrected`, `event.retracted`). The event must be mine and a
// claim: invalid where it is none, refused where it is someone else's or was retracted. A correction
// keeps the time; Error(usage) where the deed names one. A table can only be retracted.
Recorded record_correction(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id, const Deed& deed);
Recorded record_retraction(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id, const std::optional<std::string>& note);

// `event.revealed` for a concealed event of mine, with the opening of its claim: it counts from there on.
// Errors: refused (revealed or retracted already, or a limit would be exceeded), invalid (the adopted
// definition does not allow the claim any more).
Event record_revealed_claim(const Environment& environment, const World& world, const Signer& signer,
                            const Event& concealed, const Opening& claim);

// A steward's confirmation of history older than the world's grace (`event.confirmed`), in events of a
// few hundred each. Errors: refused (not a steward), invalid (no claim, not in the log, not old enough
// or confirmed already).
std::vector<Event> record_confirmation(const Environment& environment, const World& world,
                                       const Signer& signer, const std::vector<EventId>& ids);
// Every claim in the log that is older than the grace, stands, and that neither the log nor my journal
// confirms.
std::vector<EventId> unconfirmed_history(const Environment& environment, const World& world);

// Takes back what was not submitted yet; nothing: the last. Returns what was taken back. Errors: refused
// (submitted, or another event in the journal builds on it), invalid (nothing there).
Event undo(const Environment& environment, const World& world, const std::optional<EventId>& id);

// The one event, here or in my journal, whose id begins with `prefix` (at least 4 digits). Error(invalid)
// where none or several do.
EventId resolve_event(const Environment& environment, const World& world, std::string_view prefix);

}  // namespace bw
