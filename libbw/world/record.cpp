#include "world/record.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "world/claim.h"
#include "world/correction.h"
#include "world/receipts.h"
#include "world/ruling_definition.h"
#include "world/tool_event.h"

namespace bw {
namespace {

constexpr std::int64_t day = 86400;

bool accepts(const EvidenceRule& rule, std::initializer_list<EvidenceKind> kinds) {
  return rule.kinds.empty() || std::any_of(kinds.begin(), kinds.end(), [&](EvidenceKind kind) {
           return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
         });
}

// What a file shows is for people to judge; here it only matters that something of the kind is there.
bool has_evidence(const EvidenceRule& rule, const Deed& deed) {
  using enum EvidenceKind;
  return (!deed.evidence.empty() && accepts(rule, {photo, document, measurement})) ||
         (deed.note && !deed.note->empty() && accepts(rule, {text, link})) ||
         (deed.place && accepts(rule, {place}));
}

void require_evidence(const Behaviour& behaviour, const Deed& deed) {
  if (behaviour.evidence.need != EvidenceNeed::required || has_evidence(behaviour.evidence, deed)) return;
  std::vector<std::string_view> kinds;
  for (const EvidenceKind kind : behaviour.evidence.kinds) kinds.push_back(name_of(kind));
  throw Error(
      ErrorCode::refused,
      fmt::format("{} needs evidence{}{}", behaviour.id, kinds.empty() ? "" : ": ", fmt::join(kinds, " or ")),
      "attach it: --evidence FILE for a file, --note for words or a link, --place for a place");
}

// Who may pass a gate is for the state to say; only a gated behaviour pays for asking it.
void require_gate(const Environment& environment, const World& world, const Did& me,
                  const Behaviour& behaviour) {
  if (!behaviour.gate) return;
  const auto state = expected_state(environment, world);
  const auto person = state->people().find(me);
  if (!person || !state->is_in(*person, *behaviour.gate)) {
    throw Error(ErrorCode::refused, fmt::format("{} counts only of {}", behaviour.id, *behaviour.gate),
                "bw status tells what you hold");
  }
}

void require_past(Timestamp at, Timestamp now) {
  if (at > now) throw Error(ErrorCode::invalid, at.text() + " lies in the future", "log it when it is done");
}

void require_fit(const std::string& problem, std::string_view hint) {
  if (!problem.empty()) throw Error(ErrorCode::invalid, problem, std::string(hint));
}

// The person's word counts for all that she adds, the definition's field by field.
Visibility visibility_of(const Deed& deed, DefaultVisibility otherwise) {
  if (deed.visibility) return *deed.visibility;
  switch (otherwise) {
    case DefaultVisibility::public_:
      return Visibility::public_;
    case DefaultVisibility::sealed:
      return Visibility::sealed;
    case DefaultVisibility::private_:
      break;
  }
  return Visibility::private_;
}

// Note, place and evidence of a deed with who may see them.
std::vector<JournalOpening> openings_of(const Deed& deed, const DefaultVisibilities& defaults,
                                        const Random& random) {
  std::vector<JournalOpening> openings;
  if (deed.note && !deed.note->empty())
    openings.push_back({note_opening(*deed.note, random), visibility_of(deed, defaults.note)});
  if (deed.place) {
    openings.push_back(
        {make_opening("place", place_json(*deed.place), random), visibility_of(deed, defaults.place)});
  }
  for (Opening& opening : make_evidence(read_evidence_files(deed.evidence), random)) {
    openings.push_back({std::move(opening), visibility_of(deed, defaults.evidence)});
  }
  return openings;
}

// What stewards refused uses up no limit.
std::set<EventId> refused_events(const World& world, const Did& me) {
  std::set<EventId> refused;
  for (const Receipt& receipt : my_receipts(world, me).receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      if (verdict.kind == Verdict::Kind::refused) refused.insert(verdict.event);
    }
  }
  return refused;
}

// Appends one entry with a claim, unless a limit forbids it. The journal is counted under its lock, so
// that of two processes that would together exceed a limit the second is refused.
Event append_claim(const Environment& environment, const World& world, const Signer& signer,
                   const Definition& definition, const Behaviour& behaviour, const StandingClaim& claim,
                   const std::optional<EventId>& replaced, NewEntry entry) {
  std::vector<Event> in_log;
  std::set<EventId> refused;
  if (!behaviour.limits.empty()) {
    std::int64_t since = claim.at.seconds;
    for (const Limit& limit : behaviour.limits) {
      since = std::min(since, window_of(limit.per, claim.at, definition.utc_offset).begin);
    }
    in_log = own_events_in_log(world, signer.did(), {since});
    refused = refused_events(world, signer.did());
  }
  const auto decide = [&](const std::vector<JournalEntry>& journal) -> std::vector<NewEntry> {
    if (!behaviour.limits.empty()) {
      const StandingClaims standing = standing_claims(in_log, journal, world, signer.did(), refused);
      require_within_limits(definition, behaviour, claim, standing, replaced);
    }
    return {std::move(entry)};
  };
  return open_journal(environment, world.id()).append(signer, environment.random, decide).front();
}

Event append_one(const Environment& environment, const World& world, const Signer& signer, NewEntry entry) {
  const auto decide = [&](const std::vector<JournalEntry>&) -> std::vector<NewEntry> {
    return {std::move(entry)};
  };
  return open_journal(environment, world.id()).append(signer, environment.random, decide).front();
}

// The claim leaves the body for a detail of its own. Limits are counted when it is revealed.
void conceal(NewEntry& entry, const Claim& claim, const Random& random) {
  entry.draft.body = Json::object();
  entry.openings.push_back(
      {make_opening(std::string(concealed_claim), claim.body(), random), Visibility::private_});
}

}  // namespace

