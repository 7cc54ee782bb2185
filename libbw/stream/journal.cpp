#include "stream/journal.h"

#include <algorithm>
#include <fstream>
#include <unordered_map>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "stream/body_reader.h"
#include "stream/table.h"
#include "stream/withdrawal.h"

namespace bw {
namespace {

constexpr std::size_t max_journal_bytes = std::size_t{4} << 30;
constexpr std::size_t inline_opening_bytes = 8u << 10;
constexpr std::string_view undone_start = "{\"undone\":";
constexpr std::string_view sent_start = "{\"sent\":";
constexpr std::string_view leaving_start = "{\"sending\":";
constexpr std::string_view unsent_start = "{\"unsent\":";
constexpr std::string_view revealed_start = "{\"revealed\":";

std::string opening_json(const JournalOpening& item) {
  return fmt::format(R"({{"field":"{}","salt":"{}","value":{},"visibility":"{}"}})", item.opening.field,
                     to_base64url(item.opening.salt), item.opening.value_text, text_of(item.visibility));
}

// What follows throws an Error(invalid) or a Json::exception where a line is damaged; `at_line` says where.

JournalOpening read_opening(const Json& json) {
  BodyReader reader(json);
  JournalOpening item;
  item.opening.field = reader.text("field");
  const auto salt = from_base64url(reader.text("salt"));
  const auto visibility = parse_visibility(reader.text("visibility"));
  if (!salt || salt->size() != salt_bytes || !visibility) {
    throw Error(ErrorCode::invalid, "an opening is damaged");
  }
  item.opening.salt = *salt;
  item.opening.value_text = json.at("value").dump();
  item.visibility = *visibility;
  return item;
}

JournalEntry read_entry_line(const std::string& line) {
  // A body may hold the same characters, but no beginning of an event is an event.
  constexpr std::string_view middle = "\"},\"openings\":[";
  constexpr std::size_t start = std::string_view("{\"event\":").size();
  std::string reason = "the event does not end";
  for (std::size_t at = line.find(middle); at != std::string::npos; at = line.find(middle, at + 1)) {
    auto event = parse_event(std::string_view(line).substr(start, at + 2 - start));
    if (!event) {
      reason = event.reason();
      continue;
    }
    JournalEntry entry{*std::move(event), {}, false, {}, {}, {}, {}};
    std::string_view openings = std::string_view(line).substr(at + middle.size() - 1);
    if (openings == "[]}") return entry;
    if (!openings.ends_with("]}")) throw Error(ErrorCode::invalid, "the openings do not end");
    openings.remove_suffix(1);
    for (const Json& item : Json::parse(openings)) entry.openings.push_back(read_opening(item));
    return entry;
  }
  throw Error(ErrorCode::invalid, reason);
}

EventId read_id(const Json& json) {
  const auto id = EventId::parse(json.get<std::string>());
  if (!id) throw Error(ErrorCode::invalid, "not the id of an event");
  return *id;
}

Journal::Sent read_sent(const Json& json) {
  BodyReader reader(json);
  Journal::Sent sent;
  const auto at = Timestamp::parse(reader.text("at"));
  if (!at) throw Error(ErrorCode::invalid, at.reason());
  sent.at = *at;
  sent.bundle = reader.digest("bundle");
  sent.to = reader.text("to");
  for (const Json& id : json.at("events")) sent.events.push_back(read_id(id));
  if (!reader.refusal().empty()) throw Error(ErrorCode::invalid, reader.refusal());
  return sent;
}

Digest read_digest(const Json& json) {
  const auto digest = Digest::from_hex(json.get<std::string>());
  if (!digest) throw Error(ErrorCode::invalid, "not the digest of a bundle");
  return *digest;
}

Json ids_json(const std::vector<EventId>& events) {
  Json ids = Json::array();
  for (const EventId& id : events) ids.push_back(id.text());
  return ids;
}

template <class Work>
void at_line(const std::filesystem::path& path, std::size_t number, const Work& work) {
  const auto damaged = [&](const char* why) {
    return Error(ErrorCode::invalid, fmt::format("{} line {} is damaged: {}", path.string(), number, why),
                 "take that line out by hand, and keep a copy");
  };
  try {
    work();
  } catch (const Json::exception& error) {
    throw damaged(error.what());
  } catch (const Error& error) {
    throw damaged(error.what());
  }
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

  void take(const std::string& line) {
    if (line.starts_with("{\"event\":{")) {
      JournalEntry entry = read_entry_line(line);
      position[entry.event.id] = entries.size();
      entries.push_back(std::move(entry));
    } else if (line.starts_with(undone_start)) {
      if (JournalEntry* entry = find(read_id(Json::parse(line).at("undone")))) entry->undone = true;
    } else if (line.starts_with(leaving_start)) {
      take_leaving(Json::parse(line).at("sending"));
    } else if (line.starts_with(unsent_start)) {
      take_unsent(read_digest(Json::parse(line).at("unsent")));
    } else if (line.starts_with(revealed_start)) {
      take_revealed(Json::parse(line).at("revealed"));
    } else if (line.starts_with(sent_start)) {
      const Journal::Sent record = read_sent(Json::parse(line).at("sent"));
      end_leaving(record.bundle);
      for (const EventId& id : record.events) {
        if (JournalEntry* entry = find(id)) entry->bundles.push_back(record.bundle);
      }
    } else {
      throw Error(ErrorCode::invalid, "neither an event nor a mark");
    }
  }

  // Once all is read: what I withdrew, unless I took that back.
  void apply_withdrawals() {
    for (const JournalEntry& entry : entries) {
      const auto withdrawn = entry.undone ? std::nullopt : withdrawn_by(entry.event);
      JournalEntry* about = withdrawn ? find(withdrawn->event) : nullptr;
      if (about == nullptr || about->event.actor != entry.event.actor) continue;
      about->withdrawn.insert(withdrawn->fields.begin(), withdrawn->fields.end());
    }
    for (JournalEntry& entry : entries) {
      for (JournalOpening& item : entry.openings) settle_visibility(entry, item);
    }
  }

private:
  JournalEntry* find(const EventId& id) {
    const auto found = position.find(id);
    return found == position.end() ? nullptr : &entries[found->second];
  }

  void take_leaving(const Json& json) {
    const Digest bundle = read_digest(json.at("bundle"));
    for (const Json& item : json.at("events")) {
      const EventId id = read_id(item);
      if (JournalEntry* entry = find(id)) entry->leaving.insert(bundle);
      leaving[bundle].push_back(id);
    }
  }

  // It may have been marked as sent, and was taken back from where it lay.
  void take_unsent(const Digest& bundle) {
    end_leaving(bundle);
    for (JournalEntry& entry : entries) std::erase(entry.bundles, bundle);
  }

  void take_revealed(const Json& json) {
    JournalEntry* entry = find(read_id(json.at("event")));
    if (entry == nullptr) return;
    for (const Json& field : json.at("fields")) entry->revealed.insert(field.get<std::string>());
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

std::filesystem::path Journal::torn_path() const {
  return folder_ / "journal.torn";
}

std::vector<JournalEntry> Journal::read() const {
  Reading reading;
  std::size_t number = 0;
  for (const std::string& line : complete_lines(file())) {
    at_line(file(), ++number, [&] { reading.take(line); });
  }
  reading.apply_withdrawals();
  return std::move(reading.entries);
}

std::vector<Journal::Sent> Journal::sent() const {
  std::vector<Sent> records;
  std::size_t number = 0;
  for (const std::string& line : complete_lines(file())) {
    ++number;
    if (!line.starts_with(sent_start)) continue;
    at_line(file(), number, [&] { records.push_back(read_sent(Json::parse(line).at("sent"))); });
  }
  return records;
}

JournalEntry Journal::with_large_openings(JournalEntry entry) const {
  const auto path = folder_ / "large" / (entry.event.id.text() + ".jsonl");
  std::size_t number = 0;
  for (const std::string& line : complete_lines(path)) {
    at_line(path, ++number, [&] {
      entry.openings.push_back(read_opening(Json::parse(line)));
      settle_visibility(entry, entry.openings.back());
    });
  }
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
  // The tail is safe in its own file, whole or not at all, before it leaves the journal.
  const std::string before = read_file_if_exists(torn_path(), max_journal_bytes).value_or("");
  write_file(torn_path(), before + content.substr(end) + "\n", 0600);
  std::error_code failure;
  std::filesystem::resize_file(file(), end, failure);
  if (failure) {
    throw Error(ErrorCode::cannot, fmt::format("cannot shorten {}: {}", file().string(), failure.message()));
  }
}

void Journal::append_lines(const std::string& lines) const {
  set_torn_tail_aside();
  append_file(file(), lines);
}

std::vector<Event> Journal::append(
    const Signer& signer, const Random& random,
    const std::function<std::vector<NewEntry>(const std::vector<JournalEntry>&)>& decide) {
  const FileLock lock(folder_ / "lock");
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
  if (!large_openings.empty()) {
    write_file(folder_ / "large" / (event.id.text() + ".jsonl"), large_openings, 0600);
  }
  if (entry.table_rows) {
    const std::string root = draft.body.at("root");
    write_file(folder_ / "tables" / (root + ".jsonl"), *entry.table_rows, 0600);
  }
  events.push_back(event);
  return fmt::format("{{\"event\":{},\"openings\":[{}]}}\n", event.line, inline_openings);
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
  if (!entry->leaving.empty()) {
    throw Error(
        ErrorCode::refused,
        "event " + id.short_text() +
            " is being submitted, or was when that broke off, and may have arrived: it cannot be undone",
        "let \"bw submit\" finish it, then take it back in the open: bw log --retract " + id.short_text());
  }
  append_lines(fmt::format("{{\"undone\":\"{}\"}}\n", id.text()));
}

std::vector<EventId> Journal::mark_leaving(const Digest& bundle, const std::vector<EventId>& events) {
  const FileLock lock(folder_ / "lock");
  const std::set<EventId> wanted(events.begin(), events.end());
  std::vector<EventId> taken_back;
  for (const JournalEntry& entry : read()) {
    if (entry.undone && wanted.contains(entry.event.id)) taken_back.push_back(entry.event.id);
  }
  if (taken_back.empty()) {
    const Json record = {{"bundle", bundle.hex()}, {"events", ids_json(events)}};
    append_lines(Json{{"sending", record}}.dump() + "\n");
  }
  return taken_back;
}

void Journal::mark_unsent(const Digest& bundle) {
  const FileLock lock(folder_ / "lock");
  append_lines(fmt::format("{{\"unsent\":\"{}\"}}\n", bundle.hex()));
}

void Journal::reveal(const EventId& id, const std::vector<std::string>& fields) {
  const FileLock lock(folder_ / "lock");
  append_lines(Json{{"revealed", {{"event", id.text()}, {"fields", fields}}}}.dump() + "\n");
}

void Journal::erase_openings(const EventId& id, const std::vector<std::string>& fields) {
  const FileLock lock(folder_ / "lock");
  const auto goes = [&](const JournalOpening& item) {
    return std::find(fields.begin(), fields.end(), item.opening.field) != fields.end();
  };
  set_torn_tail_aside();
  std::string journal;
  std::size_t number = 0;
  for (const std::string& line : complete_lines(file())) {
    at_line(file(), ++number, [&] {
      if (!line.starts_with("{\"event\":{")) {
        journal += line + "\n";
        return;
      }
      JournalEntry entry = read_entry_line(line);
      if (entry.event.id != id) {
        journal += line + "\n";
        return;
      }
      std::erase_if(entry.openings, goes);
      std::string left;
      for (const JournalOpening& item : entry.openings)
        left += (left.empty() ? "" : ",") + opening_json(item);
      journal += fmt::format("{{\"event\":{},\"openings\":[{}]}}\n", entry.event.line, left);
    });
  }
  // The large ones first: what remains of them without their event's line would be found by nobody.
  const auto large = folder_ / "large" / (id.text() + ".jsonl");
  std::string left;
  number = 0;
  for (const std::string& line : complete_lines(large)) {
    at_line(large, ++number, [&] {
      if (!goes(read_opening(Json::parse(line)))) left += line + "\n";
    });
  }
  if (number > 0) write_file(large, left, 0600);
  write_file(file(), journal, 0600);
}

void Journal::mark_sent(const Sent& sent) {
  const FileLock lock(folder_ / "lock");
  const Json record = {{"at", sent.at.text()},
                       {"bundle", sent.bundle.hex()},
                       {"events", ids_json(sent.events)},
                       {"to", sent.to}};
  // An address that is not UTF-8 must not undo that something was sent.
  constexpr auto lenient = Json::error_handler_t::replace;
  append_lines(Json{{"sent", record}}.dump(-1, ' ', false, lenient) + "\n");
}

}  // namespace bw
