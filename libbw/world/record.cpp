#include "world/record.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "world/claim.h"
#include "world/correction.h"
#include "world/receipts.h"
#include "world/ruling_definition.h"

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

void require_past(Timestamp at, Timestamp now) {
  if (at > now) throw Error(ErrorCode::invalid, at.text() + " lies in the future", "log it when it is done");
}

void require_fit(const std::string& problem, std::string_view hint) {
  if (!problem.empty()) throw Error(ErrorCode::invalid, problem, std::string(hint));
}

Visibility visibility_of(const Behaviour& behaviour, const Deed& deed) {
  if (deed.visibility) return *deed.visibility;
  // Until contents can be sealed to the stewards, a behaviour that asks for it gets the narrower
  // choice: what stayed private can still be opened later, what was public cannot be called back.
  return behaviour.visibility == DefaultVisibility::public_ ? Visibility::public_ : Visibility::private_;
}

// Note, place and evidence of a deed with who may see them.
std::vector<JournalOpening> openings_of(const Deed& deed, Visibility visibility, const Random& random) {
  std::vector<JournalOpening> openings;
  if (deed.note && !deed.note->empty()) openings.push_back({note_opening(*deed.note, random), visibility});
  if (deed.place) {
    const bool open = deed.visibility == Visibility::public_;
    openings.push_back({make_opening("place", place_json(*deed.place), random),
                        open ? Visibility::public_ : Visibility::private_});
  }
  for (Opening& opening : make_evidence(read_evidence_files(deed.evidence), random)) {
    openings.push_back({std::move(opening), visibility});
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
  const Claim claim{behaviour.id, deed.quantity.value_or(Decimal(1)), behaviour.unit};
  if (deed.unit) require_fit(unit_problem(behaviour, *deed.unit), "convert the quantity first");
  require_fit(quantity_problem(definition, behaviour, claim.quantity), "");
  const Timestamp now = environment.now();
  const Timestamp at = deed.at.value_or(now);
  require_past(at, now);
  require_evidence(behaviour, deed);

  NewEntry entry{
      {.at = at, .kind = "behaviour.logged", .body = claim.body(), .details = {}, .world = world.id()},
      openings_of(deed, visibility_of(behaviour, deed), environment.random),
      std::nullopt};
  Recorded recorded{append_claim(environment, world, signer, definition, behaviour, {claim, at}, std::nullopt,
                                 std::move(entry)),
                    {}};
  if (now.seconds - at.seconds > definition.grace.seconds) {
    recorded.notes.push_back(fmt::format(
        "{} is longer ago than this world's grace of {} days: it earns nothing by itself, and counts "
        "once a steward confirms it",
        at.text(), definition.grace.seconds / day));
  }
  return recorded;
}

Recorded record_correction(const Environment& environment, const World& world, const Signer& signer,
                           const EventId& id, const Deed& deed) {
  if (deed.at) {
    throw Error(ErrorCode::usage, "a correction keeps the time of what it corrects",
                "retract the event and log it again with its right time");
  }
  const OwnClaim own = require_own_claim(environment, world, signer.did(), id);
  if (!own.claim) {
    throw Error(ErrorCode::invalid,
                "event " + id.short_text() + " is a table, which is not corrected in parts",
                "retract it and load the mended file");
  }
  const Definition definition = ruling_definition(environment, world);
  const Behaviour& behaviour =
      require_behaviour(definition, deed.behaviour.empty() ? own.claim->behaviour : deed.behaviour);
  const Claim claim{behaviour.id, deed.quantity.value_or(own.claim->quantity), behaviour.unit};
  if (deed.unit) require_fit(unit_problem(behaviour, *deed.unit), "convert the quantity first");
  require_fit(quantity_problem(definition, behaviour, claim.quantity),
              "retract the event where nothing of it is true: --retract " + id.short_text());

  Json body = claim.body();
  body["event"] = id.text();
  NewEntry entry{
      {.at = environment.now(), .kind = "event.corrected", .body = body, .details = {}, .world = world.id()},
      openings_of(deed, visibility_of(behaviour, deed), environment.random),
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