std::vector<EvidenceFile> read_evidence_files(const std::vector<std::filesystem::path>& paths) {
  if (paths.size() > max_evidence_files) {
    throw Error(
        ErrorCode::invalid,
        fmt::format("{} files are more than an event can carry ({})", paths.size(), max_evidence_files),
        "put them into an archive first");
  }
  std::vector<EvidenceFile> files;
  std::size_t left = max_evidence_bytes;
  for (const auto& path : paths) {
    EvidenceFile file{path.filename().string(), read_file(path, left, Links::follow)};
    if (!is_utf8(file.name)) {
      throw Error(ErrorCode::invalid, "the name of the file " + printable(file.name) + " is not UTF-8",
                  "rename it");
    }
    left -= file.content.size();
    files.push_back(std::move(file));
  }
  return files;
}

Recorded record(const Environment& environment, const World& world, const Signer& signer, const Deed& deed) {
  const Definition definition = ruling_definition(environment, world);
  const Behaviour& behaviour = require_behaviour(definition, deed.behaviour);
  require_gate(environment, world, signer.did(), behaviour);
  const Claim claim{behaviour.id, deed.quantity.value_or(Decimal(1)), behaviour.unit};
  require_fit(unit_problem(behaviour, deed.unit.value_or(behaviour.unit)), "convert the quantity first");
  require_fit(quantity_problem(definition, behaviour, claim.quantity), "");
  const Timestamp now = environment.now();
  const Timestamp at = deed.at.value_or(now);
  require_past(at, now);
  require_evidence(behaviour, deed);

  NewEntry entry{
      {.at = at, .kind = "behaviour.logged", .body = claim.body(), .details = {}, .world = world.id()},
      openings_of(deed, deed.conceal ? DefaultVisibilities{} : behaviour.visibility, environment.random),
      std::nullopt};
  if (deed.conceal) conceal(entry, claim, environment.random);
  Recorded recorded{deed.conceal ? append_one(environment, world, signer, std::move(entry))
                                 : append_claim(environment, world, signer, definition, behaviour,
                                                {claim, at}, std::nullopt, std::move(entry)),
                    {}};
  if (deed.conceal)
    recorded.notes.emplace_back("it counts once you reveal it: bw reveal " + recorded.event.id.short_text());
  if (now.seconds - at.seconds > definition.grace.seconds) {
    recorded.notes.push_back(fmt::format(
        "{} is longer ago than this world's grace of {} days: it earns nothing by itself, and counts "
        "once a steward confirms it",
        at.text(), definition.grace.seconds / day));
  }
  return recorded;
}

