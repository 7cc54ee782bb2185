#pragma once
// The journal: a person's own record of a world, one folder per world and machine. It lives with the
// person first; the world gets what is submitted. Appended and fsynced before a command returns.
//
//     journal.jsonl        {"event":{…},"openings":[{"field":…,"salt":…,"value":…,"visibility":…}]}
//                          {"undone":"<event id>"}        an event that was never sent, taken back
//                          {"sending":{"bundle":"<sha256>","events":[…]}}    written before a bundle leaves
//                          {"sent":{"at":…,"bundle":"<sha256>","events":[…],"to":…}}       and after
//                          {"unsent":"<sha256>"}          or that it certainly did not leave, or was taken
//                          back
//                          {"revealed":{"event":"<id>","fields":[…]}}     openings that are public from now
//                          on
//     lock                 held for a moment by whoever appends
//     large/<id>.jsonl     openings too large for a line that every command reads (file chunks)
//     tables/<root>.jsonl  rows of tables
//     checkpoints.jsonl    what was signed and witnessed of it (stream/journal_tree.h)
//
// A torn tail (a crash in mid-append) is set aside in `journal.torn` by the next append and never
// guessed at. Everything goes through one lock, held briefly.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "crypto/signer.h"
#include "stream/journal_line.h"

namespace bw {

// A new event with what belongs to it.
struct NewEntry {
  EventDraft draft;  // `details` are filled in from the openings
  std::vector<JournalOpening> openings;
  std::optional<std::string> table_rows;  // of `behaviour.tabled`: the row lines
};

class Journal {
public:
  // A view of the journal in `folder`, which need not exist yet.
  Journal(std::filesystem::path folder, WorldId world);

  // All entries in order, undone ones included. A torn tail is left out. Error(invalid) naming the line
  // where one is damaged.
  std::vector<JournalEntry> read() const;
  JournalEntry with_large_openings(JournalEntry entry) const;
  std::optional<std::string> table_rows(const Digest& root) const;

  // Runs `decide(entries)` under the lock; signs and appends, in one write, every entry that it
  // returns. What decide throws leaves the journal unchanged.
  std::vector<Event> append(
      const Signer& signer, const Random& random,
      const std::function<std::vector<NewEntry>(const std::vector<JournalEntry>&)>& decide);

  // Marks an event as taken back. Error(refused) where it was sent or may have been, Error(invalid) where it
  // is unknown.
  void undo(const EventId& id);

  using Sent = SentMark;
  // Sending takes two steps, so that nothing is both taken back and sent. First, durably, what is about to
  // leave: from here on it cannot be undone. Returns those of the events that were taken back meanwhile;
  // where there are any, nothing is marked. Then how it ended; where a crash leaves that open, the events
  // still wait, and the next submission sends them again.
  std::vector<EventId> mark_leaving(const Digest& bundle, const std::vector<EventId>& events);
  void mark_sent(const Sent& sent);
  void mark_unsent(const Digest& bundle);

  // Makes openings of an event public, durably; they travel with its next bundle.
  void reveal(const EventId& id, const std::vector<std::string>& fields);
  // Takes openings out of the journal for good, its files written anew. The event stays, and its commitments.
  void erase_openings(const EventId& id, const std::vector<std::string>& fields);
  std::vector<Sent> sent() const;

  const WorldId& world() const { return world_; }
  // Where its parts lie; nothing but this class and what restores a backup writes there.
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path file() const { return folder_ / "journal.jsonl"; }
  std::filesystem::path lock_path() const { return folder_ / "lock"; }
  std::filesystem::path large_path(const EventId& id) const;
  std::filesystem::path table_file(const Digest& root) const;
  // Where the torn tail of an interrupted append was put, if there was one.
  std::filesystem::path torn_path() const;

private:
  // Signs one event and puts its large parts beside the journal; returns its line.
  std::string write_entry(const NewEntry& entry, const Signer& signer, const Random& random,
                          std::vector<Event>& events) const;
  void append_lines(const std::string& lines) const;

  std::filesystem::path folder_;
  WorldId world_;
};

}  // namespace bw
