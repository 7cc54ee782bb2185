#include "stream/journal_check.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/line_file.h"
#include "stream/table.h"
#include "stream/withdrawal.h"

namespace bw {
namespace {

constexpr const char* journal_name = "journal.jsonl";

class Checking {
public:
  explicit Checking(const Journal& journal) : journal_(journal) {}

  JournalReport run(const std::optional<Checkpoint>& last_signed) {
    find_withdrawn();
    std::size_t number = 0;
    std::size_t bytes = 0;
    for (const std::string& text : complete_lines(journal_.file())) {
      ++number;
      bytes += text.size() + 1;
      const auto line = parse_journal_line(text);
      if (!line) {
        add(journal_name, number, line.reason());
        continue;
      }
      std::visit([&](const auto& part) { check(number, part); }, *line);
    }
    std::error_code none;
    const auto size = std::filesystem::file_size(journal_.file(), none);
    if (!none && size > bytes) report_.torn_bytes = static_cast<std::size_t>(size) - bytes;
    check_notes(last_signed);
    return std::move(report_);
  }

private:
  void add(std::string file, std::size_t line, std::string what) {
    report_.problems.push_back({std::move(file), line, std::move(what)});
  }

  // What was withdrawn may have been erased here as well (Journal::erase_openings).
  void find_withdrawn() {
    for (const std::string& text : complete_lines(journal_.file())) {
      if (text.find("\"kind\":\"details.withdrawn\"") == std::string::npos) continue;
      const auto line = parse_journal_line(text);
      const auto* entry = line ? std::get_if<JournalEntry>(&*line) : nullptr;
      const auto withdrawn = entry != nullptr ? withdrawn_by(entry->event) : std::nullopt;
      if (withdrawn) withdrawn_[withdrawn->event].insert(withdrawn->fields.begin(), withdrawn->fields.end());
    }
  }

  void check(std::size_t number, const JournalEntry& entry) {
    const Event& event = entry.event;
    ++report_.events;
    leaves_.push_back(leaf_hash(event.line));
    const auto wrong = [&](const std::string& what) {
      add(journal_name, number, fmt::format("event {}: {}", event.id.short_text(), what));
    };
    if (!has_valid_signature(event)) wrong("its signature is not that of its actor");
    if (event.world_id() != journal_.world()) wrong("it is of another world");
    if (!known_.insert(event.id).second) wrong("it stands here twice");
    std::set<std::string> opened;
    for (const JournalOpening& item : entry.openings) {
      if (const std::string why = check_opening(event, item, opened); !why.empty()) wrong(why);
    }
    check_large(event, opened);
    const auto withdrawn = withdrawn_.find(event.id);
    for (const auto& [field, commitment] : event.details) {
      const bool erased = withdrawn != withdrawn_.end() && withdrawn->second.contains(field);
      if (!opened.contains(field) && !erased) wrong("the opening of " + field + " is missing");
    }
    if (event.kind == "behaviour.tabled") {
      if (const std::string why = check_table(event); !why.empty()) wrong(why);
    }
  }

  std::string check_opening(const Event& event, const JournalOpening& item, std::set<std::string>& opened) {
    ++report_.openings;
    if (!opened.insert(item.opening.field).second) return item.opening.field + " is opened twice";
    return matches(event, item.opening)
               ? ""
               : "the opening of " + item.opening.field + " is not what it commits to";
  }

  void check_large(const Event& event, std::set<std::string>& opened) {
    const std::filesystem::path path = journal_.large_path(event.id);
    const std::string file = "large/" + path.filename().string();
    std::size_t number = 0;
    for (const std::string& text : complete_lines(path)) {
      ++number;
      const auto opening = parse_journal_opening(text);
      const std::string why = opening ? check_opening(event, *opening, opened) : opening.reason();
      if (!why.empty()) add(file, number, why);
    }
  }

  std::string check_table(const Event& event) {
    const Json body = event.body();
    const auto root = body.contains("root") && body["root"].is_string()
                          ? Digest::from_hex(body["root"].get<std::string>())
                          : std::nullopt;
    if (!root) return "it names no table";
    std::optional<std::string> rows;
    try {
      rows = journal_.table_rows(*root);
    } catch (const Error& error) {
      return error.what();
    }
    if (!rows) return "the rows of its table are missing";
    const auto table = parse_table(*rows);
    if (!table) return "its table: " + table.reason();
    report_.rows += table->count;
    const std::string mismatch = table_mismatch(body, *table);
    return mismatch.empty() ? "" : "its table: " + mismatch;
  }

  void check_mark(std::size_t number, const std::vector<EventId>& events) {
    for (const EventId& id : events) {
      if (!known_.contains(id))
        add(journal_name, number,
            "a mark about event " + id.short_text() + ", which does not stand before it");
    }
  }
  void check(std::size_t number, const UndoneMark& mark) { check_mark(number, {mark.event}); }
  void check(std::size_t number, const LeavingMark& mark) { check_mark(number, mark.events); }
  void check(std::size_t number, const SentMark& mark) { check_mark(number, mark.events); }
  void check(std::size_t number, const RevealedMark& mark) { check_mark(number, {mark.event}); }
  void check(std::size_t /*number*/, const UnsentMark& /*mark*/) {}

  void check_notes(const std::optional<Checkpoint>& last_signed) {
    const std::string file = journal_notes_path(journal_).filename().string();
    std::size_t number = 0;
    for (const std::string& text : complete_lines(journal_notes_path(journal_))) {
      ++number;
      ++report_.checkpoints;
      const auto note = JournalNote::parse(text);
      if (!note) {
        add(file, number, note.reason());
      } else if (!covers(note->checkpoint, leaves_)) {
        add(file, number, not_covered(note->checkpoint));
      }
    }
    if (last_signed && !covers(*last_signed, leaves_)) add(journal_name, 0, not_covered(*last_signed));
  }

  std::string not_covered(const Checkpoint& checkpoint) const {
    if (checkpoint.size > leaves_.size()) {
      return fmt::format("a checkpoint covers {} events, and the journal has {}: lines are missing",
                         checkpoint.size, leaves_.size());
    }
    return fmt::format(
        "the first {} events are not those of a checkpoint: lines were changed, taken out or "
        "put in",
        checkpoint.size);
  }

  const Journal& journal_;
  JournalReport report_;
  std::set<EventId> known_;
  std::map<EventId, std::set<std::string>> withdrawn_;
  std::vector<Digest> leaves_;
};

}  // namespace

JournalReport check_journal(const Journal& journal, const std::optional<Checkpoint>& last_signed) {
  return Checking(journal).run(last_signed);
}

}  // namespace bw
