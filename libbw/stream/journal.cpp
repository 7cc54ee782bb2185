#include "stream/journal.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/line_file.h"
#include "stream/table.h"
#include "stream/torn_tail.h"
#include "stream/withdrawal.h"

namespace bw {
namespace {

constexpr std::size_t inline_opening_bytes = 8u << 10;

Error damaged(const std::filesystem::path& path, std::size_t number, const std::string& why) {
  return {ErrorCode::invalid, fmt::format("{} line {} is damaged: {}", path.string(), number, why),
          "take that line out by hand, and keep a copy"};
}

void settle_visibility(const JournalEntry& entry, JournalOpening& item) {
  if (entry.revealed.contains(item.opening.field)) item.visibility = Visibility::public_;
  if (entry.withdrawn.contains(item.opening.field)) item.visibility = Visibility::private_;
}

// What the lines say, one after another.
struct Reading {
  std::vector<JournalEntry> entries;
  std::unordered_map<EventId, std::size_t> position;
  std::map<Digest, std::vector<EventId>> leaving;

  void take(JournalLine line) {
    std::visit([this](auto&& part) { take(std::forward<decltype(part)>(part)); }, std::move(line));
  }

  // Once all is read: what I withdrew, unless I took that back.
  void apply_withdrawals() {
    for (const JournalEntry& entry : entries) {
      const auto withdrawn = entry.undone ? std::nullopt : withdrawn_by(entry.event);
      JournalEntry* about = withdrawn ? find(withdrawn->event) : nullptr;
      if (about != nullptr) about->withdrawn.insert(withdrawn->fields.begin(), withdrawn->fields.end());
    }
    for (JournalEntry& entry : entries) {
      for (JournalOpening& item : entry.openings) settle_visibility(entry, item);
    }
  }

private:
  void take(JournalEntry&& entry) {
    position[entry.event.id] = entries.size();
    entries.push_back(std::move(entry));
  }
  void take(UndoneMark&& mark) {
    if (JournalEntry* entry = find(mark.event)) entry->undone = true;
  }
  void take(LeavingMark&& mark) {
    for (const EventId& id : mark.events) {
      if (JournalEntry* entry = find(id)) entry->leaving.insert(mark.bundle);
      leaving[mark.bundle].push_back(id);
    }
  }
  void take(SentMark&& mark) {
    end_leaving(mark.bundle);
    for (const EventId& id : mark.events) {
      if (JournalEntry* entry = find(id)) entry->bundles.push_back(mark.bundle);
    }
  }
  // It may have been marked as sent, and was taken back from where it lay.
  void take(UnsentMark&& mark) {
    end_leaving(mark.bundle);
    for (JournalEntry& entry : entries) std::erase(entry.bundles, mark.bundle);
  }
  void take(RevealedMark&& mark) {
    if (JournalEntry* entry = find(mark.event))
      entry->revealed.insert(mark.fields.begin(), mark.fields.end());
  }

  JournalEntry* find(const EventId& id) {
    const auto found = position.find(id);
    return found == position.end() ? nullptr : &entries[found->second];
  }

