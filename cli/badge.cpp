// bw badge: who achieved what.

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "tools/achievement/achievement_tool.h"

namespace bw::cli {
namespace {

const AchievementTool& achievements_of(const Seen& seen) {
  return seen.fold->tool<AchievementTool>();
}

struct Whose {
  std::optional<std::string> person;
};

int list(Session& session, const Whose& given) {
  const Seen seen = look_ahead(session);
  const std::int64_t now = session.environment.now().seconds;
  std::optional<std::string> only;
  if (given.person) only = did_in(*given.person);
  Json badges = Json::array(), held = Json::array();
  Table kinds({{"BADGE"}, {"BY"}, {"HELD BY", Align::right}, {"TITLE"}});
  if (achievements_of(seen).badges()) {
    for (const Badge& badge : *achievements_of(seen).badges()) {
      const auto& all = achievements_of(seen).held();
      const auto holders = std::count_if(all.begin(), all.end(), [&](const auto& each) {
        return each.first.first == badge.id && achievements_of(seen).find(badge.id, each.first.second, now);
      });
      badges.push_back({{"id", badge.id}, {"by", name_of(badge.by)}, {"holders", holders}});
      kinds.row({{badge.id, Style::name},
                 std::string(name_of(badge.by)),
                 std::to_string(holders),
                 badge.title.in(session.language())});
    }
  }
  Table holders({{"BADGE"}, {"PERSON"}, {"SINCE"}, {"UNTIL"}, {"FOR"}});
  for (const auto& [place, one] : achievements_of(seen).held()) {
    const std::string did = seen.fold->people().name(place.second).text();
    if (only && did != *only) continue;
    const bool expired = one.until && *one.until <= now;
    held.push_back({{"badge", place.first},
                    {"person", did},
                    {"since", one.since},
                    {"until", one.until ? Json(*one.until) : Json(nullptr)},
                    {"expired", expired},
                    {"index", one.index},
                    {"event", one.cause.text()}});
    holders.row({{place.first, Style::name},
                 seen.name(place.second),
                 seen.clock(one.since),
                 {one.until ? seen.clock(*one.until) : "", expired ? Style::warning : Style::plain},
                 one.cause.short_text()});
  }
  if (session.json()) {
    session.print_json({{"badges", badges}, {"held", held}});
    return 0;
  }
  if (kinds.empty()) session.note("This world has no badges.");
  if (!kinds.empty() && !only) session.print(kinds);
  if (!holders.empty() && !only) session.print("\n");
  if (!holders.empty()) session.print(holders);
  return 0;
}

struct Awarding {
  std::string badge, person;
};

int award(Session& session, const Awarding& given) {
  return record_and_tell(session, "badge.awarded",
                         {{"badge", given.badge}, {"person", did_in(given.person)}});
}
int revoke(Session& session, const Awarding& given) {
  return record_and_tell(session, "badge.revoked",
                         {{"badge", given.badge}, {"person", did_in(given.person)}});
}

// ---- occasions

struct Opening_ {
  std::string badge, code, until;
};

int open(Session& session, const Opening_& given) {
  const World world = open_world_of(session);
  return record_and_tell(session, "occasion.opened",
                         {{"badge", given.badge},
                          {"code", occasion_commitment(given.code).hex()},
                          {"until", parse_time(session, world, given.until).seconds}});
}

struct Coming {
  std::string occasion, code;
};

int attend(Session& session, const Coming& given) {
  const World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId occasion = resolve_event(session.environment, world, given.occasion);
  return record_and_tell(session, "occasion.attended",
                         {{"occasion", occasion.text()},
                          {"proof", attendance_proof(given.code, me.signer->did().text()).hex()}});
}

int close(Session& session, const Coming& given) {
  const World world = open_world_of(session);
  const EventId occasion = resolve_event(session.environment, world, given.occasion);
  return record_and_tell(session, "occasion.closed", {{"code", given.code}, {"occasion", occasion.text()}});
}

std::vector<Candidate> badge_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  if (!achievements_of(seen).badges()) return candidates;
  for (const Badge& badge : *achievements_of(seen).badges())
    candidates.push_back({badge.id, badge.title.in(session.language())});
  return candidates;
}

std::vector<Candidate> occasion_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const auto& [id, occasion] : achievements_of(seen).occasions())
    candidates.push_back({id.short_text(), occasion.badge});
  return candidates;
}

