#include "cli/state_access.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/events.h"
#include "cli/world_access.h"
#include "world/tool_event.h"
#include "world/world_state.h"

namespace bw::cli {
namespace {

Seen seen_as(Session& session,
             std::unique_ptr<Fold> (*state)(const Environment& environment, const World& world)) {
  Seen seen{open_world_of(session), nullptr};
  seen.fold = state(session.environment, seen.world);
  if (!seen.fold->rules().definition)
    throw Error(ErrorCode::invalid,
                seen.world.name() + " has no definition in force that this version can read");
  return seen;
}

}  // namespace

std::string Seen::clock(std::int64_t recorded) const {
  return clock_time({recorded}, definition().utc_offset);
}

std::string Seen::name(PersonNumber person) const {
  return fold->people().name(person).short_id();
}

Seen look(Session& session) {
  return seen_as(session, current_state);
}

Seen look_ahead(Session& session) {
  return seen_as(session, expected_state);
}

int record_and_tell(Session& session, const char* kind, Json body, std::vector<JournalOpening> openings) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  return tell_recorded(
      session, world, *me.signer,
      {record_tool_event(session.environment, world, *me.signer, kind, std::move(body), std::move(openings)),
       {}});
}

std::string did_in(const std::string& text) {
  const auto did = text.starts_with("did:") ? Did::parse(text) : Did::from_short_id(text);
  if (!did) throw Error(ErrorCode::usage, did.reason(), "write did:key:z6Mk… or z6Mk…");
  return did->text();
}

std::string amount_in(const std::string& text) {
  const auto amount = Decimal::parse_lenient(text);
  if (!amount) {
    throw Error(ErrorCode::usage, fmt::format("\"{}\" is no amount: {}", printable(text), amount.reason()),
                "write it like 3 or 0.5");
  }
  return amount->text();
}

namespace {

using BodyOf = std::string (*)(Session& session, const std::string& given);

Command& declare_saying(Command& noun, const SayingVerb& verb, BodyOf value) {
  Command& command = noun.verb(verb.name, verb.summary);
  const auto given = std::make_shared<std::string>();
  command.argument(*given, verb.value, verb.help);
  command.run = [given, verb, value](Session& session) {
    return record_and_tell(session, verb.kind, {{verb.member, value(session, *given)}});
  };
  command.json = recorded_members();
  command.exit_codes = {{4, verb.refused}};
  command.see_also = {"submit", "explain"};
  return command;
}

std::string event_value(Session& session, const std::string& given) {
  const World world = open_world_of(session);
  return resolve_event(session.environment, world, given).text();
}

std::string person_value(Session& /*session*/, const std::string& given) {
  return did_in(given);
}

}  // namespace

Command& declare_about_event(Command& noun, const SayingVerb& verb, Candidates candidates) {
  Command& command = declare_saying(noun, verb, event_value);
  command.arguments.back().offer(std::move(candidates));
  command.examples = {{command.full_name() + " 3f2a91", verb.summary}};
  return command;
}

Command& declare_about_person(Command& noun, const SayingVerb& verb) {
  Command& command = declare_saying(noun, verb, person_value);
  command.examples = {
      {command.full_name() + " z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", verb.summary}};
  return command;
}

std::vector<Member> recorded_members() {
  return {{"id", "the new event"},
          {"event", "the new event itself"},
          {"submitted", "whether it was sent at once"},
          {"waiting", "how many events of yours wait to be submitted"},
          {"notes", "what you should know about it"}};
}

}  // namespace bw::cli
