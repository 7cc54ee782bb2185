// bw search: finding worlds on a Hub.

#include "hub/search.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/hub/hub_folder.h"
#include "cli/session.h"
#include "cli/world_access.h"

namespace bw::cli {
namespace {

struct SearchArguments {
  std::vector<std::string> words;
  std::optional<std::filesystem::path> hub;
  std::optional<std::uint64_t> sdg;
  std::optional<std::string> behaviour;
  std::uint64_t limit = 20;
};

SearchQuery query_of(const Session& session, const SearchArguments& given) {
  if (given.limit == 0) {
    throw Error(ErrorCode::usage, "a limit of 0 would find nothing", "give --limit a number from 1 to 1000");
  }
  SearchQuery query;
  for (const std::string& word : given.words) query.text += (query.text.empty() ? "" : " ") + word;
  // A number that no int holds is no goal either.
  if (given.sdg) query.sdg = static_cast<int>(std::min<std::uint64_t>(*given.sdg, 1000));
  query.behaviour = given.behaviour;
  query.limit = given.limit;
  query.language = session.language();
  return query;
}

Json json_of(const FoundWorld& found) {
  Json behaviours = Json::array();
  for (const auto& behaviour : found.behaviours)
    behaviours.push_back({{"id", behaviour.id}, {"title", behaviour.title}});
  return {{"world", found.world.text()}, {"name", found.name},       {"title", found.title},
          {"summary", found.summary},    {"size", found.size},       {"sdgs", found.sdgs},
          {"matched", found.matched},    {"behaviours", behaviours}, {"remotes", found.remotes}};
}

void show(Session& session, const FoundWorld& found) {
  session.print("{}  {}\n", session.styled(Style::name, found.name),
                session.styled(Style::heading, found.title));
  const std::size_t width = session.output_is_terminal() ? session.width() : 100;
  if (!found.summary.empty()) session.write(wrapped(session.shown(found.summary), width, 4));
  for (const auto& behaviour : found.behaviours) {
    session.print("    - {}: {}\n", session.shown(behaviour.id), session.shown(behaviour.title));
  }
  std::string facts = counted(found.size, "entry", "entries");
  if (!found.sdgs.empty()) facts += fmt::format(" · SDG {}", fmt::join(found.sdgs, ", "));
  session.print("    {}\n", session.styled(Style::faint, facts));
}

int run(Session& session, const SearchArguments& given) {
  const std::filesystem::path hub = hub_folder(session, given.hub);
  const SearchResults found = search_hub(session.environment, hub, query_of(session, given));
  if (!found.stale.empty()) session.warn("{}", session.shown(found.stale));
  if (session.json()) {
    Json results = Json::array();
    for (const FoundWorld& world : found.results) results.push_back(json_of(world));
    session.print_json({{"results", results}, {"more", found.more}});
    return 0;
  }
  session.page();
  for (const FoundWorld& world : found.results) show(session, world);
  if (found.results.empty()) {
    session.note("No world was found. Fewer or shorter words find more.");
  } else {
    if (found.more) session.note("There are more: --limit N shows more of them.");
    session.note("Get one with \"bw clone NAME --hub {}\".", session.shown(hub.string()));
  }
  return 0;
}

}  // namespace

void declare_search(Commands& commands) {
  Command& command = commands.add("search", Purpose::together, "Find worlds on a Hub");
  SearchArguments& given = command.runs(run);
  command.argument(given.words, "QUERY", "words in any language; none with a filter");
  command
      .option("--hub", given.hub, "DIR",
              "the Hub (default: the one here, the one this world was published to, or the setting `hub`)")
      .offer_folders();
  command.option("--sdg", given.sdg, "N", "only worlds with this Sustainable Development Goal, 1 to 17");
  command.option("--behaviour", given.behaviour, "ID", "only worlds that have this behaviour");
  command.option("--limit", given.limit, "N", "at most so many, 1 to 1000 (default: 20)");
  command.description =
      "Finds worlds whose name, title, summary, vision, goals or behaviours hold all the words, best first. "
      "Upper and "
      "lower case, wide and narrow letters are the same; a word of three letters or more also finds longer "
      "ones that "
      "begin with it. Chinese, Japanese, Korean and Thai words of any length are found.\n\n"
      "That nothing is found is an answer like another: exit code 0 and an empty list, as with `bw log`.";
  command.examples = {{"bw search 急救 --hub ~/hub", "Worlds about first aid"},
                      {"bw search cpr training --hub ~/hub", "Both words"},
                      {"bw search --sdg 3 --hub ~/hub", "All worlds for good health"},
                      {"bw search --behaviour map-aed --hub ~/hub", "Where AEDs are mapped"}};
  command.json = {
      {"results",
       "objects with world (its id), name, title, summary, size (of the listed checkpoint), sdgs, "
       "matched (where the words are), behaviours (that match: id and title) and remotes (the "
       "Hub's copy first)"},
      {"more", "whether the limit left some out"}};
  command.see_also = {"clone", "publish", "hub"};
}

}  // namespace bw::cli
