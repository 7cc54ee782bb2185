#include "stream/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "stream/body_reader.h"
#include "stream/table.h"

namespace bw {
namespace {

constexpr std::size_t max_journal_bytes = std::size_t{4} << 30;
constexpr std::size_t max_large_bytes = 64u << 20;
constexpr std::size_t inline_opening_bytes = 8 * 1024;

std::string opening_json(const JournalOpening& item) {
  return fmt::format(R"({{"field":"{}","salt":"{}","value":{},"visibility":"{}"}})", item.opening.field,
                     to_base64url(item.opening.salt), item.opening.value_text, text_of(item.visibility));
}

JournalOpening read_opening(const Json& json) {
  BodyReader reader(json);
  JournalOpening item;
  item.opening.field = reader.text("field");
  const auto salt = from_base64url(reader.text("salt"));
  const auto visibility = parse_visibility(reader.text("visibility"));
  if (!salt || !visibility || !json.contains("value")) {
    throw Error(ErrorCode::invalid, "an opening in the journal is damaged");
  }
  item.opening.salt = *salt;
  item.opening.value_text = json.at("value").dump();
  item.visibility = *visibility;
  return item;
}

Journal::Sent read_sent(const Json& json) {
  BodyReader reader(json);
  Journal::Sent sent;
  sent.at = *Timestamp::parse(reader.text("at"));
  sent.bundle = reader.digest("bundle");
  for (const Json& id : reader.array("events", 100'000)) {
    if (const auto parsed = EventId::parse(id.get<std::string>())) sent.events.push_back(*parsed);
  }
  sent.to = reader.text("to");
  return sent;
}

// The lines of the journal, without a tail that lacks its LF.
std::vector<std::string> complete_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  const auto content = read_file_if_exists(path, max_journal_bytes);
  if (!content) return lines;
  for (std::size_t start = 0;;) {
    const std::size_t end = content->find('\n', start);
    if (end == std::string::npos) break;
    lines.push_back(content->substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

Journal::Journal(std::filesystem::path folder, WorldId world) : folder_(std::move(folder)), world_(world) {}

std::filesystem::path Journal::torn_path() const { return folder_ / "journal.torn"; }

std::vector<JournalEntry> Journal::read() const {
  std::vector<JournalEntry> entries;
  std::map<EventId, std::size_t> position;
  std::size_t number = 0;
  const auto damaged = [&](const std::string& why) {
    return Error(ErrorCode::invalid, fmt::format("{} line {}: {}", file().string(), number, why));
  };
  for (const std::string& line : complete_lines(file())) {
    ++number;
    if (line.starts_with("{\"event\":{")) {
      const std::size_t end = line.find("\"},\"openings\":[", 0);
      if (end == std::string::npos) throw damaged("the entry is damaged");
      auto event = parse_event(std::string_view(line).substr(9, end + 2 - 9));
      if (!event) throw damaged(event.reason());
      JournalEntry entry{*std::move(event), {}, false, {}};
      const std::string_view openings = std::string_view(line).substr(end + 14);
      if (openings != "[]}") {
        for (const Json& item : Json::parse(openings.substr(0, openings.size() - 1))) {
          entry.openings.push_back(read_opening(item));
        }
      }
      position[entry.event.id] = entries.size();
      entries.push_back(std::move(entry));
      continue;
    }
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) throw damaged("not JSON");
    if (json.contains("undone")) {
      const auto id = EventId::parse(json.at("undone").get<std::string>());
      if (id && position.contains(*id)) entries[position[*id]].undone = true;
    } else if (json.contains("sent")) {
      const Sent record = read_sent(json.at("sent"));
      for (const EventId& id : record.events) {
        if (position.contains(id)) entries[position[id]].bundles.push_back(record.bundle);
      }
    }
  }
  return entries;
}

std::vector<Journal::Sent> Journal::sent() const {
  std::vector<Sent> records;
  for (const std::string& line : complete_lines(file())) {
    if (line.starts_with("{\"sent\":")) records.push_back(read_sent(Json::parse(line).at("sent")));
  }
  return records;
}

JournalEntry Journal::with_large_openings(JournalEntry entry) const {
  const auto path = folder_ / "large" / (entry.event.id.text() + ".jsonl");
  for (const std::string& line : complete_lines(path)) entry.openings.push_back(read_opening(Json::parse(line)));
  return entry;
}

std::optional<std::string> Journal::table_rows(const Digest& root) const {
  return read_file_if_exists(folder_ / "tables" / (root.hex() + ".jsonl"), max_table_bytes);
}

void Journal::set_torn_tail_aside() const {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file(), ignored);
  if (ignored || size == 0) return;
  std::ifstream stream(file(), std::ios::binary);
  stream.seekg(-1, std::ios::end);
  if (stream.get() == '\n') return;
  const std::string content = read_file(file(), max_journal_bytes);
  const std::size_t end = content.rfind('\n') == std::string::npos ? 0 : content.rfind('\n') + 1;
  // The tail is safe in its own file before it leaves the journal.
  append_file(torn_path(), content.substr(end) + "\n");
  std::filesystem::resize_file(file(), end);
}

void Journal::append_lines(const std::string& lines) const {
  set_torn_tail_aside();
  append_file(file(), lines);
}

std::vector<Event> Journal::append(
    const Signer& signer, const Random& random,
    const std::function<std::vector<NewEntry>(const std::vector<JournalEntry>&)>& decide) {
  std::filesystem::create_directories(folder_);
  const FileLock lock(folder_ / "lock");
  std::vector<Event> events;
  std::string lines;
  for (NewEntry& entry : decide(read())) {
    const std::string nonce = make_nonce(random);
    const DetailContext context{entry.draft.world, signer.did().text(), entry.draft.kind, nonce};
    for (const JournalOpening& item : entry.openings) {
      entry.draft.details[item.opening.field] = commit_to(context, item.opening);
    }
    const Event event = sign_event(entry.draft, nonce, signer);
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
    if (!large_openings.empty()) write_file(folder_ / "large" / (event.id.text() + ".jsonl"), large_openings, 0600);
    if (entry.table_rows) {
      const std::string root = entry.draft.body.at("root");
      write_file(folder_ / "tables" / (root + ".jsonl"), *entry.table_rows, 0600);
    }
    lines += fmt::format("{{\"event\":{},\"openings\":[{}]}}\n", event.line, inline_openings);
    events.push_back(event);
  }
  if (!lines.empty()) append_lines(lines);
  return events;
}

void Journal::undo(const EventId& id) {
  const FileLock lock(folder_ / "lock");
  const auto entries = read();
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const JournalEntry& candidate) { return candidate.event.id == id; });
  if (entry == entries.end()) throw Error(ErrorCode::invalid, "the journal has no event " + id.short_text());
  if (entry->undone) throw Error(ErrorCode::refused, "event " + id.short_text() + " was taken back already");
  if (!entry->bundles.empty()) {
    throw Error(ErrorCode::refused, "event " + id.short_text() + " was submitted and cannot be undone",
                "retract it with: bw log --retract " + id.short_text());
  }
  append_lines(fmt::format("{{\"undone\":\"{}\"}}\n", id.text()));
}

void Journal::mark_sent(const Sent& sent) {
  const FileLock lock(folder_ / "lock");
  Json events = Json::array();
  for (const EventId& id : sent.events) events.push_back(id.text());
  append_lines(Json{{"sent", {{"at", sent.at.text()}, {"bundle", sent.bundle.hex()}, {"events", events}, {"to", sent.to}}}}
                   .dump() + "\n");
}

}  // namespace bw
