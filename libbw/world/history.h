#pragma once
// History: what the world's log and my journal say, newest first, and everything about one event.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stream/details.h"
#include "stream/entry.h"
#include "world/claim.h"
#include "world/identity.h"
#include "world/standing.h"
#include "world/world.h"

namespace bw {

struct HistoryFilter {
  std::optional<Did> actor = {};
  std::optional<std::string> behaviour = {};  // of a claim, a correction or a total of a table
  std::optional<Timestamp> since = {};        // by `at`
  std::size_t limit = 50;
};

struct HistoryItem {
  Event event;
  std::optional<std::uint64_t> index = {};  // in the log; nothing: only in my journal
  std::optional<std::int64_t> recorded = {};
  bool covered = false;  // under the last checkpoint
  bool mine = false;
  bool sent = false;          // submitted, not in the log yet
  bool undone = false;        // taken back before it was submitted; only `view_event` shows such
  std::string sentence = {};  // "map-aed 3 device", "adopted definition 1a2b…"
};

// Journal entries that are not in the log come first, then the log from its end, which is read only as
// far as the limit needs.
std::vector<HistoryItem> history(const Environment& environment, const World& world,
                                 const HistoryFilter& filter);

struct EventView {
  HistoryItem item;
  // Public ones, mine from the journal, and those that were sealed to me.
  std::vector<Opening> openings = {};
  std::map<std::string, Visibility> visibility = {};  // of these, as far as this copy knows
  std::vector<std::string> closed_fields = {};        // committed to, not open here
  std::vector<std::string> sealed_fields = {};        // of the closed ones: here, but sealed
  std::map<std::string, std::string> withdrawn = {};  // field → who withdrew it, and where, in words
  std::vector<std::string> warnings = {};  // sealed to me, and not what it should be; a sentence each
  std::vector<HistoryItem> later = {};     // its author's corrections, retractions, withdrawals and
                                           // revelations, stewards' confirmations and take-downs
  // Others' thanks for it, in the log or mine in the journal.
  std::vector<HistoryItem> thanks = {};
  // How it stands with those who confirm such claims; nothing for other kinds, and under no checkpoint.
  std::optional<Standing> standing = {};
  // What its author claims by it now, her corrections counted; nothing where she retracted it, and for
  // events that claim nothing.
  std::optional<Claim> in_force = {};
  std::optional<std::string> refused = {};      // the reason a receipt gave
  std::optional<std::string> ineffective = {};  // why it has no effect (kinds of authority, silent keys)
};
// Error(invalid) where neither the log nor my journal has it.
EventView view_event(const Environment& environment, const World& world, const EventId& id);

// What its author wrote beside an event, as far as it is open here; empty where nothing is.
std::string note_beside(const Environment& environment, const World& world, const EventId& id);

// A claim that waits for my word, told as it stands after its corrections.
struct AwaitedWord {
  HistoryItem item;
  Standing standing;
};
// Oldest first.
std::vector<AwaitedWord> awaited_words(const Environment& environment, const World& world, const Did& me);

// Writes `message`, `message.sig` and `allowed_signers` for
//   ssh-keygen -Y verify -f allowed_signers -I <principal> -n bw.event.v1 -s message.sig < message
// into a new or empty folder; returns the principal. Error(refused) where something is there already.
std::string write_ssh_files(const Event& event, const std::filesystem::path& folder);

}  // namespace bw
