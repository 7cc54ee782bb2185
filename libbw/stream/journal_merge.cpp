#include "stream/journal_merge.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "base/files.h"
#include "stream/journal_tree.h"
#include "stream/line_file.h"
#include "stream/table.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_large_bytes = 64u << 20;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(folder, none)) files.push_back(each.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Merging {
public:
  Merging(Journal& journal, const fs::path& copy) : journal_(journal), copy_(copy) {}

  JournalMerge run() {
    const FileLock lock(journal_.lock_path());
    // What events commit to is on disk before the events that promise it.
    for (const fs::path& file : files_in(copy_ / "large")) take_large(file);
    for (const fs::path& file : files_in(copy_ / "tables")) take_table(file);
    take_lines();
    take_checkpoints();
    return result_;
  }

private:
  void take_large(const fs::path& file) {
    const fs::path here = journal_.folder() / "large" / file.filename();
    if (fs::exists(here)) return;
    write_file(here, read_file(file, max_large_bytes), 0600);
    ++result_.files;
  }

  // A table has its root for a name, so that a damaged one is known, and mended.
  void take_table(const fs::path& file) {
    const auto root = Digest::from_hex(file.stem().string());
    const auto is_whole = [&](const std::string& content) {
      const auto table = parse_table(content);
      return table && root && table->root == *root;
    };
    const std::string content = read_file(file, max_table_bytes);
    const fs::path here = journal_.folder() / "tables" / file.filename();
    const auto present = read_file_if_exists(here, max_table_bytes);
    if (present && (is_whole(*present) || !is_whole(content))) return;
    write_file(here, content, 0600);
    ++result_.files;
  }

  void take_lines() {
    std::string good;
    std::string bad;
    const std::vector<std::string> here = complete_lines(journal_.file());
    std::set<EventId> known = events_in(here);
    for (const std::string& text : lines_beyond(complete_lines(copy_ / "journal.jsonl"), here)) {
      const auto line = parse_journal_line(text);
      const auto* entry = line ? std::get_if<JournalEntry>(&*line) : nullptr;
      if (!line || (entry != nullptr && entry->event.world_id() != journal_.world())) {
        bad += text + "\n";
        ++result_.bad_lines;
        continue;
      }
      // Another line of the same event holds openings that were erased here.
      if (entry != nullptr && !known.insert(entry->event.id).second) continue;
      good += text + "\n";
      ++(entry != nullptr ? result_.events : result_.marks);
    }
    if (!bad.empty()) keep_aside(bad);
    if (!good.empty()) append_lines(journal_.file(), journal_.torn_path(), good);
  }

  // Once, however often the backup is restored.
  void keep_aside(const std::string& lines) const {
    const std::string before = read_file_if_exists(journal_.torn_path(), max_line_file_bytes).value_or("");
    if (before.find(lines) == std::string::npos) write_file(journal_.torn_path(), before + lines, 0600);
  }

  void take_checkpoints() {
    const std::vector<std::string> beyond = lines_beyond(complete_lines(copy_ / "checkpoints.jsonl"),
                                                         complete_lines(journal_notes_path(journal_)));
    if (beyond.empty()) return;
    const std::vector<Digest> leaves = journal_leaves(journal_.read());
    for (const std::string& line : beyond) {
      const auto note = JournalNote::parse(line);
      if (!note || !covers(note->checkpoint, leaves)) {
        ++result_.lost_checkpoints;
        continue;
      }
      keep_journal_note(journal_, *note);
      ++result_.checkpoints;
    }
  }

  Journal& journal_;
  const fs::path& copy_;
  JournalMerge result_;
};

}  // namespace

std::set<EventId> events_in(const std::vector<std::string>& lines) {
  std::set<EventId> events;
  for (const std::string& text : lines) {
    const auto line = parse_journal_line(text);
    if (const auto* entry = line ? std::get_if<JournalEntry>(&*line) : nullptr)
      events.insert(entry->event.id);
  }
  return events;
}

std::vector<std::string> lines_beyond(const std::vector<std::string>& copy,
                                      const std::vector<std::string>& here) {
  std::unordered_map<std::string_view, std::size_t> surplus;
  for (const std::string& line : copy) ++surplus[line];
  for (const std::string& line : here) {
    const auto found = surplus.find(line);
    if (found != surplus.end() && found->second > 0) --found->second;
  }
  // Of a line that stands several times the last ones are the new ones.
  std::vector<std::string> beyond;
  for (auto line = copy.rbegin(); line != copy.rend(); ++line) {
    std::size_t& left = surplus[*line];
    if (left == 0) continue;
    --left;
    beyond.push_back(*line);
  }
  std::reverse(beyond.begin(), beyond.end());
  return beyond;
}

JournalMerge merge_journal(Journal& journal, const fs::path& copy) {
  return Merging(journal, copy).run();
}

}  // namespace bw
