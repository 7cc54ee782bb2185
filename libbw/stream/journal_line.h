#pragma once
// One line of a journal (stream/journal.h): an event of mine with its openings, or a mark about events that
// stand before it.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "stream/details.h"
#include "stream/event.h"

namespace bw {

struct JournalOpening {
  Opening opening;
  Visibility visibility = Visibility::private_;
};

struct JournalEntry {
  Event event;
  std::vector<JournalOpening> openings;  // without the large ones until `with_large_openings`
  bool undone = false;
  std::vector<Digest> bundles;  // those in which it was sent
  // Those in which it was to be sent by someone who has not come back to say how that ended: it may be
  // out already.
  std::set<Digest> leaving;
  std::set<std::string> withdrawn = {};  // fields that I withdrew: private whatever they were before
  std::set<std::string> revealed = {};   // fields that I made public later
};

struct UndoneMark {
  EventId event;
};
struct LeavingMark {
  Digest bundle;
  std::vector<EventId> events;
};
struct SentMark {
  Timestamp at;
  Digest bundle;
  std::vector<EventId> events;
  std::string to;
};
struct UnsentMark {
  Digest bundle;
};
struct RevealedMark {
  EventId event;
  std::vector<std::string> fields;
};
using JournalLine = std::variant<JournalEntry, UndoneMark, LeavingMark, SentMark, UnsentMark, RevealedMark>;

// Form only: whether signature and commitments hold is for stream/journal_check.h. The reason says what is
// wrong with the line.
Result<JournalLine> parse_journal_line(const std::string& line);
// A line of `large/<event id>.jsonl`.
Result<JournalOpening> parse_journal_opening(std::string_view line);

bool is_sent_mark(std::string_view line);

// Lines with their LF.
std::string journal_line(const Event& event, std::string_view openings);
std::string journal_line(const UndoneMark& mark);
std::string journal_line(const LeavingMark& mark);
std::string journal_line(const SentMark& mark);
std::string journal_line(const UnsentMark& mark);
std::string journal_line(const RevealedMark& mark);
// {"field":…,"salt":…,"value":…,"visibility":…}
std::string opening_json(const JournalOpening& item);

}  // namespace bw
