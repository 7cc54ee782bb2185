// bw disclose: show some of what one kept to somebody who checks it.

#include "world/disclose.h"

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/record.h"

namespace bw::cli {
namespace {

struct DiscloseArguments {
  std::vector<std::string> events;
  std::optional<std::filesystem::path> to;
  std::vector<std::string> fields;
};

int run_disclose(Session& session, const DiscloseArguments& given) {
  if (given.events.empty()) throw Error(ErrorCode::usage, "no event is named", "bw disclose EVENT --to FILE");
  const World world = open_world_of(session);
  std::vector<EventId> ids;
  for (const std::string& prefix : given.events)
    ids.push_back(resolve_event(session.environment, world, prefix));
  const DisclosureMade made = disclose(session.environment, world, ids, given.fields);
  create_file(*given.to, made.disclosure.text(), 0600);
  Json events = Json::array();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Json fields = Json::array();
    for (const Opening& opening : made.disclosure.events[i].openings) fields.push_back(opening.field);
    events.push_back({{"event", ids[i].text()}, {"fields", std::move(fields)}});
  }
  if (session.json()) {
    session.print_json({{"file", given.to->string()}, {"events", events}, {"closed", made.closed}});
    return 0;
  }
  session.print("Wrote {}\n", session.shown(given.to->string()));
  for (const std::string& closed : made.closed) session.note("Not in it: {}", session.shown(closed));
  session.note("Whoever has the file can read it and hand it on. To check it: bw verify --disclosure {}",
               session.shown(given.to->string()));
  return 0;
}

}  // namespace

void declare_disclose(Commands& commands) {
  Command& command = commands.add("disclose", Purpose::trust, "Show details to somebody who can check them");
  DiscloseArguments& given = command.runs(run_disclose);
  command.argument(given.events, "EVENT", "the events").offer(event_candidates);
  command.option("--to", given.to, "FILE", "the file to write, which must not exist").needed();
  command.option("--field", given.fields, "NAME",
                 "only this detail, such as note or evidence (default: all that are open here)");
  command.description =
      "Writes one file with a proof of each event and the openings of its details. Whoever gets it sees that "
      "the "
      "events stand in the world's log, who signed them, and that the details are what they committed to, "
      "with "
      "`bw verify --disclosure`, offline and without a copy of the world. Nothing is published by it.\n\n"
      "What others sealed to you as a steward is theirs to disclose, and is left out.";
  command.examples = {{"bw disclose 3f2a91 --to for-grandma.disclosure", "Everything about one deed"},
                      {"bw disclose 3f2a91 88ab12 --field note --to notes.disclosure", "The notes of two"}};
  command.json = {{"file", "what was written"},
                  {"events", "for each: event and fields"},
                  {"closed", "what is not in it, and why"}};
  command.see_also = {"prove", "verify", "reveal"};
}

}  // namespace bw::cli