void declare_awarding(Command& noun) {
  const auto verb = [&](const char* name, const char* summary, int (*run)(Session&, const Awarding&),
                        const char* refused) {
    Command& command = noun.verb(name, summary);
    Awarding& given = command.runs(run);
    command.argument(given.badge, "BADGE", "the badge").offer(badge_candidates);
    command.argument(given.person, "ACTOR", "whose");
    command.description = "Only those whom the rules name for that badge.";
    command.examples = {
        {fmt::format("bw badge {} helper z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", name), summary}};
    command.json = recorded_members();
    command.exit_codes = {{4, refused}};
    command.see_also = {"submit"};
  };
  verb("award", "Award a badge", award, "you do not award it, or that person holds it already");
  verb("revoke", "Revoke a badge", revoke, "you do not revoke it, or that person does not hold it");
}

void declare_occasion(Commands& commands) {
  Command& noun = commands.add("occasion", Purpose::together, "Prove that somebody was there");
  noun.description =
      "Who opens an occasion commits to a code and says it to those who are there. They prove that they "
      "heard it, which "
      "helps nobody else; when the occasion is closed with the code, every proof is checked, and who was "
      "right has the "
      "badge.";
  Command& opening = noun.verb("open", "Open an occasion");
  Opening_& opened = opening.runs(open);
  opening.argument(opened.badge, "BADGE", "what those who were there get").offer(badge_candidates);
  opening.argument(opened.code, "CODE", "what only they hear");
  opening.argument(opened.until, "TIME", "until when they can say so");
  opening.description = "Choose a code that nobody guesses.";
  opening.examples = {{"bw occasion open training-day tulip-mast-47 2026-11-20T18:00", "A training"}};
  opening.json = recorded_members();
  opening.exit_codes = {{4, "you do not open occasions for that badge"}};
  opening.see_also = {"badge", "submit"};

  Command& attending = noun.verb("attend", "Say that you were there");
  Coming& came = attending.runs(attend);
  attending.argument(came.occasion, "OCCASION", "the occasion").offer(occasion_candidates);
  attending.argument(came.code, "CODE", "what you heard there");
  attending.description = "The code itself does not leave your machine.";
  attending.examples = {{"bw occasion attend 3f2a91 tulip-mast-47", "I was there"}};
  attending.json = recorded_members();
  attending.exit_codes = {{4, "it is over, or you have said so"}};
  attending.see_also = {"submit"};

  Command& closing = noun.verb("close", "Close an occasion, and tell its code");
  Coming& closed = closing.runs(close);
  closing.argument(closed.occasion, "OCCASION", "the occasion").offer(occasion_candidates);
  closing.argument(closed.code, "CODE", "the code");
  closing.description = "From then on anyone can check who was there.";
  closing.examples = {{"bw occasion close 3f2a91 tulip-mast-47", "It is over"}};
  closing.json = recorded_members();
  closing.exit_codes = {{4, "you did not open it, or that is not its code"}};
  closing.see_also = {"submit"};
}

}  // namespace

void declare_badge(Commands& commands) {
  Command& noun = commands.add("badge", Purpose::together, "See and award badges");
  noun.description =
      "Badges for deeds, streaks, milestones, attendance and exams come by themselves; others are awarded.";
  Command& listing = noun.verb("list", "List the badges, and who holds them");
  Whose& whose = listing.runs(list);
  listing.argument(whose.person, "ACTOR", "only what this person holds");
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw badge list", "All badges"}};
  listing.json = {{"badges", "for each: id, by, holders"},
                  {"held", "for each: badge, person, since, until, expired, index, event"}};
  listing.see_also = {"exam", "explain"};
  declare_awarding(noun);
  declare_occasion(commands);
}

}  // namespace bw::cli
