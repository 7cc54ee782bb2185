// bw show: everything about one event.

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "stream/details.h"
#include "world/history.h"
#include "world/record.h"

namespace bw::cli {
namespace {

struct ShowArguments {
  std::string id;
  std::optional<std::filesystem::path> ssh;
  bool raw = false;
};

// Chunks of files are told as files.
bool is_chunk(std::string_view field) {
  return field.starts_with("evidence_");
}

struct Evidence {
  std::string name;
  std::size_t size = 0;
  bool whole = false;  // every part of it is open here
};

// The files that the opened list names; their contents need not be here.
std::vector<Evidence> evidence_of(const EventView& view) {
  std::vector<Evidence> files;
  const auto list = std::find_if(view.openings.begin(), view.openings.end(),
                                 [](const Opening& opening) { return opening.field == "evidence"; });
  if (list == view.openings.end()) return files;
  const bool whole = static_cast<bool>(read_evidence(view.openings));
  const Json described = Json::parse(list->value_text);
  if (!described.is_array()) return files;
  for (const Json& file : described) {
    const bool formed = file.is_object() && file.contains("name") && file["name"].is_string() &&
                        file.contains("size") && file["size"].is_number_unsigned();
    if (formed) files.push_back({file["name"].get<std::string>(), file["size"].get<std::size_t>(), whole});
  }
  return files;
}

Json attestations_json(const EventView& view) {
  Json list = Json::array();
  if (!view.standing) return list;
  for (const Attestation& word : view.standing->attestations) {
    list.push_back(
        {{"id", word.id.text()},
         {"about", word.version.text()},
         {"by", word.by.text()},
         {"verdict", word.supports ? "supports" : "disputes"},
         {"at", word.at.text()},
         {"index", word.index},
         {"without_effect", word.without_effect.empty() ? Json(nullptr) : Json(word.without_effect)}});
  }
  return list;
}

Json view_json(const EventView& view) {
  Json object = item_json(view.item);
  object["openings"] = Json::object();
  for (const Opening& opening : view.openings) {
    if (!is_chunk(opening.field)) object["openings"][opening.field] = Json::parse(opening.value_text);
  }
  object["visibility"] = Json::object();
  for (const auto& [field, visibility] : view.visibility) {
    if (!is_chunk(field)) object["visibility"][field] = bw::text_of(visibility);
  }
  object["closed"] = view.closed_fields;
  object["sealed"] = view.sealed_fields;
  object["withdrawn"] = Json::object();
  for (const auto& [field, how] : view.withdrawn) {
    if (!is_chunk(field)) object["withdrawn"][field] = how;
  }
  object["warnings"] = view.warnings;
  object["files"] = Json::array();
  for (const Evidence& file : evidence_of(view)) {
    object["files"].push_back({{"name", file.name}, {"size", file.size}, {"here", file.whole}});
  }
  object["later"] = Json::array();
  for (const HistoryItem& item : view.later) object["later"].push_back(item_json(item));
  object["thanks"] = Json::array();
  for (const HistoryItem& item : view.thanks) object["thanks"].push_back(item_json(item));
  object["standing"] = view.standing ? standing_json(*view.standing) : Json(nullptr);
  object["attestations"] = attestations_json(view);
  object["in_force"] = view.in_force ? view.in_force->body() : Json(nullptr);
  object["refused"] = view.refused ? Json(*view.refused) : Json(nullptr);
  object["ineffective"] = view.ineffective ? Json(*view.ineffective) : Json(nullptr);
  return object;
}

std::string where_of(const HistoryItem& item) {
  if (item.index) {
    return fmt::format("entry {}, recorded {}{}", *item.index, Timestamp{*item.recorded}.text(),
                       item.covered ? "" : ", under no checkpoint yet");
  }
  if (item.undone) return "taken back before it was submitted";
  return item.sent ? "in your journal, submitted, not in the log yet" : "in your journal, not submitted";
}

// What it says now; what it said first, where that is something else, stands in the history below.
std::string standing_of(const EventView& view) {
  const bool retracted = std::any_of(view.later.begin(), view.later.end(), [](const HistoryItem& later) {
    return later.event.kind == "event.retracted";
  });
  if (!view.in_force) return retracted ? "retracted" : view.item.sentence;
  if (view.in_force == claim_of(view.item.event)) return view.item.sentence;
  return fmt::format("{} {} {}", view.in_force->behaviour, view.in_force->quantity.text(),
                     view.in_force->unit);
}

void print_later(Session& session, const EventView& view) {
  if (view.later.empty()) return;
  session.print("{}\n", session.styled(Style::heading, "History"));
  Table table({{""}, {""}, {""}, {""}});
  const auto row = [&](const HistoryItem& item) {
    table.row({{"  " + item.event.id.short_text(), Style::name},
               {item.event.at.text(), Style::faint},
               {std::string(state_of(item)), Style::faint},
               item.sentence});
  };
  row(view.item);
  for (const HistoryItem& later : view.later) row(later);
  session.write(table.text(session.color(), 0));
}

// What others say about it, apart from what its author says.
void print_words(Session& session, const EventView& view) {
  Table table({{""}, {""}, {""}, {""}});
  if (view.standing) {
    for (const Attestation& word : view.standing->attestations) {
      const std::string why =
          word.without_effect.empty() ? "" : " (counts for nothing: " + word.without_effect + ")";
      table.row({{"  " + word.id.short_text(), Style::name},
                 {word.at.text(), Style::faint},
                 word.by.short_id(),
                 {(word.supports ? "supports" : "disputes") + why,
                  word.supports || !why.empty() ? Style::plain : Style::warning}});
    }
  }
  for (const HistoryItem& thanks : view.thanks) {
    table.row({{"  " + thanks.event.id.short_text(), Style::name},
               {thanks.event.at.text(), Style::faint},
               thanks.event.actor.short_id(),
               "thanks"});
  }
  if (table.empty()) return;
  session.print("{}\n", session.styled(Style::heading, "What others say"));
  session.write(table.text(session.color(), 0));
}

// A value of several lines goes under its name line by line.
void add_detail(Table& table, const std::string& field, const std::string& value) {
  bool first = true;
  for (const std::string_view line : split(value, '\n')) {
    table.row({{first ? "  " + field : "", Style::faint}, std::string(line)});
    first = false;
  }
}

bool is_in(const std::vector<std::string>& fields, const std::string& field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// Who else sees what is shown, where that is not everyone.
std::string visibility_note(const EventView& view, const std::string& field) {
  if (view.withdrawn.contains(field)) return " (withdrawn)";
  const auto known = view.visibility.find(field);
  if (known == view.visibility.end() || known->second == Visibility::public_) return "";
  return fmt::format(" ({})", bw::text_of(known->second));
}

std::string why_closed(const EventView& view, const std::string& field) {
  if (const auto how = view.withdrawn.find(field); how != view.withdrawn.end()) return how->second;
  if (is_in(view.sealed_fields, field)) return "sealed to the stewards of that time";
  return "closed: only its commitment is here";
}

void print_details(Session& session, const EventView& view) {
  Table table({{""}, {""}});
  for (const Opening& opening : view.openings) {
    if (is_chunk(opening.field) || opening.field == "evidence") continue;
    const Json value = Json::parse(opening.value_text);
    add_detail(table, opening.field + visibility_note(view, opening.field),
               value.is_string() ? value.get<std::string>() : value.dump());
  }
  for (const Evidence& file : evidence_of(view)) {
    table.row({{"  file", Style::faint},
               fmt::format("{}, {} bytes{}{}", file.name, file.size, file.whole ? "" : ", not whole here",
                           visibility_note(view, "evidence"))});
  }
  const auto closed_chunks = std::count_if(view.closed_fields.begin(), view.closed_fields.end(), is_chunk);
  for (const std::string& field : view.closed_fields) {
    if (!is_chunk(field)) table.row({{"  " + field, Style::faint}, why_closed(view, field)});
  }
  if (closed_chunks > 0)
    table.row({{"  files", Style::faint}, fmt::format("{} closed parts", closed_chunks)});
  if (!table.empty()) session.write(table.text(session.color(), 0));
}

void print_view(Session& session, const World& world, const EventView& view) {
  const HistoryItem& item = view.item;
  session.print("{}  {}\n", session.styled(Style::name, item.event.id.text()),
                session.shown(standing_of(view)));
  Table table({{""}, {""}});
  table.row({{"  kind", Style::faint}, item.event.kind});
  table.row({{"  actor", Style::faint}, item.event.actor.text() + (item.mine ? " (me)" : "")});
  table.row({{"  at", Style::faint},
             fmt::format("{} ({} here)", item.event.at.text(), clock_time(item.event.at, offset_of(world)))});
  table.row({{"  where", Style::faint}, where_of(item)});
  table.row({{"  body", Style::faint}, item.event.body_text});
  if (view.standing) table.row({{"  standing", Style::faint}, view.standing->sentence()});
  session.write(table.text(session.color(), 0));  // whole: ids to copy
  print_details(session, view);
  print_later(session, view);
  print_words(session, view);
  for (const std::string& warning : view.warnings) session.warn("{}", session.shown(warning));
  if (view.refused)
    session.print("  {}: {}\n", session.styled(Style::bad, "refused"), session.shown(*view.refused));
  if (view.ineffective) {
    session.print("  {}: {}\n", session.styled(Style::warning, "ineffective"),
                  session.shown(*view.ineffective));
  }
}

int run_show(Session& session, const ShowArguments& given) {
  if (given.raw && session.json())
    throw Error(ErrorCode::usage, "--raw and --json are two forms; choose one");
  const World world = open_world_of(session);
  const EventView view =
      view_event(session.environment, world, resolve_event(session.environment, world, given.id));
  std::string principal;
  if (given.ssh) principal = write_ssh_files(view.item.event, *given.ssh);
  if (given.raw) {
    session.write(view.item.event.line + "\n");
  } else if (session.json()) {
    Json object = view_json(view);
    if (given.ssh) object["principal"] = principal;
    session.print_json(object);
  } else {
    print_view(session, world, view);
  }
  if (given.ssh) {
    session.note(
        "Check the signature with:\n  cd {} && ssh-keygen -Y verify -f allowed_signers -I {} -n bw.event.v1 "
        "-s "
        "message.sig < message",
        session.shown(given.ssh->string()), principal);
  }
  return 0;
}

}  // namespace

void declare_show(Commands& commands) {
  Command& command = commands.add("show", Purpose::every_day, "Show everything about one event");
  ShowArguments& given = command.runs(run_show);
  command.argument(given.id, "ID", "the event, or the first digits of its id").offer(event_candidates);
  command.option("--ssh", given.ssh, "DIR", "write what `ssh-keygen -Y verify` needs to check its signature")
      .offer_folders();
  command.flag("--raw", given.raw, "print the signed line itself");
  command.description =
      "Shows what the event says now, corrections counted, where it stands, which of its details are open "
      "here (public ones, yours from the journal, and those that were sealed to you), what was corrected, "
      "retracted or confirmed later, what others say about it, and why it was refused or has no "
      "effect.\n\n"
      "With --ssh it writes `message`, `message.sig` and `allowed_signers` into a new folder, so that the "
      "signature can "
      "be checked by OpenSSH, without bw.";
  command.examples = {{"bw show 3f2a91", "The event whose id begins so"},
                      {"bw show 3f2a91 --ssh proof", "Writes the files for ssh-keygen"},
                      {"bw show 3f2a91 --raw", "The signed line, for other programs"}};
  command.json = {
      {"id", "the event's id"},
      {"event", "the event itself"},
      {"index", "its place in the log, or null"},
      {"recorded", "when the log took it, or null"},
      {"state", "journal, sent, pending, logged or undone"},
      {"mine", "whether it is yours"},
      {"sentence", "what it says"},
      {"openings", "details that are open here: field → value"},
      {"visibility", "who else sees them: field → public, sealed or private"},
      {"closed", "details that are not"},
      {"sealed", "of those: here, but sealed to others"},
      {"withdrawn", "what was withdrawn: field → by whom, and where"},
      {"warnings", "what was sealed to you and is not what it should be"},
      {"files", "evidence: name, size, and whether it is here"},
      {"in_force",
       "what it claims now, corrections counted: behaviour, quantity and unit; null where it was "
       "retracted or claims nothing"},
      {"standing", standing_members},
      {"attestations",
       "others' words about it: id, about (which version), by, verdict, at, index, and without_effect "
       "(why one counts for nothing, or null)"},
      {"thanks", "others' thanks for it, as `bw log --json` shows events"},
      {"later", "corrections, retractions and confirmations, as `bw log --json` shows events"},
      {"refused", "why a steward refused it, or null"},
      {"ineffective", "why it changes nothing, or null"},
      {"principal", "--ssh: the name to give to ssh-keygen -I"}};
  command.see_also = {"log", "verify"};
}

}  // namespace bw::cli
