#include "world/backing.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/checkpoint_rules.h"
#include "stream/definition_set.h"
#include "stream/log_reader.h"
#include "tlog/witness_request.h"
#include "tools/toolset.h"
#include "world/cosignatures.h"

namespace bw {
namespace {

// The witness's newest line in a note in which its cosignature counts.
const NoteSignature* line_of(const Note& note, const NoteVerifier& witness) {
  const NoteSignature* newest = nullptr;
  for (const NoteSignature& each : note.signatures) {
    if (each.name != witness.name || each.key_id != witness.key_id) continue;
    // The time comes first, in an order in which text compares as numbers do.
    if (newest == nullptr || newest->signature < each.signature) newest = &each;
  }
  return newest;
}

// Adds the witness's cosignature in `from` where it is newer than the one in `into`.
// One from the future says nothing about how fresh the note is.
void add_cosignature(Note& into, const NoteVerifier& witness, const Note& from, Timestamp now) {
  const auto theirs = cosigned_at(from, witness);
  if (theirs && theirs->seconds > now.seconds + max_clock_lead) return;
  const auto ours = cosigned_at(into, witness);
  if (!theirs || (ours && *ours >= *theirs)) return;
  if (!ours && into.signatures.size() == Note::max_signatures) return;
  into.add(*line_of(from, witness));
}

Backing standing_of(const Authority& authority, const Note& note) {
  Backing standing{note, *Checkpoint::parse(note.text), cosigned(note, witness_rule(authority)),
                   std::nullopt};
  if (!standing.behind.enough || authority.witness_quorum() == 0) return standing;
  std::vector<Timestamp> times;
  for (const Cosigned::By& by : standing.behind.by) times.push_back(by.at);
  std::sort(times.begin(), times.end(), [](Timestamp a, Timestamp b) { return a.seconds > b.seconds; });
  standing.since = times[authority.witness_quorum() - 1];
  return standing;
}

// Every checkpoint for which some witness's word is known here, each once, with all of them.
std::map<TreeSize, Note> known_notes(const git::Repository& repository, const StreamState& verified,
                                     Timestamp now) {
  std::map<TreeSize, Note> notes;
  const std::vector<NoteVerifier> log_keys = live_log_keys(verified.authority);
  const std::vector<WitnessRule> members = witness_rule(verified.authority).members;
  const auto add = [&](TreeSize size, const Note& note, const NoteVerifier& witness) {
    const auto present = notes.find(size);
    Note& into = present != notes.end() ? present->second
                                        : notes.emplace(size, signed_by(note, log_keys)).first->second;
    add_cosignature(into, witness, note, now);
  };
  for (const WitnessRule& member : members) {
    const auto oid = repository.ref(cosignature_ref(*member.witness));
    if (!oid) continue;
    for (const Note& note : read_cosignatures(repository, verified, *member.witness, *oid, now))
      add(Checkpoint::parse(note.text)->size, note, *member.witness);
  }
  if (const auto standing = cosigned_standing(repository, verified)) {
    for (const WitnessRule& member : members) add(standing->checkpoint.size, standing->note, *member.witness);
  }
  return notes;
}

std::optional<Duration> freshness_limit(const git::Repository& repository, const StreamState& verified) {
  const auto& adopted = verified.authority.adopted();
  if (!adopted) return std::nullopt;
  const git::Oid tree = repository.read_commit(*verified.head).tree;
  const LoadedDefinition loaded =
      load_definition(memory_source(read_definition_set(repository, tree, adopted->digest)));
  return loaded.definition ? loaded.definition->freshness : std::nullopt;
}

std::string warning_of(const WitnessedHead& head, const StreamState& verified, Timestamp now) {
  const std::string asked = fmt::format("{} of {} witnesses", head.quorum, head.named);
  if (!head.enough) {
    return fmt::format("this world asks for {}, and {} behind any checkpoint seen here", asked,
                       head.best ? fmt::format("only {} stand", head.best->behind.by.size()) : "none stands");
  }
  if (!head.frozen) return "";
  return fmt::format(
      "the head may be frozen: {} last saw it {}, and this world's limit is {}; ask home and other "
      "copies for what is new (\"bw pull\"){}",
      asked, age_text(*head.best->since, now), length_text(*head.limit),
      head.best->checkpoint.size < verified.covered() ? ", and the stewards why they see no more" : "");
}

}  // namespace

std::optional<Backing> cosigned_standing(const git::Repository& repository, const StreamState& verified) {
  if (!verified.cosigned) return std::nullopt;
  const auto note = read_checkpoint_note(repository, repository.read_commit(*verified.head).tree, "cosigned");
  if (!note) return std::nullopt;
  return standing_of(verified.authority, *note);
}

std::optional<Backing> best_standing(const git::Repository& repository, const StreamState& verified,
                                     Timestamp now) {
  std::optional<Backing> most;
  const std::map<TreeSize, Note> notes = known_notes(repository, verified, now);
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
    Backing standing = standing_of(verified.authority, note->second);
    if (standing.behind.enough) return standing;
    if (!most || standing.behind.by.size() > most->behind.by.size()) most = std::move(standing);
  }
  return most && !most->behind.by.empty() ? most : std::nullopt;
}

std::optional<WitnessedHead> witnessed_head(const git::Repository& repository, const StreamState& verified,
                                            Timestamp now) {
  const Authority& authority = verified.authority;
  if (!authority.exists() || authority.witness_quorum() == 0) return std::nullopt;
  WitnessedHead head;
  head.named = authority.witnesses().size();
  head.quorum = authority.witness_quorum();
  head.best = best_standing(repository, verified, now);
  head.limit = freshness_limit(repository, verified);
  head.enough = head.best && head.best->behind.enough;
  head.frozen = head.limit && (!head.enough || head.best->since->seconds + head.limit->seconds < now.seconds);
  head.warning = warning_of(head, verified, now);
  return head;
}

std::string length_text(Duration length) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  const auto told = [&](std::int64_t unit, const char* name) {
    const std::int64_t count = length.seconds / unit;
    return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
  };
  if (length.seconds >= 2 * day) return told(day, "day");
  if (length.seconds >= 2 * hour) return told(hour, "hour");
  if (length.seconds >= 2 * minute) return told(minute, "minute");
  return told(1, "second");
}

std::string age_text(Timestamp then, Timestamp now) {
  if (then.seconds > now.seconds) return "just now";
  return length_text({now.seconds - then.seconds}) + " ago";
}

}  // namespace bw
