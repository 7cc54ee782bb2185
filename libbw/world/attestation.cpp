#include "world/attestation.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/body_reader.h"
#include "world/correction.h"

namespace bw {
namespace {

Event append(const Environment& environment, const World& world, const Signer& signer, std::string kind,
             Json body, const Explanation& explanation) {
  NewEntry entry{{.at = environment.now(),
                  .kind = std::move(kind),
                  .body = std::move(body),
                  .details = {},
                  .world = world.id()},
                 explanation_openings(explanation, environment.random),
                 std::nullopt};
  return open_journal(environment, world.id())
      .append(signer, environment.random,
              [&](const std::vector<JournalEntry>&) { return std::vector<NewEntry>{entry}; })
      .front();
}

// The claim that an event is, or corrects.
KnownEvent claim_behind(const Environment& environment, const World& world, const EventId& id) {
  KnownEvent known = require_event(environment, world, id);
  if (const auto target = target_of(known.event)) known = require_event(environment, world, *target);
  if (!is_claim_kind(known.event.kind)) {
    throw Error(ErrorCode::invalid,
                fmt::format("event {} is of the kind {}, which nobody attests", known.event.id.short_text(),
                            known.event.kind),
                "what somebody says that she did can be attested: bw attest lists what waits for you");
  }
  if (!known.index) {
    throw Error(ErrorCode::invalid, "event " + known.event.id.short_text() + " is not in the log yet",
                "a claim is attested once the world has it");
  }
  return known;
}

// Why a word of mine about what stands now will not count as it is; empty where it will.
std::string remark_on(const World& world, const Did& me, const Standing& standing, bool supports) {
  if (standing.state == Standing::State::own_word && supports)
    return "the behaviour asks for nobody's word but its author's; yours is shown beside it";
  if (standing.state == Standing::State::unruled)
    return "no definition in force then knew the behaviour, so nothing decides when it is verified";
  const bool member = world.stream.authority.members().contains(me);
  if (!member && supports)
    return "you have not joined this world: a word of somebody who has not is no member's";
  return "";
}

// What I said of this version last, in the log with effect or in my journal: whether it supports.
std::optional<bool> last_word(const Environment& environment, const World& world, const Did& me,
                              const Standing& standing) {
  std::optional<std::pair<EventId, bool>> said;
  for (const Attestation& word : standing.attestations) {
    if (word.by == me && word.version == standing.version && word.without_effect.empty())
      said = {word.id, word.supports};
  }
  for (const JournalEntry& entry : open_journal(environment, world.id()).read()) {
    const Event& event = entry.event;
    if (entry.undone || event.actor != me || world.stream.ids.find(event.id)) continue;
    const Json body = event.body();
    if (event.kind == "event.attested" && body.value("event", "") == standing.version.text()) {
      said = {event.id, body.value("verdict", "") == "supports"};
    } else if (event.kind == "event.retracted" && said && target_of(event) == said->first) {
      said.reset();
    }
  }
  return said ? std::optional(said->second) : std::nullopt;
}

}  // namespace

std::vector<JournalOpening> explanation_openings(const Explanation& explanation, const Random& random) {
  std::vector<JournalOpening> openings;
  if (explanation.note && !explanation.note->empty())
    openings.push_back({note_opening(*explanation.note, random), explanation.visibility});
  for (Opening& opening : make_evidence(read_evidence_files(explanation.evidence), random))
    openings.push_back({std::move(opening), explanation.visibility});
  return openings;
}

bool is_word_kind(std::string_view kind) {
  return kind == "event.attested" || kind == "thanks.given";
}

std::optional<Thanks> thanks_of(const Event& event) {
  if (event.kind != "thanks.given") return std::nullopt;
  const Json body = event.body();
  BodyReader reader(body);
  const auto about = reader.digest_or_null("event");
  Thanks thanks{reader.did("to"), about ? std::optional(EventId{*about}) : std::nullopt};
  if (!reader.problem().empty()) return std::nullopt;
  return thanks;
}

Recorded record_attestation(const Environment& environment, const World& world, const Signer& signer,
                            const EventId& id, bool supports, const Explanation& explanation) {
  const Did& me = signer.did();
  const KnownEvent claim = claim_behind(environment, world, id);
  const Authority& authority = world.stream.authority;
  if (person_of(authority, claim.event.actor) == person_of(authority, me)) {
    throw Error(ErrorCode::refused, "event " + claim.event.id.short_text() + " is your own",
                "others attest it; put it right with bw log --correct or --retract");
  }
  const auto standing = read_standings(environment, world).of(claim.event, *claim.index);
  if (!standing) {
    throw Error(ErrorCode::invalid,
                "event " + claim.event.id.short_text() + " is under no checkpoint yet and can still move",
                "try again after bw pull");
  }
  if (standing->state == Standing::State::retracted) {
    throw Error(ErrorCode::refused, "event " + claim.event.id.short_text() +
                                        " was retracted by its author: nothing is left to attest");
  }
  const bool explains = explanation.note || !explanation.evidence.empty();
  if (last_word(environment, world, me, *standing) == supports && !explains) {
    throw Error(ErrorCode::invalid,
                fmt::format("you {} event {} already", supports ? "support" : "dispute",
                            standing->version.short_text()),
                supports ? "say otherwise with --dispute, or explain it with --note or --evidence"
                         : "explain it with --note or --evidence, or support it without --dispute");
  }
  Recorded recorded{
      append(environment, world, signer, "event.attested",
             {{"event", standing->version.text()}, {"verdict", supports ? "supports" : "disputes"}},
             explanation),
      {}};
  if (std::string remark = remark_on(world, me, *standing, supports); !remark.empty())
    recorded.notes.push_back(std::move(remark));
  return recorded;
}

Recorded record_thanks(const Environment& environment, const World& world, const Signer& signer,
                       const Did& to, const std::optional<std::string>& note, Visibility visibility) {
  const Authority& authority = world.stream.authority;
  if (person_of(authority, to) == person_of(authority, signer.did()))
    throw Error(ErrorCode::refused, "nobody thanks herself", "name somebody else");
  if (!authority.members().contains(to) && !authority.may_append(to) &&
      !authority.devices().contains(person_of(authority, to))) {
    throw Error(ErrorCode::invalid, fmt::format("{} has not joined {}", to.text(), world.name()),
                "thank for an event of hers: bw thank EVENT");
  }
  return {append(environment, world, signer, "thanks.given", {{"event", nullptr}, {"to", to.text()}},
                 {note, {}, visibility}),
          {}};
}

Recorded record_thanks_for(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& event, const std::optional<std::string>& note,
                           Visibility visibility) {
  const KnownEvent known = require_event(environment, world, event);
  const Did& to = known.event.actor;
  const Authority& authority = world.stream.authority;
  if (person_of(authority, to) == person_of(authority, signer.did())) {
    throw Error(ErrorCode::refused, "event " + event.short_text() + " is your own, and nobody thanks herself",
                "name somebody else's");
  }
  return {append(environment, world, signer, "thanks.given", {{"event", event.text()}, {"to", to.text()}},
                 {note, {}, visibility}),
          {}};
}

}  // namespace bw
