#pragma once
// My journal as I read it: every event with what became of it, and all of it written out for other programs.
// The journal is enough; where a copy of the world is at hand, it says what the log took and what was
// refused.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/journal.h"
#include "world/world.h"

namespace bw {

enum class Fate {
  waiting,  // not sent
  sending,  // a bundle with it was about to leave, and nobody came back to say how that ended
  sent,     // and not answered
  refused,
  pending,  // in the log, under no checkpoint yet
  logged,
  undone
};
std::string_view text_of(Fate fate);

struct JournalItem {
  JournalEntry entry;
  Fate fate = Fate::waiting;
  std::optional<std::uint64_t> index = {};  // in the log
  std::string refusal = {};                 // the reason that a receipt gave
  std::string sentence = {};
};
// Oldest first. `world`: a copy of that world, or nothing.
std::vector<JournalItem> journal_items(const Environment& environment, const WorldId& id, const World* world);

using TextSink = std::function<void(std::string_view text)>;

// Everything as JSON Lines, for its owner and no one else: openings and private rows are in it.
//
//     {"at":…,"events":n,"journal":1,"world":"<id>"}
//     {"bundles":[…],"event":{…},"fate":…,"openings":[{"field","salt","value","visibility"},…]}   for each
//     event
//     {"row":{…},"table":"<root>"}                                 after the event of its table, for each row
//     {"sent":{"at":…,"bundle":…,"events":[…],"to":…}}             for each bundle that was sent
void export_journal(const Environment& environment, const WorldId& id, const World* world,
                    const TextSink& sink);

// Claims as CSV (RFC 4180): event,row,at,kind,behaviour,quantity,unit,about,fate,note. Each row of a table is
// a line of its own.
extern const std::string_view claims_csv_header;
void export_claims_csv(const Environment& environment, const WorldId& id, const World* world,
                       const TextSink& sink);

}  // namespace bw
