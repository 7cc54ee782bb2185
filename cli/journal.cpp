// bw journal: what I wrote down myself, whatever became of it.

#include "cli/journal.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "world/journal_proofs.h"
#include "world/journal_story.h"
#include "world/registry.h"

namespace bw::cli {
namespace {

// The copy of a world that this machine knows, where there is one that opens.
std::optional<World> known_copy(Session& session, const WorldId& id) {
  for (const KnownWorld& known : known_worlds(session.environment)) {
    if (known.id != id) continue;
    try {
      return open_world(session.environment, known.folder);
    } catch (const Error&) {  // gone, or another now: the journal needs none
      continue;
    }
  }
  return std::nullopt;
}

struct JournalListing {
  std::optional<std::string> world_id;
  std::vector<std::string> fates;
};

int list_journal(Session& session, const JournalListing& given) {
  const JournalPlace place = journal_place(session, given.world_id);
  std::vector<JournalItem> items = journal_items(session.environment, place.id, place.copy());
  std::erase_if(items, [&](const JournalItem& item) {
    return !given.fates.empty() &&
           std::find(given.fates.begin(), given.fates.end(), text_of(item.fate)) == given.fates.end();
  });
  if (session.json()) {
    Json rows = Json::array();
    for (const JournalItem& item : items) {
      rows.push_back({{"id", item.entry.event.id.text()},
                      {"event", Json::parse(item.entry.event.line)},
                      {"fate", text_of(item.fate)},
                      {"index", item.index ? Json(*item.index) : Json(nullptr)},
                      {"reason", item.refusal.empty() ? Json(nullptr) : Json(item.refusal)},
                      {"sentence", item.sentence}});
    }
    session.print_json({{"world", place.id.text()}, {"events", rows}});
    return 0;
  }
  Table table({{"ID"}, {"AT"}, {"FATE"}, {"WHAT"}});
  for (const JournalItem& item : items) {
    const bool well = item.fate == Fate::logged || item.fate == Fate::pending;
    table.row({{item.entry.event.id.short_text(), Style::name},
               item.entry.event.at.text(),
               {std::string(text_of(item.fate)), item.fate == Fate::refused ? Style::bad
                                                 : well                     ? Style::good
                                                                            : Style::plain},
               item.sentence + (item.refusal.empty() ? "" : " (" + item.refusal + ")")});
  }
  session.page();
  session.print(table);
  return 0;
}

struct Export {
  std::optional<std::filesystem::path> file;
  std::optional<std::string> world_id;
  bool all = false;
  bool csv = false;
};

int export_all(Session& session, const Export& given) {
  std::vector<JournalPlace> places;
  if (given.all) {
    places = all_journal_places(session, given.world_id);
  } else {
    places.push_back(journal_place(session, given.world_id));
  }
  if (session.json() && !given.file)
    throw Error(ErrorCode::usage, "--json says what was written to a FILE; name one",
                "without --json the journal itself goes to standard output, as JSON Lines");
  std::string text;
  const TextSink sink = [&](std::string_view part) {
    if (given.file) {
      text += part;
    } else {
      session.write(part);
    }
  };
  if (given.csv) sink(claims_csv_header);
  for (const JournalPlace& place : places) {
    if (given.csv) {
      export_claims_csv(session.environment, place.id, place.copy(), sink);
    } else {
      export_journal(session.environment, place.id, place.copy(), sink);
    }
  }
  if (!given.file) return 0;
  write_file(*given.file, text, 0600);
  session.done(given.file->string() + " is written");
  if (session.json()) {
    session.print_json({{"file", given.file->string()}, {"journals", places.size()}, {"bytes", text.size()}});
  } else {
    session.print("{}\n", session.shown(given.file->string()));
  }
  return 0;
}

struct Check {
  std::optional<std::string> world_id;
  bool all = false;
};

Json report_json(const WorldId& id, const JournalReport& report) {
  Json problems = Json::array();
  for (const JournalProblem& problem : report.problems)
    problems.push_back({{"file", problem.file}, {"line", problem.line}, {"what", problem.what}});
  return {{"world", id.text()},
          {"ok", report.problems.empty()},
          {"events", report.events},
          {"openings", report.openings},
          {"rows", report.rows},
          {"checkpoints", report.checkpoints},
          {"torn_bytes", report.torn_bytes},
          {"problems", problems}};
}

void print_report(Session& session, const WorldId& id, const JournalReport& report) {
  for (const JournalProblem& problem : report.problems) {
    const std::string where =
        problem.file + (problem.line > 0 ? fmt::format(" line {}", problem.line) : std::string());
    session.print("{}  {}: {}\n", session.styled(Style::bad, "bad"), session.shown(where),
                  session.shown(problem.what));
  }
  if (report.torn_bytes > 0) {
    session.warn("journal.jsonl ends in {} bytes of a broken append; the next one moves them to journal.torn",
                 report.torn_bytes);
  }
  if (report.problems.empty()) {
    session.print("{}  {}: {}, {}, {}, {}\n", session.styled(Style::good, "ok"),
                  session.styled(Style::name, id.short_text()), counted(report.events, "event", "events"),
                  counted(report.openings, "opening", "openings"), counted(report.rows, "row", "rows"),
                  counted(report.checkpoints, "checkpoint", "checkpoints"));
  }
}

int check_journal(Session& session, const Check& given) {
  std::vector<WorldId> worlds;
  if (given.all && given.world_id) throw Error(ErrorCode::usage, "--all and --world-id do not go together");
  if (given.all) {
    worlds = journalled_worlds(session.environment);
  } else {
    worlds.push_back(journal_place(session, given.world_id).id);
  }
  Json all = Json::array();
  bool ok = true;
  for (const WorldId& world : worlds) {
    const JournalReport report = check_my_journal(session.environment, world);
    ok = ok && report.problems.empty();
    if (session.json()) {
      all.push_back(report_json(world, report));
    } else {
      print_report(session, world, report);
    }
  }
  if (session.json()) session.print_json({{"ok", ok}, {"journals", all}});
  return ok ? 0 : 1;
}

void declare_list(Command& journal) {
  Command& verb = journal.verb("list", "List what you wrote down, and what became of it");
  JournalListing& given = verb.runs(list_journal);
  verb.option("--fate", given.fates, "FATE", "only those (may be given several times)")
      .choose({"waiting", "sending", "sent", "refused", "pending", "logged", "undone"});
  declare_world_id(verb, given.world_id);
  verb.description =
      "Oldest first: `waiting` to be submitted; `sending`, where a submission broke off and may have "
      "arrived; "
      "`sent` and not answered; `refused`; `pending` in the log, under no checkpoint yet; `logged`; "
      "`undone`. "
      "Without a copy of the world only what the journal itself knows is said.";
  verb.examples = {{"bw journal list", "Everything, oldest first"},
                   {"bw journal list --fate waiting --fate refused", "What still wants something of you"}};
  verb.json = {{"world", "the world's id"},
               {"events",
                "for each: id, event, fate, index (in the log, or null), reason (of a refusal, or "
                "null) and sentence"}};
}

void declare_export(Command& journal) {
  Command& verb = journal.verb("export", "Write out all you ever said, openings and rows included");
  Export& given = verb.runs(export_all);
  verb.argument(given.file, "FILE", "where to (default: standard output)");
  verb.flag("--csv", given.csv, "claims only, as CSV, with each row of a table as a line");
  verb.flag("--all", given.all, "the journals of all worlds");
  declare_world_id(verb, given.world_id);
  verb.description =
      "It is yours: JSON Lines with a line about the journal, then each event with its openings and what "
      "became "
      "of it, the rows of its table behind it, and at the end what was sent where. Private notes, places, "
      "files "
      "and rows are in it, so that the file is readable by you alone.";
  verb.examples = {{"bw journal export mine.jsonl", "Everything of this world"},
                   {"bw journal export --csv --all claims.csv",
                    "What you claimed in all worlds, for a "
                    "spreadsheet"}};
  verb.json = {{"file", "what was written"}, {"journals", "of how many worlds"}, {"bytes", "how long it is"}};
}

void declare_check(Command& journal) {
  Command& verb = journal.verb("check", "Check every line of your journal");
  Check& given = verb.runs(check_journal);
  verb.flag("--all", given.all, "the journals of all worlds");
  declare_world_id(verb, given.world_id);
  verb.description =
      "Checks the form and signature of every event, that each detail has the opening which the event "
      "commits "
      "to, the rows of tables, and that the journal continues every checkpoint that was signed or witnessed "
      "of "
      "it. Names each bad line.";
  verb.examples = {{"bw journal check", "Is my journal whole?"},
                   {"bw journal check --all", "Are all of them?"}};
  verb.json = {{"ok", "whether all is well"},
               {"journals",
                "for each: world, ok, events, openings, rows, checkpoints, torn_bytes, and problems "
                "with file, line and what"}};
  verb.exit_codes = {{1, "something is wrong with it"}};
}

}  // namespace

JournalPlace journal_place(Session& session, const std::optional<std::string>& world_id) {
  if (!world_id) {
    World world = open_world_of(session);
    const WorldId id = world.id();
    return {id, std::move(world)};
  }
  std::vector<WorldId> fitting;
  for (const WorldId& id : journalled_worlds(session.environment)) {
    if (!world_id->empty() && id.text().starts_with(*world_id)) fitting.push_back(id);
  }
  if (fitting.size() != 1) {
    throw Error(ErrorCode::usage,
                fitting.empty() ? "there is no journal here of a world " + *world_id
                                : "several worlds begin with " + *world_id,
                "\"bw journal check --all\" names the worlds of all journals here");
  }
  return {fitting.front(), known_copy(session, fitting.front())};
}

std::vector<JournalPlace> all_journal_places(Session& session, const std::optional<std::string>& world_id) {
  if (world_id) throw Error(ErrorCode::usage, "--all and --world-id do not go together");
  std::vector<JournalPlace> places;
  for (const WorldId& id : journalled_worlds(session.environment))
    places.push_back({id, known_copy(session, id)});
  return places;
}

void declare_world_id(Command& verb, std::optional<std::string>& given) {
  verb.option("--world-id", given, "ID",
              "the journal of the world with that id (its first digits), without a copy of it");
}

void declare_journal(Commands& commands) {
  Command& journal =
      commands.add("journal", Purpose::every_day, "What you wrote down yourself, and its proofs");
  journal.description =
      "What you log is in your own journal first, on this machine, with its notes, places and files. It "
      "stays "
      "there whatever becomes of the world or its copies. It is a log of its own, which can be proved and "
      "witnessed.";
  journal.see_also = {"log", "submit", "undo", "verify"};
  declare_list(journal);
  declare_export(journal);
  declare_check(journal);
  declare_journal_proofs(journal);
  declare_journal_backup(journal);
}

}  // namespace bw::cli
