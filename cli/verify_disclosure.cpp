#include "cli/verify_disclosure.h"

#include "base/error.h"
#include "base/files.h"
#include "world/disclose.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

bool is_chunk(std::string_view field) {
  return field.starts_with("evidence_");
}

Json event_json(const CheckedDisclosure& checked) {
  const Event& event = checked.proof.entry.event;
  Json openings = Json::object();
  for (const Opening& opening : checked.openings) {
    if (!is_chunk(opening.field)) openings[opening.field] = Json::parse(opening.value_text);
  }
  Json files = Json::array();
  for (const EvidenceFile& file : checked.files)
    files.push_back({{"name", file.name}, {"size", file.content.size()}});
  return {{"event", Json::parse(event.line)},
          {"id", event.id.text()},
          {"index", checked.proof.index},
          {"recorded", Timestamp{checked.proof.entry.recorded}.text()},
          {"openings", std::move(openings)},
          {"files", std::move(files)},
          {"notes", checked.notes}};
}

void print_event(Session& session, const CheckedDisclosure& checked) {
  const Event& event = checked.proof.entry.event;
  session.print("{}  entry {} of {}: {}\n", session.styled(Style::good, "ok"), checked.proof.index,
                checked.proof.checkpoint.size, session.shown(sentence_of(event)));
  Table table({{""}, {""}});
  table.row({{"  event", Style::faint}, event.id.text()});
  table.row({{"  actor", Style::faint}, event.actor.text()});
  table.row({{"  at", Style::faint}, event.at.text()});
  for (const Opening& opening : checked.openings) {
    if (is_chunk(opening.field) || opening.field == "evidence") continue;
    const Json value = Json::parse(opening.value_text);
    table.row(
        {{"  " + opening.field, Style::faint}, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  for (const EvidenceFile& file : checked.files)
    table.row({{"  file", Style::faint}, fmt::format("{}, {} bytes", file.name, file.content.size())});
  session.write(table.text(session.color(), 0));
  for (const std::string& note : checked.notes) session.note("{}", session.shown(note));
}

// Never over something that is there; each event in a folder of its own, since names may repeat.
void write_files(const std::vector<CheckedDisclosure>& all, const fs::path& folder) {
  for (const CheckedDisclosure& checked : all) {
    for (const EvidenceFile& file : checked.files)
      create_file(folder / checked.proof.entry.event.id.short_text() / file.name, file.content);
  }
}

}  // namespace

int verify_disclosure(Session& session, const DisclosureGiven& given, const ProofGiven& trust) {
  const std::string bytes = read_file(*given.disclosure, max_disclosure_bytes);
  const auto checked = check_disclosure(bytes, policy_of(session, trust));
  if (!checked) {
    if (session.json()) {
      session.print_json({{"ok", false}, {"reason", checked.reason()}});
    } else {
      session.print("{}  {}: {}\n", session.styled(Style::bad, "bad"),
                    session.shown(given.disclosure->string()), session.shown(checked.reason()));
    }
    return 1;
  }
  if (given.into) write_files(*checked, *given.into);
  if (session.json()) {
    Json events = Json::array();
    for (const CheckedDisclosure& item : *checked) events.push_back(event_json(item));
    session.print_json({{"ok", true}, {"events", events}});
  } else {
    for (const CheckedDisclosure& item : *checked) print_event(session, item);
  }
  return 0;
}

}  // namespace bw::cli
