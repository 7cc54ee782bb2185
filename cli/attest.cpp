// bw attest: say of somebody else's claim that it is so, or that it is not.

#include "base/error.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/attestation.h"

namespace bw::cli {
namespace {

struct AttestArguments {
  std::optional<std::string> event;
  bool dispute = false;
  std::optional<std::string> note, visibility;
  std::vector<std::filesystem::path> evidence;
};

constexpr std::size_t actor_digits = 12;

int list(Session& session, const World& world) {
  const Did me = require_identity(session.environment).did;
  const std::vector<AwaitedWord> words = awaited_words(session.environment, world, me);
  if (session.json()) {
    Json claims = Json::array();
    for (const AwaitedWord& word : words) {
      Json claim = item_json(word.item);
      claim["standing"] = standing_json(word.standing);
      claims.push_back(std::move(claim));
    }
    session.print_json({{"world", world.id().text()}, {"claims", std::move(claims)}});
    return 0;
  }
  if (words.empty()) {
    session.note("Nothing waits for your word here.");
    return 0;
  }
  session.page();
  const UtcOffset offset = offset_of(world);
  Table table({{"ID"}, {"WHEN"}, {"WHO"}, {"WHAT"}, {"STANDING"}});
  for (const AwaitedWord& word : words) {
    table.row({{word.item.event.id.short_text(), Style::name},
               clock_time(word.item.event.at, offset),
               {word.item.event.actor.short_id().substr(0, actor_digits), Style::faint},
               word.item.sentence,
               {word.standing.sentence(), Style::warning}});
  }
  session.print(table);
  session.note("Look with `bw show ID`, then: bw attest ID, or bw attest ID --dispute");
  return 0;
}

int run_attest(Session& session, const AttestArguments& given) {
  const bool explains = given.note || given.visibility || !given.evidence.empty();
  if (!given.event && (given.dispute || explains)) {
    throw Error(ErrorCode::usage, "this says something, but not about which event",
                "name it: bw attest EVENT …");
  }
  World world = open_world_of(session);
  if (!given.event) return list(session, world);
  const Acting me = acting(session);
  Explanation explanation{.note = given.note, .evidence = given.evidence};
  if (given.visibility) explanation.visibility = parse_visibility(*given.visibility).value();
  const EventId event = resolve_event(session.environment, world, *given.event);
  return tell_recorded(
      session, world, *me.signer,
      record_attestation(session.environment, world, *me.signer, event, !given.dispute, explanation));
}

}  // namespace

void declare_attest(Commands& commands) {
  Command& command =
      commands.add("attest", Purpose::every_day, "Say that what somebody else claims is so, or is not");
  AttestArguments& given = command.runs(run_attest);
  command.argument(given.event, "EVENT", "whose claim it is; without it, lists what waits for your word")
      .offer(event_candidates);
  command.flag("--dispute", given.dispute, "say that it is not so");
  command.option("--note", given.note, "TEXT", "why, in a few words, at most 8 KiB");
  command.option("--evidence", given.evidence, "FILE", "a file that shows it; 16 MiB together");
  command.option("--visibility", given.visibility, "WHO", "who sees note and evidence (default: private)")
      .choose({"public", "private"});
  command.description =
      "A behaviour's definition says who confirms it: nobody else (self), so many members (peers), a "
      "steward, "
      "or a device that the stewards named. An attestation is your signed word about a claim of somebody "
      "else; "
      "when the log has enough of them from those whom the rule names, the claim is verified.\n\n"
      "Your word is about what the claim says now: where its author corrects it afterwards, it needs fresh "
      "words. Your last word on it counts; `bw log --retract` takes it back. A dispute takes nothing away "
      "and "
      "is always shown.\n\n"
      "Without an EVENT it lists the claims that wait for a word of somebody like you, oldest first.";
  command.examples = {{"bw attest", "What waits for your word"},
                      {"bw attest 3f2a91", "It is so"},
                      {"bw attest 3f2a91 --dispute --note \"there is no device\" --visibility public",
                       "It is not so, and why"}};
  command.json = {{"id", "the new event"},
                  {"event", "the new event itself"},
                  {"submitted", "whether it was sent at once"},
                  {"waiting", "how many events of yours wait to be submitted"},
                  {"notes", "what you should know about it"},
                  {"world", "without an EVENT: the world's id"},
                  {"claims", "without an EVENT: what waits for you, as `bw log --json` shows events"}};
  command.exit_codes = {{4, "the event is your own, or its author retracted it"}};
  command.see_also = {"log", "show", "thank", "submit"};
}

}  // namespace bw::cli
