// bw op: what commands did to this copy of a world.

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct OpArguments {
  std::uint64_t limit = 20;
};

Json json_of(const PastOperation& operation) {
  return {{"number", operation.number},
          {"at", operation.at.text()},
          {"command", operation.command},
          {"moved", operation.moved()},
          {"before", operation.before},
          {"after", operation.after},
          {"undoes", operation.undoes ? Json(*operation.undoes) : Json(nullptr)}};
}

std::string moved_text(const PastOperation& operation) {
  std::string text;
  for (const std::string& name : operation.moved()) {
    constexpr std::string_view branches = "refs/heads/";
    const bool branch = name.starts_with(branches);
    text += (text.empty() ? "" : ", ") + (branch ? name.substr(branches.size()) : name);
  }
  if (operation.undoes) text += fmt::format(" (takes back {})", *operation.undoes);
  return text;
}

int list_operations(Session& session, const OpArguments& given) {
  const World world = open_world_of(session);
  std::vector<PastOperation> all = operations(session.environment, world);
  std::reverse(all.begin(), all.end());
  if (given.limit > 0 && all.size() > given.limit) all.resize(given.limit);
  if (session.json()) {
    Json rows = Json::array();
    for (const PastOperation& operation : all) rows.push_back(json_of(operation));
    session.print_json({{"operations", rows}});
    return 0;
  }
  if (all.empty()) session.note("Nothing was recorded for this copy yet.");
  Table table({{"N", Align::right}, {"AT"}, {"COMMAND"}, {"MOVED"}});
  for (const PastOperation& operation : all) {
    table.row({std::to_string(operation.number),
               operation.at.text(),
               {operation.command, Style::name},
               moved_text(operation)});
  }
  session.page();
  if (!all.empty()) session.print(table);
  return 0;
}

}  // namespace

void declare_op(Commands& commands) {
  Command& noun = commands.add("op", Purpose::more, "What commands did to this copy of a world");
  noun.description =
      "Each command that moves a branch, your wish of when to send, or the mark of the home records what "
      "stood "
      "before and after, on this machine alone.";
  Command& listing = noun.verb("log", "List what commands did here, newest first");
  OpArguments& given = listing.runs(list_operations);
  listing.option("--limit", given.limit, "N", "show at most N (default: 20; 0: all)");
  listing.description =
      "What was changed by plain Git, or by a command that was killed, is found by the next command and "
      "listed as "
      "`outside`. `bw undo --op N` takes back those of which nothing has left this machine.";
  listing.examples = {{"bw op log", "The last twenty"}, {"bw op log --limit 0 --json", "All, for a program"}};
  listing.json = {
      {"operations", "for each: number, at, command, moved (names of what differs), before, after, undoes"}};
  noun.see_also = {"undo", "status"};
  listing.see_also = {"undo"};
}

}  // namespace bw::cli
