// bw log: record what was done, put it right, and look back.

#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/log_batch.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/history.h"
#include "world/record.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t usual_limit = 50;
constexpr std::size_t actor_digits = 12;

struct LogArguments {
  std::optional<std::string> behaviour;
  std::optional<std::string> quantity, unit, at, note, place, visibility;
  std::vector<fs::path> evidence;
  std::optional<std::string> correct, retract;
  std::vector<std::string> confirm;
  bool confirm_all_old = false;
  std::optional<fs::path> batch, map;
  bool keep_going = false, private_rows = false, dry_run = false;
  bool conceal = false;
  std::optional<std::string> actor, of_behaviour, since;
  std::optional<std::uint64_t> limit;
};

bool describes_deed(const LogArguments& given) {
  return given.quantity || given.unit || given.at || given.place || given.visibility || given.conceal ||
         !given.evidence.empty();
}
bool filters(const LogArguments& given) {
  return given.actor || given.of_behaviour || given.since || given.limit;
}
bool says_how_to_load(const LogArguments& given) {
  return given.map || given.keep_going || given.private_rows || given.dry_run;
}

// One thing at a time, and no option that would be silently without effect.
void require_sense(const LogArguments& given) {
  const bool confirms = given.confirm_all_old || !given.confirm.empty();
  const int asked = int{given.correct.has_value()} + int{given.retract.has_value()} + int{confirms} +
                    int{given.batch.has_value()};
  const bool records = given.behaviour && asked == 0;
  const auto refuse = [](bool wrong, const char* what, const char* hint) {
    if (wrong) throw Error(ErrorCode::usage, what, hint);
  };
  refuse(asked > 1, "only one of --correct, --retract, --confirm and --batch can be done at a time", "");
  refuse(given.behaviour && asked == 1 && !given.correct, "no BEHAVIOUR is named here", "leave it out");
  refuse(given.confirm_all_old && !given.confirm.empty(),
         "--confirm-all-old confirms every old event already", "");
  refuse(describes_deed(given) && !records && !given.correct, "this says how much was done, but not what",
         "name the behaviour: bw log BEHAVIOUR …");
  refuse(given.note && !records && !given.correct && !given.retract,
         "a note needs something that it is about", "name the behaviour: bw log BEHAVIOUR --note …");
  refuse(given.conceal && given.correct, "a correction is said in the open, or not at all",
         "reveal what it is about first: bw reveal ID");
  refuse(says_how_to_load(given) && !given.batch,
         "--map, --keep-going, --private-rows and --dry-run belong to --batch",
         "name the file: bw log --batch FILE …");
  refuse(filters(given) && (given.behaviour || asked > 0),
         "--actor, --behaviour, --since and --limit choose what bare `bw log` shows",
         "leave them out to record");
}

Decimal parse_quantity(Session& session, const std::string& text) {
  const auto quantity = Decimal::parse_lenient(text);
  if (!quantity)
    throw Error(ErrorCode::usage,
                fmt::format("the quantity \"{}\": {}", session.shown(text), quantity.reason()));
  return *quantity;
}

Deed deed_of(Session& session, const World& world, const LogArguments& given) {
  Deed deed;
  deed.behaviour = given.behaviour.value_or("");
  deed.unit = given.unit;
  deed.note = given.note;
  deed.evidence = given.evidence;
  deed.conceal = given.conceal;
  if (given.quantity) deed.quantity = parse_quantity(session, *given.quantity);
  if (given.at) deed.at = parse_time(session, world, *given.at);
  if (given.visibility) deed.visibility = parse_visibility(*given.visibility);
  if (given.place) {
    const auto place = parse_place(*given.place);
    if (!place) throw Error(ErrorCode::usage, place.reason());
    deed.place = *place;
  }
  return deed;
}

