#include "stream/journal_line.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::string_view undone_start = "{\"undone\":";
constexpr std::string_view sent_start = "{\"sent\":";
constexpr std::string_view leaving_start = "{\"sending\":";
constexpr std::string_view unsent_start = "{\"unsent\":";
constexpr std::string_view revealed_start = "{\"revealed\":";

// What follows throws an Error(invalid) or a Json::exception where a line is damaged.

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

Digest read_digest(const Json& json) {
  const auto digest = Digest::from_hex(json.get<std::string>());
  if (!digest) throw Error(ErrorCode::invalid, "not the digest of a bundle");
  return *digest;
}

std::vector<EventId> read_ids(const Json& json) {
  std::vector<EventId> events;
  for (const Json& id : json) events.push_back(read_id(id));
  return events;
}

SentMark read_sent(const Json& json) {
  BodyReader reader(json);
  SentMark sent;
  const auto at = Timestamp::parse(reader.text("at"));
  if (!at) throw Error(ErrorCode::invalid, at.reason());
  sent.at = *at;
  sent.bundle = reader.digest("bundle");
  sent.to = reader.text("to");
  sent.events = read_ids(json.at("events"));
  if (!reader.refusal().empty()) throw Error(ErrorCode::invalid, reader.refusal());
  return sent;
}

JournalLine read_line(const std::string& line) {
  if (line.starts_with("{\"event\":{")) return read_entry_line(line);
  if (line.starts_with(undone_start)) return UndoneMark{read_id(Json::parse(line).at("undone"))};
  if (line.starts_with(leaving_start)) {
    const Json json = Json::parse(line);
    const Json& mark = json.at("sending");
    return LeavingMark{read_digest(mark.at("bundle")), read_ids(mark.at("events"))};
  }
  if (line.starts_with(unsent_start)) return UnsentMark{read_digest(Json::parse(line).at("unsent"))};
  if (line.starts_with(sent_start)) return read_sent(Json::parse(line).at("sent"));
  if (line.starts_with(revealed_start)) {
    const Json json = Json::parse(line);
    const Json& mark = json.at("revealed");
    return RevealedMark{read_id(mark.at("event")), mark.at("fields").get<std::vector<std::string>>()};
  }
  throw Error(ErrorCode::invalid, "neither an event nor a mark");
}

template <class Read>
auto or_reason(const Read& read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const Json::exception& error) {
    return Reason{error.what()};
  } catch (const Error& error) {
    return Reason{error.what()};
  }
}

Json ids_json(const std::vector<EventId>& events) {
  Json ids = Json::array();
  for (const EventId& id : events) ids.push_back(id.text());
  return ids;
}

}  // namespace

Result<JournalLine> parse_journal_line(const std::string& line) {
  return or_reason([&] { return read_line(line); });
}

Result<JournalOpening> parse_journal_opening(std::string_view line) {
  return or_reason([&] { return read_opening(Json::parse(line)); });
}

bool is_sent_mark(std::string_view line) {
  return line.starts_with(sent_start);
}

std::string journal_line(const Event& event, std::string_view openings) {
  return fmt::format("{{\"event\":{},\"openings\":[{}]}}\n", event.line, openings);
}

std::string journal_line(const UndoneMark& mark) {
  return fmt::format("{{\"undone\":\"{}\"}}\n", mark.event.text());
}

std::string journal_line(const LeavingMark& mark) {
  const Json record = {{"bundle", mark.bundle.hex()}, {"events", ids_json(mark.events)}};
  return Json{{"sending", record}}.dump() + "\n";
}

std::string journal_line(const SentMark& mark) {
  const Json record = {{"at", mark.at.text()},
                       {"bundle", mark.bundle.hex()},
                       {"events", ids_json(mark.events)},
                       {"to", mark.to}};
  // An address that is not UTF-8 must not undo that something was sent.
  return Json{{"sent", record}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string journal_line(const UnsentMark& mark) {
  return fmt::format("{{\"unsent\":\"{}\"}}\n", mark.bundle.hex());
}

std::string journal_line(const RevealedMark& mark) {
  return Json{{"revealed", {{"event", mark.event.text()}, {"fields", mark.fields}}}}.dump() + "\n";
}

std::string opening_json(const JournalOpening& item) {
  return fmt::format(R"({{"field":"{}","salt":"{}","value":{},"visibility":"{}"}})", item.opening.field,
                     to_base64url(item.opening.salt), item.opening.value_text, text_of(item.visibility));
}

}  // namespace bw