  void end_leaving(const Digest& bundle) {
    const auto ended = leaving.find(bundle);
    if (ended == leaving.end()) return;
    for (const EventId& id : ended->second) {
      if (JournalEntry* entry = find(id)) entry->leaving.erase(bundle);
    }
    leaving.erase(ended);
  }
};

}  // namespace

Journal::Journal(std::filesystem::path folder, WorldId world) : folder_(std::move(folder)), world_(world) {}

std::filesystem::path Journal::torn_path() const {
  return folder_ / "journal.torn";
}

std::filesystem::path Journal::large_path(const EventId& id) const {
  return folder_ / "large" / (id.text() + ".jsonl");
}

std::filesystem::path Journal::table_file(const Digest& root) const {
  return folder_ / "tables" / (root.hex() + ".jsonl");
}

std::vector<JournalEntry> Journal::read() const {
  Reading reading;
  std::size_t number = 0;
  for (const std::string& text : complete_lines(file())) {
    ++number;
    auto line = parse_journal_line(text);
    if (!line) throw damaged(file(), number, line.reason());
    reading.take(*std::move(line));
  }
  reading.apply_withdrawals();
  return std::move(reading.entries);
}

std::vector<Journal::Sent> Journal::sent() const {
  std::vector<Sent> records;
  std::size_t number = 0;
  for (const std::string& text : complete_lines(file())) {
    ++number;
    if (!is_sent_mark(text)) continue;
    const auto line = parse_journal_line(text);
    if (!line) throw damaged(file(), number, line.reason());
    records.push_back(std::get<SentMark>(*line));
  }
  return records;
}

JournalEntry Journal::with_large_openings(JournalEntry entry) const {
  const auto path = large_path(entry.event.id);
  std::size_t number = 0;
  for (const std::string& text : complete_lines(path)) {
    ++number;
    auto opening = parse_journal_opening(text);
    if (!opening) throw damaged(path, number, opening.reason());
    entry.openings.push_back(*std::move(opening));
    settle_visibility(entry, entry.openings.back());
  }
  return entry;
}

std::optional<std::string> Journal::table_rows(const Digest& root) const {
  return read_file_if_exists(table_file(root), max_table_bytes);
}

void Journal::append_lines(const std::string& lines) const {
  bw::append_lines(file(), torn_path(), lines);
}

std::vector<Event> Journal::append(
    const Signer& signer, const Random& random,
    const std::function<std::vector<NewEntry>(const std::vector<JournalEntry>&)>& decide) {
  const FileLock lock(lock_path());
  std::vector<Event> events;
  std::string lines;
  for (const NewEntry& entry : decide(read())) {
    lines += write_entry(entry, signer, random, events);
  }
  if (!lines.empty()) append_lines(lines);
  return events;
}

std::string Journal::write_entry(const NewEntry& entry, const Signer& signer, const Random& random,
                                 std::vector<Event>& events) const {
  if (entry.draft.world && *entry.draft.world != world_) {
    throw Error(ErrorCode::invalid, "this journal belongs to another world than the event");
  }
  EventDraft draft = entry.draft;
  const std::string nonce = make_nonce(random);
  const DetailContext context{draft.world, signer.did().text(), draft.kind, nonce};
  for (const JournalOpening& item : entry.openings) {
    if (!draft.details.emplace(item.opening.field, commit_to(context, item.opening)).second) {
      throw Error(ErrorCode::invalid, "an event has the detail " + item.opening.field + " twice");
    }
  }
  const Event event = sign_event(draft, nonce, signer);
  std::string inline_openings;
  std::string large_openings;
  for (const JournalOpening& item : entry.openings) {
    const std::string text = opening_json(item);
    if (text.size() > inline_opening_bytes) {
      large_openings += text + "\n";
    } else {
      inline_openings += (inline_openings.empty() ? "" : ",") + text;
    }
  }
  // What the event commits to is on disk before the event that promises it.
  if (!large_openings.empty()) write_file(large_path(event.id), large_openings, 0600);
  if (entry.table_rows) {
    const std::string root = draft.body.at("root");
    write_file(folder_ / "tables" / (root + ".jsonl"), *entry.table_rows, 0600);
  }
  events.push_back(event);
  return journal_line(event, inline_openings);
}

void Journal::undo(const EventId& id) {
  const FileLock lock(lock_path());
  const auto entries = read();
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const JournalEntry& candidate) { return candidate.event.id == id; });
  if (entry == entries.end()) throw Error(ErrorCode::invalid, "the journal has no event " + id.short_text());
  if (entry->undone) throw Error(ErrorCode::refused, "event " + id.short_text() + " was taken back already");
  if (!entry->bundles.empty()) {
    throw Error(ErrorCode::refused, "event " + id.short_text() + " was submitted and cannot be undone",
                "retract it with: bw log --retract " + id.short_text());
  }
  if (!entry->leaving.empty()) {
    throw Error(
        ErrorCode::refused,
        "event " + id.short_text() +
            " is being submitted, or was when that broke off, and may have arrived: it cannot be undone",
        "let \"bw submit\" finish it, then take it back in the open: bw log --retract " + id.short_text());
  }
  append_lines(journal_line(UndoneMark{id}));
}

std::vector<EventId> Journal::mark_leaving(const Digest& bundle, const std::vector<EventId>& events) {
  const FileLock lock(lock_path());
  const std::set<EventId> wanted(events.begin(), events.end());
  std::vector<EventId> taken_back;
  for (const JournalEntry& entry : read()) {
    if (entry.undone && wanted.contains(entry.event.id)) taken_back.push_back(entry.event.id);
  }
  if (taken_back.empty()) append_lines(journal_line(LeavingMark{bundle, events}));
  return taken_back;
}

void Journal::mark_unsent(const Digest& bundle) {
  const FileLock lock(lock_path());
  append_lines(journal_line(UnsentMark{bundle}));
}

void Journal::reveal(const EventId& id, const std::vector<std::string>& fields) {
  const FileLock lock(lock_path());
  append_lines(journal_line(RevealedMark{id, fields}));
}

void Journal::erase_openings(const EventId& id, const std::vector<std::string>& fields) {
  const FileLock lock(lock_path());
  const auto goes = [&](const JournalOpening& item) {
    return std::find(fields.begin(), fields.end(), item.opening.field) != fields.end();
  };
  set_torn_tail_aside(file(), torn_path());
  std::string journal;
  std::size_t number = 0;
  for (const std::string& text : complete_lines(file())) {
    ++number;
    auto read = parse_journal_line(text);
    if (!read) throw damaged(file(), number, read.reason());
    JournalLine line = *std::move(read);
    auto* entry = std::get_if<JournalEntry>(&line);
    if (entry == nullptr || entry->event.id != id) {
      journal += text + "\n";
      continue;
    }
    std::erase_if(entry->openings, goes);
    std::string left;
    for (const JournalOpening& item : entry->openings) left += (left.empty() ? "" : ",") + opening_json(item);
    journal += journal_line(entry->event, left);
  }
  // The large ones first: what remains of them without their event's line would be found by nobody.
  const auto large = large_path(id);
  std::string left;
  number = 0;
  for (const std::string& text : complete_lines(large)) {
    ++number;
    const auto opening = parse_journal_opening(text);
    if (!opening) throw damaged(large, number, opening.reason());
    if (!goes(*opening)) left += text + "\n";
  }
  if (number > 0) write_file(large, left, 0600);
  write_file(file(), journal, 0600);
}

void Journal::mark_sent(const Sent& sent) {
  const FileLock lock(lock_path());
  append_lines(journal_line(sent));
}

}  // namespace bw