int confirm(Session& session, World& world, const Acting& me, const LogArguments& given) {
  std::vector<EventId> ids;
  for (const std::string& prefix : given.confirm)
    ids.push_back(resolve_event(session.environment, world, prefix));
  if (given.confirm_all_old) ids = unconfirmed_history(session.environment, world);
  const std::vector<Event> events = record_confirmation(session.environment, world, *me.signer, ids);
  if (!events.empty()) {
    session.done(fmt::format("the confirmation of {} is recorded in your journal",
                             counted(ids.size(), "event", "events")));
  }
  const bool submitted = !events.empty() && submit_at_once(session, world, *me.signer, ids_of(events));
  if (session.json()) {
    Json confirmed = Json::array();
    for (const EventId& id : ids) confirmed.push_back(id.text());
    Json made = Json::array();
    for (const Event& event : events) made.push_back(event.id.text());
    session.print_json({{"id", made.empty() ? Json(nullptr) : made.front()},
                        {"ids", made},
                        {"confirmed", confirmed},
                        {"submitted", submitted},
                        {"waiting", waiting_count(session, world)}});
    return 0;
  }
  if (ids.empty()) session.print("No old event waits for a confirmation\n");
  for (const Event& event : events) {
    session.print("{}  {}\n", session.styled(Style::name, event.id.short_text()),
                  session.shown(sentence_of(event)));
  }
  if (!events.empty() && !submitted)
    session.note("In your journal: `bw submit` puts the confirmation into the log.");
  return 0;
}

Did parse_actor(Session& session, const std::string& text) {
  if (text == "me") return require_identity(session.environment).did;
  const auto did = text.starts_with("did:") ? Did::parse(text) : Did::from_short_id(text);
  if (!did) throw Error(ErrorCode::usage, did.reason(), "write did:key:z6Mk…, z6Mk… or me");
  return *did;
}

// The standings of claims, beside the items that make them.
std::vector<std::optional<Standing>> standings_of(const Environment& environment, const World& world,
                                                  const std::vector<HistoryItem>& items) {
  std::vector<std::optional<Standing>> found(items.size());
  std::optional<Standings> standings;  // the log is read only where there is something to ask of it
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].index || !is_claim_kind(items[i].event.kind)) continue;
    if (!standings) standings = read_standings(environment, world);
    found[i] = standings->of(items[i].event, *items[i].index);
  }
  return found;
}

// What is worth a column: nothing of claims that nobody but their author need confirm.
std::string told(const std::optional<Standing>& standing) {
  const bool silent =
      !standing || (standing->state == Standing::State::own_word && standing->disputers().empty());
  return silent ? "" : standing->sentence();
}

void print_items(Session& session, const World& world, const std::vector<HistoryItem>& items,
                 const std::vector<std::optional<Standing>>& standings) {
  const bool any = std::any_of(standings.begin(), standings.end(),
                               [](const auto& standing) { return !told(standing).empty(); });
  std::vector<Column> columns = {{"ID"}, {"WHEN"}, {"WHO"}, {"STATE"}};
  if (any) columns.push_back({"STANDING"});
  columns.push_back({"WHAT"});
  Table table(std::move(columns));
  const UtcOffset offset = offset_of(world);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const HistoryItem& item = items[i];
    std::vector<Cell> cells = {
        {item.event.id.short_text(), Style::name},
        clock_time(item.event.at, offset),
        {item.mine ? "me" : item.event.actor.short_id().substr(0, actor_digits), Style::faint},
        {std::string(state_of(item)), item.index ? Style::faint : Style::warning}};
    const bool settled = told(standings[i]) == text_of(Standing::State::verified);
    if (any) cells.push_back({told(standings[i]), settled ? Style::good : Style::warning});
    cells.push_back(item.sentence);
    table.row(std::move(cells));
  }
  session.print(table);
}

