#include "world/journal_story.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/table.h"
#include "world/claim.h"
#include "world/identity.h"
#include "world/receipts.h"
#include "world/sentence.h"

namespace bw {
namespace {

std::map<EventId, std::string> refusals(const Environment& environment, const World& world) {
  std::map<EventId, std::string> reasons;
  const auto identity = find_identity(environment);
  if (!identity) return reasons;
  for (const Receipt& receipt : my_receipts(world, identity->did).receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      if (verdict.kind == Verdict::Kind::refused) reasons[verdict.event] = verdict.reason;
    }
  }
  return reasons;
}

Fate fate_in_journal(const JournalEntry& entry) {
  if (entry.undone) return Fate::undone;
  if (!entry.bundles.empty()) return Fate::sent;
  return entry.leaving.empty() ? Fate::waiting : Fate::sending;
}

// The root that a table's event names; nothing for other events.
std::optional<Digest> table_root(const Event& event) {
  if (event.kind != "behaviour.tabled") return std::nullopt;
  const Json body = event.body();
  return body.contains("root") && body["root"].is_string() ? Digest::from_hex(body["root"].get<std::string>())
                                                           : std::nullopt;
}

// Calls `visit` for each row line of the event's table; for none where the rows are not here.
void each_row(const Journal& journal, const Event& event,
              const std::function<void(const Digest& root, std::string_view row)>& visit) {
  const auto root = table_root(event);
  const auto content = root ? journal.table_rows(*root) : std::nullopt;
  for (std::string_view rest = content ? *content : std::string_view(); !rest.empty();) {
    const std::string_view row = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    visit(*root, row);
  }
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

std::string note_of(const JournalEntry& entry) {
  for (const JournalOpening& item : entry.openings) {
    if (item.opening.field != "note") continue;
    const Json note = Json::parse(item.opening.value_text, nullptr, false);
    if (note.is_string()) return note.get<std::string>();
  }
  return "";
}

}  // namespace

const std::string_view claims_csv_header = "event,row,at,kind,behaviour,quantity,unit,about,fate,note\r\n";

std::string_view text_of(Fate fate) {
  switch (fate) {
    case Fate::waiting:
      return "waiting";
    case Fate::sending:
      return "sending";
    case Fate::sent:
      return "sent";
    case Fate::refused:
      return "refused";
    case Fate::pending:
      return "pending";
    case Fate::logged:
      return "logged";
    case Fate::undone:
      break;
  }
  return "undone";
}

std::vector<JournalItem> journal_items(const Environment& environment, const WorldId& id,
                                       const World* world) {
  std::vector<JournalItem> items;
  std::map<EventId, std::string> refused;
  if (world != nullptr) refused = refusals(environment, *world);
  for (JournalEntry& entry : open_journal(environment, id).read()) {
    JournalItem item{.entry = std::move(entry)};
    item.fate = fate_in_journal(item.entry);
    item.sentence = sentence_of(item.entry.event);
    if (world != nullptr) item.index = world->stream.ids.find(item.entry.event.id);
    if (world != nullptr && item.index) {
      item.fate = *item.index < world->stream.covered() ? Fate::logged : Fate::pending;
    } else if (const auto found = refused.find(item.entry.event.id); found != refused.end()) {
      item.fate = Fate::refused;
      item.refusal = found->second;
    }
    items.push_back(std::move(item));
  }
  return items;
}

void export_journal(const Environment& environment, const WorldId& id, const World* world,
                    const TextSink& sink) {
  const Journal journal = open_journal(environment, id);
  const std::vector<JournalItem> items = journal_items(environment, id, world);
  sink(strict_json::text({{"at", environment.now().text()},
                          {"events", items.size()},
                          {"journal", 1},
                          {"world", id.text()}}) +
       "\n");
  for (const JournalItem& item : items) {
    const JournalEntry whole = journal.with_large_openings(item.entry);
    Json bundles = Json::array();
    for (const Digest& bundle : whole.bundles) bundles.push_back(bundle.hex());
    std::string openings;
    for (const JournalOpening& opening : whole.openings)
      openings += (openings.empty() ? "" : ",") + opening_json(opening);
    sink(fmt::format("{{\"bundles\":{},\"event\":{},\"fate\":\"{}\",\"openings\":[{}]}}\n", bundles.dump(),
                     whole.event.line, text_of(item.fate), openings));
    each_row(journal, whole.event, [&](const Digest& root, std::string_view row) {
      sink(fmt::format("{{\"row\":{},\"table\":\"{}\"}}\n", row, root.hex()));
    });
  }
  for (const Journal::Sent& sent : journal.sent()) sink(journal_line(sent));
}

void export_claims_csv(const Environment& environment, const WorldId& id, const World* world,
                       const TextSink& sink) {
  const Journal journal = open_journal(environment, id);
  for (const JournalItem& item : journal_items(environment, id, world)) {
    const Event& event = item.entry.event;
    const std::string fate(text_of(item.fate));
    if (const auto claim = claim_of(event)) {
      const auto about = target_of(event);
      sink(csv_line({event.id.text(), "", event.at.text(), event.kind, claim->behaviour,
                     claim->quantity.text(), claim->unit, about ? about->text() : "", fate,
                     note_of(journal.with_large_openings(item.entry))}));
    }
    std::size_t number = 0;
    each_row(journal, event, [&](const Digest&, std::string_view text) {
      ++number;
      const auto row = Row::parse(text);
      if (!row) {
        throw Error(ErrorCode::invalid, fmt::format("row {} of the table of event {}: {}", number,
                                                    event.id.short_text(), row.reason()));
      }
      sink(csv_line({event.id.text(), std::to_string(number), row->at.text(), event.kind, row->behaviour,
                     row->quantity.text(), row->unit, "", fate, ""}));
    });
  }
}

}  // namespace bw
