#pragma once
// The journal as a transparency log of its own: its event lines, in their order, are the leaves of an RFC
// 6962 tree. Marks are no leaves, and an event that was taken back stays one. So a person can prove that she
// wrote an event down, and with a witness before when, also where no world ever took it; a leaf commits to
// openings only as far as the event itself does.
//
// A journal's log is named `bw/journal/<world id>/<short id>/<tag>`: whose it is, and a random tag, since two
// machines of one person keep two journals, and two logs never share a name. Its checkpoints are C2SP
// tlog-checkpoints, kept beside the journal with whatever cosignatures were collected:
//
//     checkpoints.jsonl    {"key":"<vkey of the log>","note":"<the signed note>"}, strict JSON
//
// Lines are only appended. Of two notes with the same text the later one has more cosignatures. After a
// journal was restored on another machine the notes of its earlier logs stay true of the same lines.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/journal.h"
#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"

namespace bw {

// The beginning of the names of all logs that are journals of one person in one world, and a whole name.
std::string journal_origin_prefix(const WorldId& world, const Did& owner);
std::string make_journal_origin(const WorldId& world, const Did& owner, const Random& random);

// What the name of a journal's log says; nothing where it is no such name.
struct JournalOrigin {
  WorldId world;
  Did owner;
};
std::optional<JournalOrigin> parse_journal_origin(std::string_view origin);

// The hashes of the leaves: one for each event, undone ones included.
std::vector<Digest> journal_leaves(const std::vector<JournalEntry>& entries);

struct JournalNote {
  NoteVerifier key;  // of the log that signed it
  Note note;
  Checkpoint checkpoint;

  std::string line() const;  // with LF
  // A reason where the line has another form, or the note is not signed by its key.
  static Result<JournalNote> parse(std::string_view line);
};

std::filesystem::path journal_notes_path(const Journal& journal);
// In the order in which their texts came first; of each text the last note. Error(invalid) where a line is
// damaged; a torn tail is left out.
std::vector<JournalNote> read_journal_notes(const Journal& journal);
// Appends durably. The caller holds the journal's lock.
void keep_journal_note(const Journal& journal, const JournalNote& note);

// Whether the tree over the first leaves is the one that the checkpoint covers.
bool covers(const Checkpoint& checkpoint, const std::vector<Digest>& leaves);

}  // namespace bw