int look_back(Session& session, const World& world, const LogArguments& given) {
  HistoryFilter filter;
  if (given.actor) filter.actor = parse_actor(session, *given.actor);
  if (given.since) filter.since = parse_time(session, world, *given.since);
  filter.behaviour = given.of_behaviour;
  const std::uint64_t limit = given.limit.value_or(usual_limit);
  filter.limit = limit == 0 ? std::numeric_limits<std::size_t>::max() : limit;
  const std::vector<HistoryItem> items = history(session.environment, world, filter);
  const std::vector<std::optional<Standing>> standings = standings_of(session.environment, world, items);
  if (session.json()) {
    Json events = Json::array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      Json event = item_json(items[i]);
      event["standing"] = standings[i] ? standing_json(*standings[i]) : Json(nullptr);
      events.push_back(std::move(event));
    }
    session.print_json({{"world", world.id().text()}, {"events", std::move(events)}});
    return 0;
  }
  if (items.empty()) {
    session.note("Nothing to show{}", filters(given) ? "; fewer filters may find more" : "");
    return 0;
  }
  session.page();
  print_items(session, world, items, standings);
  if (items.size() == filter.limit) session.note("There may be more: --limit 0 shows all.");
  return 0;
}

int run_log(Session& session, const LogArguments& given) {
  require_sense(given);
  World world = open_world_of(session);
  const bool writes = given.behaviour || given.correct || given.retract || !given.confirm.empty() ||
                      given.confirm_all_old || given.batch;
  if (!writes) return look_back(session, world, given);
  const Acting me = acting(session);
  const auto resolve = [&](const std::string& prefix) {
    return resolve_event(session.environment, world, prefix);
  };
  if (given.batch) {
    return record_file(session, world, me,
                       {.file = *given.batch == "-" ? fs::path("/dev/stdin") : *given.batch,
                        .mapping = given.map,
                        .keep_going = given.keep_going,
                        .dry_run = given.dry_run,
                        .salted = given.private_rows});
  }
  if (given.confirm_all_old || !given.confirm.empty()) return confirm(session, world, me, given);
  if (given.retract) {
    return tell_recorded(
        session, world, *me.signer,
        record_retraction(session.environment, world, *me.signer, resolve(*given.retract), given.note));
  }
  const Deed deed = deed_of(session, world, given);
  return tell_recorded(
      session, world, *me.signer,
      given.correct ? record_correction(session.environment, world, *me.signer, resolve(*given.correct), deed)
                    : record(session.environment, world, *me.signer, deed));
}

void declare_options(Command& command, LogArguments& given) {
  command.argument(given.behaviour, "BEHAVIOUR", "what was done: an id of the adopted behaviour set")
      .offer(behaviour_candidates);
  command.option("--quantity", given.quantity, "Q", "how much (default: 1)");
  command.option("--unit", given.unit, "UNIT", "its unit, checked against the behaviour's");
  command.option("--at", given.at, "TIME",
                 "when: 2026-11-20, \"yesterday 18:00\", 2026-11-20T18:00+02:00, -2h (default: now)");
  command.option("--note", given.note, "TEXT", "a few words, at most 8 KiB; they may have several lines");
  command.option("--place", given.place, "LAT,LON", "where, in degrees; private unless you say otherwise");
  command.option("--evidence", given.evidence, "FILE", "a file that shows it; 16 MiB together");
  command
      .option("--visibility", given.visibility, "WHO",
              "who sees note, place and evidence (default: the behaviour's)")
      .choose({"public", "sealed", "private"});
  command.flag("--conceal", given.conceal, "keep behaviour, quantity and unit to yourself until `bw reveal`");
  command.option("--correct", given.correct, "ID", "correct an event of yours").offer(event_candidates);
  command.option("--retract", given.retract, "ID", "retract an event of yours").offer(event_candidates);
  command
      .option("--confirm", given.confirm, "ID", "as a steward, confirm an event older than the world's grace")
      .offer(event_candidates);
  command.flag("--confirm-all-old", given.confirm_all_old,
               "as a steward, confirm every such event in the log");
  command.option("--batch", given.batch, "FILE",
                 "record the rows of a CSV or JSON Lines file; - reads standard input");
  command.option("--map", given.map, "MAP.yaml", "what the columns of the file mean");
  command.flag("--keep-going", given.keep_going, "leave bad rows out instead of recording nothing");
  command.flag("--private-rows", given.private_rows,
               "publish only count, totals and a commitment to the rows");
  command.flag("-n,--dry-run", given.dry_run, "check the file and record nothing");
  command.option("--actor", given.actor, "DID", "show only events of this actor, or of me");
  command.option("--behaviour", given.of_behaviour, "ID", "show only events of this behaviour")
      .offer(behaviour_candidates);
  command.option("--since", given.since, "TIME", "show only what happened since then");
  command.option("--limit", given.limit, "N", "show at most N events (default: 50; 0: all)");
}

}  // namespace