Event record_revealed_claim(const Environment& environment, const World& world, const Signer& signer,
                            const Event& concealed, const Opening& claim) {
  const auto journal = open_journal(environment, world.id()).read();
  const StandingClaims standing =
      standing_claims(own_events_in_log(world, signer.did(), concealed.at), journal, world, signer.did(),
                      refused_events(world, signer.did()));
  if (standing.contains(concealed.id))
    throw Error(ErrorCode::refused, "event " + concealed.id.short_text() + " was revealed already");
  require_own_claim(environment, world, signer.did(), concealed.id);  // not retracted
  const Json value = Json::parse(claim.value_text);
  NewEntry entry{
      {.at = environment.now(),
       .kind = "event.revealed",
       .body = {{"event", concealed.id.text()}, {"salt", to_base64url(claim.salt)}, {"value", value}},
       .details = {},
       .world = world.id()},
      {},
      std::nullopt};
  const LoadedDefinition loaded = adopted_definition(world);
  const Definition& definition = require_definition(loaded);
  const Behaviour& behaviour = require_behaviour(definition, value.at("behaviour").get<std::string>());
  const auto quantity = Decimal::parse(value.at("quantity").get<std::string>());
  if (!quantity) throw Error(ErrorCode::invalid, "the concealed quantity: " + quantity.reason());
  const Claim made{behaviour.id, *quantity, value.at("unit").get<std::string>()};
  require_fit(unit_problem(behaviour, made.unit), "");
  require_fit(quantity_problem(definition, behaviour, made.quantity), "");
  return append_claim(environment, world, signer, definition, behaviour, {made, concealed.at}, concealed.id,
                      std::move(entry));
}

Recorded record_correction(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id, const Deed& deed) {
  if (deed.at) {
    throw Error(ErrorCode::usage, "a correction keeps the time of what it corrects",
                "retract the event and log it again with its right time");
  }
  const OwnClaim own = require_own_claim(environment, world, signer.did(), id);
  if (is_concealed(own.event) && !own.claim) {
    throw Error(ErrorCode::refused, "the claim of event " + id.short_text() + " is concealed",
                "reveal it first (bw reveal " + id.short_text() + "), or retract it");
  }
  if (!own.claim) {
    throw Error(ErrorCode::invalid,
                "event " + id.short_text() + " is a table, which is not corrected in parts",
                "retract it and load the mended file");
  }
  const Definition definition = ruling_definition(environment, world);
  const Behaviour& behaviour =
      require_behaviour(definition, deed.behaviour.empty() ? own.claim->behaviour : deed.behaviour);
  const Claim claim{behaviour.id, deed.quantity.value_or(own.claim->quantity), behaviour.unit};
  require_fit(unit_problem(behaviour, deed.unit.value_or(behaviour.unit)), "convert the quantity first");
  require_fit(quantity_problem(definition, behaviour, claim.quantity),
              "retract the event where nothing of it is true: --retract " + id.short_text());

  Json body = claim.body();
  body["event"] = id.text();
  NewEntry entry{
      {.at = environment.now(), .kind = "event.corrected", .body = body, .details = {}, .world = world.id()},
      openings_of(deed, behaviour.visibility, environment.random),
      std::nullopt};
  if (claim == *own.claim && entry.openings.empty()) {
    throw Error(ErrorCode::invalid, "event " + id.short_text() + " says this already",
                "name what is to change");
  }
  return {append_claim(environment, world, signer, definition, behaviour, {claim, own.event.at}, id,
                       std::move(entry)),
          {}};
}

}  // namespace bw
