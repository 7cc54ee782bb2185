#include "stream/journal_tree.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "stream/line_file.h"
#include "tlog/proof.h"

namespace bw {
namespace {

constexpr std::string_view origin_word = "bw/journal/";
constexpr std::size_t tag_bytes = 8;

}  // namespace

std::string journal_origin_prefix(const WorldId& world, const Did& owner) {
  return fmt::format("{}{}/{}/", origin_word, world.text(), owner.short_id());
}

std::string make_journal_origin(const WorldId& world, const Did& owner, const Random& random) {
  return journal_origin_prefix(world, owner) + to_hex(random(tag_bytes));
}

std::optional<JournalOrigin> parse_journal_origin(std::string_view origin) {
  if (!origin.starts_with(origin_word)) return std::nullopt;
  const std::vector<std::string_view> parts = split(origin.substr(origin_word.size()), '/');
  if (parts.size() != 3) return std::nullopt;
  const auto world = WorldId::parse(parts[0]);
  const auto owner = Did::from_short_id(parts[1]);
  const auto tag = from_hex(parts[2]);
  if (!world || !owner || !tag || tag->size() != tag_bytes) return std::nullopt;
  return JournalOrigin{*world, *owner};
}

std::vector<Digest> journal_leaves(const std::vector<JournalEntry>& entries) {
  std::vector<Digest> leaves;
  leaves.reserve(entries.size());
  for (const JournalEntry& entry : entries) leaves.push_back(leaf_hash(entry.event.line));
  return leaves;
}

std::string JournalNote::line() const {
  return strict_json::text({{"key", key.vkey()}, {"note", note.bytes()}}) + "\n";
}

Result<JournalNote> JournalNote::parse(std::string_view line) {
  const auto json = strict_json::parse(line);
  if (!json) return Reason{json.reason()};
  if (!json->is_object() || json->size() != 2 || !json->contains("key") || !(*json)["key"].is_string() ||
      !json->contains("note") || !(*json)["note"].is_string()) {
    return Reason{"it has not the members key and note"};
  }
  const auto key = NoteVerifier::parse((*json)["key"].get<std::string>());
  if (!key) return Reason{key.reason()};
  const auto note = Note::parse((*json)["note"].get<std::string>());
  if (!note) return Reason{note.reason()};
  const auto checkpoint = Checkpoint::parse(note->text);
  if (!checkpoint) return Reason{checkpoint.reason()};
  if (checkpoint->origin != key->name || !note->verified_by(*key))
    return Reason{"the checkpoint is not signed by its key"};
  return JournalNote{*key, *note, *checkpoint};
}

std::filesystem::path journal_notes_path(const Journal& journal) {
  return journal.folder() / "checkpoints.jsonl";
}

std::vector<JournalNote> read_journal_notes(const Journal& journal) {
  std::vector<JournalNote> notes;
  std::size_t number = 0;
  for (const std::string& line : complete_lines(journal_notes_path(journal))) {
    ++number;
    auto note = JournalNote::parse(line);
    if (!note) {
      throw Error(ErrorCode::invalid,
                  fmt::format("{} line {} is damaged: {}", journal_notes_path(journal).string(), number,
                              note.reason()),
                  "take that line out by hand, and keep a copy");
    }
    const auto same = std::find_if(notes.begin(), notes.end(), [&](const JournalNote& earlier) {
      return earlier.note.text == note->note.text;
    });
    if (same == notes.end()) {
      notes.push_back(*std::move(note));
    } else {
      *same = *std::move(note);
    }
  }
  return notes;
}

void keep_journal_note(const Journal& journal, const JournalNote& note) {
  append_lines(journal_notes_path(journal), journal.folder() / "checkpoints.torn", note.line());
}

bool covers(const Checkpoint& checkpoint, const std::vector<Digest>& leaves) {
  return checkpoint.size <= leaves.size() &&
         root_of(std::span(leaves).first(checkpoint.size)) == checkpoint.root;
}

}  // namespace bw