void declare_log(Commands& commands) {
  Command& command = commands.add("log", Purpose::every_day, "Record what you did, and look back");
  declare_options(command, command.runs(run_log));
  command.description =
      "With a BEHAVIOUR, appends a signed event to your journal, which is on disk before the command "
      "returns. An "
      "unknown behaviour, a wrong unit, an exceeded limit or missing evidence is refused before anything is "
      "written. Note, place and evidence stand beside the event: it only commits to them, so they can be "
      "private, sealed to the world's stewards, or public, and be erased later.\n\n"
      "Nothing leaves this machine until `bw submit`, unless you asked for immediate sync when you joined; "
      "until "
      "then `bw undo` takes it back. What was submitted is put right in the open, by --correct and "
      "--retract.\n\n"
      "A time with an offset from UTC (+02:00, Z) means that moment; without one it is what clocks in the "
      "world "
      "show, as its definition's utc_offset says. A date alone is its noon. The event holds UTC.\n\n"
      "--batch turns a file of any length into tables of at most 10,000 rows, each one event. Without --map "
      "its "
      "columns are at, behaviour, quantity, unit, lat and lon. A bad row is named by line and column, and "
      "nothing is "
      "recorded, unless --keep-going.\n\n"
      "Without any of these it shows your journal and the world's log, newest first.";
  command.examples = {
      {"bw log map-aed", "Records one, now"},
      {"bw log teach-cpr --quantity 0.5 --at \"yesterday 18:00\" --note \"school hall\"",
       "Half an hour, yesterday"},
      {"bw log map-aed --place 50.94,6.96 --evidence photo.jpg", "With a place and a photo, both private"},
      {"bw log map-aed --conceal", "Only that something was done; what, you may reveal later"},
      {"bw log --correct 3f2a91 --quantity 2", "It was two, not three"},
      {"bw log --batch aeds.csv --map aeds.map.yaml", "Records every row of a file"},
      {"bw log --actor me --since 2026-11-01", "What you did this month"}};
  command.json = {
      {"id", "the new event (the first of several)"},
      {"event", "the new event itself"},
      {"submitted", "whether it was sent at once"},
      {"waiting", "how many events of yours wait to be submitted"},
      {"notes", "what you should know about it"},
      {"ids", "--batch, --confirm: all new events"},
      {"confirmed", "--confirm: the events that were confirmed"},
      {"rows", "--batch: good rows"},
      {"tables", "--batch: how many tables they make"},
      {"bad_rows", "--batch: how many rows are bad"},
      {"bad", "--batch: the first hundred of them: line, column, what"},
      {"totals", "--batch: for each: behaviour, unit, quantity"},
      {"world", "bare: the world's id"},
      {"events",
       "bare: for each: id, event, index, recorded, state, mine, sentence, standing (as `bw show --json`)"}};
  command.exit_codes = {{1, "something in it is not valid; nothing was recorded"},
                        {4, "a limit or a rule forbids it; nothing was recorded"}};
  command.see_also = {"show", "undo", "submit", "reveal", "withdraw", "status"};
}

}  // namespace bw::cli
