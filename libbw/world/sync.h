#pragma once
// Sync: sending and fetching by itself, as each person wishes for each world and each behaviour.
//
//     immediate   what is recorded is sent at once; what could not be sent goes with the next
//     periodic    `bw sync` sends it, run by a timer (world/sync_timer.h)
//     manual      it stays until `bw submit`
//
// Being offline is normal: what could not be sent waits in the journal, and the next run sends it. A run
// asks nobody for anything, and two do not run at once. How the last one ended is kept in
// `state_folder/sync.json` for `bw status`.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "world/registry.h"
#include "world/submit.h"

namespace bw {

// The wishes about the copy of the world that lies in its folder; manual where this machine knows none.
struct SyncWishes {
  SyncWish world = SyncWish::manual;
  std::map<std::string, SyncWish> behaviours = {};

  bool only_manual() const;
};
SyncWishes sync_wishes(const Environment& environment, const World& world);

// When an event of mine is to be sent: as its behaviours ask, the most hesitant deciding; a correction or
// retraction of what still waits not before that.
SyncWish wish_about(const SyncWishes& wishes, const Event& event, const std::vector<JournalEntry>& journal);

// Sends what waits and is wished to be sent as readily as this; what is wished later stays.
Submitted submit_due(const Environment& environment, World& world, const Signer& signer, SyncWish readiest);

struct SyncedWorld {
  KnownWorld world;
  bool due = true;                       // false: manual, so nothing was asked of it
  std::optional<ErrorCode> failed = {};  // nothing: it went well
  std::string problem = {};              // why not, a sentence
  std::string hint = {};
  std::size_t sent = 0;
  std::string to = {};
  std::vector<Verdict> refused = {};      // of what was appended
  std::uint64_t entries = 0;              // new in the log
  std::vector<std::string> remarks = {};  // receipts and warnings of pulling
  std::size_t waiting = 0;                // what is due and could not be sent

  std::string sentence() const;  // "sent 2 events to …, 3 new entries"
};

// Sends what is due in each of these worlds and pulls it; `tell` sees each world as it is done. One that
// fails keeps no other from its turn. Error(cannot) where another run is going on.
std::vector<SyncedWorld> sync_worlds(const Environment& environment, const std::vector<KnownWorld>& worlds,
                                     const std::function<void(const SyncedWorld&)>& tell);

struct LastSync {
  Timestamp at;
  bool well = true;
  std::string sentence;
};
// How the last run ended in the world of that folder; nothing where there was none.
std::optional<LastSync> last_sync(const Environment& environment, const std::filesystem::path& folder);

}  // namespace bw
