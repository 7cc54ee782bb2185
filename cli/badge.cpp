// bw badge: who achieved what.

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "credential/badge_image.h"
#include "credential/baking.h"
#include "tools/achievement/achievement_tool.h"
#include "world/badges.h"

namespace bw::cli {
namespace {

const AchievementTool& achievements_of(const Seen& seen) {
  return seen.fold->tool<AchievementTool>();
}

struct Whose {
  std::optional<std::string> person;
};

int list_badges(Session& session, const Whose& given) {
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

int open_occasion(Session& session, const Opening_& given) {
  const World world = open_world_of(session);
  return record_and_tell(session, "occasion.opened",
                         {{"badge", given.badge},
                          {"code", occasion_commitment(given.code).hex()},
                          {"until", parse_time(session, world, given.until).seconds}});
}

struct Coming {
  std::string occasion, code;
};

int attend_occasion(Session& session, const Coming& given) {
  const World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId occasion = resolve_event(session.environment, world, given.occasion);
  return record_and_tell(session, "occasion.attended",
                         {{"occasion", occasion.text()},
                          {"proof", attendance_proof(given.code, me.signer->did().text()).hex()}});
}

int close_occasion(Session& session, const Coming& given) {
  const World world = open_world_of(session);
  const EventId occasion = resolve_event(session.environment, world, given.occasion);
  return record_and_tell(session, "occasion.closed", {{"code", given.code}, {"occasion", occasion.text()}});
}

// ---- export, verify

struct Exporting {
  std::string badge, person;
  std::filesystem::path file;
};

std::string drawn(const ExportedBadge& badge, const std::filesystem::path& file) {
  const credential::BadgeImage image{badge.badge, badge.title, badge.world_name};
  if (file.extension() == ".svg") return credential::bake_svg(credential::draw_svg(image), badge.credential);
  if (file.extension() == ".png") return credential::bake_png(credential::draw_png(image), badge.credential);
  if (file.extension() == ".json") return badge.credential;
  throw Error(ErrorCode::usage, "a badge is written as .json, .svg or .png",
              "give the file one of these endings");
}

int export_one(Session& session, const Exporting& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const ExportedBadge badge = export_badge(session.environment, world, *me.signer, given.badge,
                                           *Did::parse(did_in(given.person)), session.language());
  write_file(given.file, drawn(badge, given.file));
  if (session.json()) {
    session.print_json(
        {{"badge", badge.badge}, {"file", given.file.string()}, {"credential", badge.credential}});
  } else {
    session.print("{}\n", session.shown(given.file.string()));
  }
  if (badge.announced && !submit_at_once(session, world, *me.signer, {badge.announced->id}))
    session.note("Your credential key is new to this world; submit its announcement: `bw submit`.");
  return 0;
}

struct Checking {
  std::filesystem::path file;
};

// The world one is in, where one is in any.
std::optional<World> world_here(Session& session) {
  try {
    return open_world_of(session);
  } catch (const Error&) {
    return std::nullopt;  // a badge is verified anywhere
  }
}

int verify(Session& session, const Checking& given) {
  const auto world = world_here(session);
  const VerifiedBadge verified = verify_badge(session.environment, world ? &*world : nullptr,
                                              read_file(given.file, credential::max_picture_bytes));
  const auto& badge = verified.badge;
  if (session.json()) {
    Json standing = nullptr;
    if (verified.standing) {
      standing = {
          {"issuer", verified.standing->issuer ? Json(verified.standing->issuer->text()) : Json(nullptr)},
          {"issuer_is_steward", verified.standing->issuer_is_steward},
          {"holds", verified.standing->holds},
          {"event_in_log", verified.standing->event_in_log}};
    }
    session.print_json({{"ok", verified.ok()},
                        {"problems", verified.problems},
                        {"achievement", badge.achievement.name},
                        {"recipient", badge.recipient.text()},
                        {"issuer", badge.issuer.text()},
                        {"issuer_name", badge.issuer_name},
                        {"valid_from", badge.valid_from.text()},
                        {"valid_until", badge.valid_until ? Json(badge.valid_until->text()) : Json(nullptr)},
                        {"standing", standing}});
    return verified.ok() ? 0 : 1;
  }
  session.print("{}  of {}, issued by {}\n", session.styled(Style::heading, badge.achievement.name),
                badge.recipient.short_id(), session.shown(badge.issuer_name));
  for (const std::string& problem : verified.problems)
    session.print("  {} {}\n", session.styled(Style::bad, "refused"), session.shown(problem));
  if (verified.problems.empty())
    session.print("  {} the signature holds\n", session.styled(Style::good, "good"));
  if (!verified.standing) {
    session.note("In a copy of its world bw also says what the log knows of it.");
    return verified.ok() ? 0 : 1;
  }
  const auto tell = [&](bool good, const char* yes, const char* no) {
    session.print("  {} {}\n", session.styled(good ? Style::good : Style::bad, good ? "good" : "refused"),
                  good ? yes : no);
  };
  tell(verified.standing->issuer.has_value(), "the log announces the issuer's key",
       "the log announces no such issuer");
  tell(verified.standing->holds, "the recipient holds it", "the recipient does not hold it (any more)");
  tell(verified.standing->event_in_log, "the event is in the log",
       "the event that it names is not in the log");
  return verified.ok() ? 0 : 1;
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

void declare_export(Command& noun) {
  Command& exporting = noun.verb("export", "Write a badge as an Open Badge that anyone can verify");
  Exporting& exported = exporting.runs(export_one);
  exporting.argument(exported.badge, "BADGE", "the badge").offer(badge_candidates);
  exporting.argument(exported.person, "ACTOR", "who holds it");
  exporting.argument(exported.file, "FILE", "a credential (.json), or a picture with it inside (.svg, .png)");
  exporting.description =
      "An Open Badges 3.0 credential with a Data Integrity proof (eddsa-jcs-2022), issued with your "
      "credential key, which "
      "the log announces. It names the event of the log that it follows from.";
  exporting.examples = {
      {"bw badge export helper z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK badge.svg", "A picture"}};
  exporting.json = {{"badge", "its id"}, {"file", "what was written"}, {"credential", "its text"}};
  exporting.exit_codes = {{4, "that person does not hold it"}};
  exporting.see_also = {"prove"};

  Command& verifying = noun.verb("verify", "Verify a badge: its signature, and what its world says");
  Checking& checked = verifying.runs(bw::cli::verify);
  verifying.argument(checked.file, "FILE", "a credential, or a picture with one inside");
  verifying.description =
      "The signature is checked anywhere. In a copy of its world the log is asked as well: whose key issued "
      "it, whether the "
      "recipient holds it, and whether the event that it names is there.";
  verifying.examples = {{"bw badge verify badge.svg", "Any badge"}};
  verifying.json = {
      {"ok", "whether it holds"},
      {"problems", "what speaks against the credential, a sentence each"},
      {"achievement", "what was achieved"},
      {"recipient", "by whom"},
      {"issuer", "whose key issued it"},
      {"issuer_name", "and under what name"},
      {"valid_from", "since when"},
      {"valid_until", "until when, or null"},
      {"standing", "issuer, issuer_is_steward, holds, event_in_log; null outside of its world"}};
  verifying.exit_codes = {{1, "it does not hold"}};
  verifying.see_also = {"verify"};
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
  Opening_& opened = opening.runs(open_occasion);
  opening.argument(opened.badge, "BADGE", "what those who were there get").offer(badge_candidates);
  opening.argument(opened.code, "CODE", "what only they hear");
  opening.argument(opened.until, "TIME", "until when they can say so");
  opening.description = "Choose a code that nobody guesses.";
  opening.examples = {{"bw occasion open training-day tulip-mast-47 2026-11-20T18:00", "A training"}};
  opening.json = recorded_members();
  opening.exit_codes = {{4, "you do not open occasions for that badge"}};
  opening.see_also = {"badge", "submit"};

  Command& attending = noun.verb("attend", "Say that you were there");
  Coming& came = attending.runs(attend_occasion);
  attending.argument(came.occasion, "OCCASION", "the occasion").offer(occasion_candidates);
  attending.argument(came.code, "CODE", "what you heard there");
  attending.description = "The code itself does not leave your machine.";
  attending.examples = {{"bw occasion attend 3f2a91 tulip-mast-47", "I was there"}};
  attending.json = recorded_members();
  attending.exit_codes = {{4, "it is over, or you have said so"}};
  attending.see_also = {"submit"};

  Command& closing = noun.verb("close", "Close an occasion, and tell its code");
  Coming& closed = closing.runs(close_occasion);
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
  Command& noun = commands.add("badge", Purpose::together, "See, award, export and verify badges");
  noun.description =
      "Badges for deeds, streaks, milestones, attendance and exams come by themselves; others are awarded.";
  Command& listing = noun.verb("list", "List the badges, and who holds them");
  Whose& whose = listing.runs(list_badges);
  listing.argument(whose.person, "ACTOR", "only what this person holds");
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw badge list", "All badges"}};
  listing.json = {{"badges", "for each: id, by, holders"},
                  {"held", "for each: badge, person, since, until, expired, index, event"}};
  listing.see_also = {"exam", "explain"};
  declare_awarding(noun);
  declare_export(noun);
  declare_occasion(commands);
}

}  // namespace bw::cli
