#include "world/journal_proofs.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "stream/log_key.h"
#include "tlog/policy.h"
#include "tlog/proof.h"
#include "world/identity.h"
#include "world/world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

fs::path key_folder(const Environment& environment, const WorldId& world) {
  return environment.state_folder / "journal-keys" / world.text();
}

std::optional<Checkpoint> last_signed(const Environment& environment, const WorldId& world) {
  const auto key = LogKeyFile::open(key_folder(environment, world));
  return key ? key->last_signed() : std::nullopt;
}

LogKeyFile open_key(const Environment& environment, const WorldId& world) {
  const Did me = require_identity(environment).did;
  const std::string prefix = journal_origin_prefix(world, me);
  return LogKeyFile::open_or_create(key_folder(environment, world),
                                    make_journal_origin(world, me, environment.random), environment.random,
                                    [&](const NoteVerifier& key) { return key.name.starts_with(prefix); });
}

// The lock of the journal is held.
JournalNote sign_checkpoint(const Environment& environment, const Journal& journal,
                            const std::vector<Digest>& leaves) {
  if (leaves.empty()) throw Error(ErrorCode::invalid, "your journal of this world is empty");
  const LogKeyFile key = open_key(environment, journal.world());
  const Checkpoint checkpoint{key.verifier().name, leaves.size(), root_of(leaves)};
  for (JournalNote& kept : read_journal_notes(journal)) {
    if (kept.checkpoint == checkpoint) return std::move(kept);
  }
  if (const auto earlier = key.last_signed(); earlier && !covers(*earlier, leaves)) {
    throw Error(ErrorCode::refused,
                fmt::format("your journal does not continue what this machine signed of it: {} events with "
                            "root {}",
                            earlier->size, earlier->root.hex()),
                "\"bw journal check\" says what is wrong; a backup may have what is missing (bw journal "
                "restore); else go on under another name: bw journal checkpoint --new-log");
  }
  const Note note = key.sign(checkpoint, [&](const Checkpoint& earlier) { return covers(earlier, leaves); });
  JournalNote signed_note{key.verifier(), note, checkpoint};
  keep_journal_note(journal, signed_note);
  return signed_note;
}

std::size_t cosignatures(const JournalNote& note) {
  return note.note.signatures.size() - 1;
}

// The kept checkpoint that says most about an event at that index; nothing where none covers it.
const JournalNote* telling_note(const std::vector<JournalNote>& notes, std::uint64_t index,
                                const std::vector<Digest>& leaves) {
  const JournalNote* best = nullptr;
  for (const JournalNote& note : notes) {
    if (note.checkpoint.size <= index) continue;
    const bool better =
        best == nullptr || cosignatures(note) > cosignatures(*best) ||
        (cosignatures(note) == cosignatures(*best) && note.checkpoint.size < best->checkpoint.size);
    if (better && covers(note.checkpoint, leaves)) best = &note;
  }
  return best;
}

}  // namespace

JournalNote checkpoint_journal(const Environment& environment, const WorldId& world) {
  const Journal journal = open_journal(environment, world);
  const FileLock lock(journal.lock_path());
  return sign_checkpoint(environment, journal, journal_leaves(journal.read()));
}

void begin_new_journal_log(const Environment& environment, const WorldId& world) {
  const fs::path folder = key_folder(environment, world);
  if (!fs::exists(folder)) return;
  fs::path ended;
  for (int number = 1; ended.empty() || fs::exists(ended); ++number) {
    ended = folder;
    ended += fmt::format(".ended-{}", number);
  }
  std::error_code failure;
  fs::rename(folder, ended, failure);
  if (failure) {
    throw Error(ErrorCode::cannot,
                fmt::format("cannot move {} aside: {}", folder.string(), failure.message()));
  }
}

std::vector<JournalNote> journal_notes(const Environment& environment, const WorldId& world) {
  std::vector<JournalNote> notes = read_journal_notes(open_journal(environment, world));
  std::stable_sort(notes.begin(), notes.end(), [](const JournalNote& a, const JournalNote& b) {
    return a.checkpoint.size < b.checkpoint.size;
  });
  return notes;
}

TlogProof prove_in_journal(const Environment& environment, const WorldId& world, const EventId& event) {
  const Journal journal = open_journal(environment, world);
  const FileLock lock(journal.lock_path());
  const std::vector<JournalEntry> entries = journal.read();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const JournalEntry& entry) { return entry.event.id == event; });
  if (found == entries.end())
    throw Error(ErrorCode::invalid, "the journal has no event " + event.short_text());
  const std::vector<Digest> leaves = journal_leaves(entries);
  TlogProof proof;
  proof.index = static_cast<std::uint64_t>(found - entries.begin());
  proof.extra = found->event.line + "\n";
  const std::vector<JournalNote> notes = read_journal_notes(journal);
  const JournalNote* kept = telling_note(notes, proof.index, leaves);
  proof.checkpoint = kept != nullptr ? kept->note : sign_checkpoint(environment, journal, leaves).note;
  const TreeSize size = kept != nullptr ? kept->checkpoint.size : leaves.size();
  proof.hashes = inclusion_proof(subtrees_of(leaves), proof.index, size);
  return proof;
}

bool is_journal_proof(const TlogProof& proof) {
  const auto checkpoint = Checkpoint::parse(proof.checkpoint.text);
  return checkpoint && parse_journal_origin(checkpoint->origin);
}

Result<CheckedJournalProof> check_journal_proof(const TlogProof& proof, const ProofPolicy& policy) {
  const auto origin = parse_journal_origin(policy.origin);
  if (!origin) return Reason{"\"" + printable(policy.origin) + "\" is not the name of a journal's log"};
  if (!proof.extra.ends_with('\n')) return Reason{"the proof does not carry its event in its extra data"};
  const std::string_view line = std::string_view(proof.extra).substr(0, proof.extra.size() - 1);
  Result<Event> event = parse_event(line);
  if (!event) return Reason{event.reason()};
  const Result<ProvenEntry> proven = check_proof(proof, leaf_hash(line), policy);
  if (!proven) return Reason{proven.reason()};
  // The journal's log vouches that this line stands in it; that its actor signed it is looked at as well.
  if (!has_valid_signature(*event)) return Reason{"the event's signature is not that of its actor"};
  if (event->world_id() != origin->world) return Reason{"the event is of another world than the journal"};
  return CheckedJournalProof{*std::move(event), proof.index, proven->checkpoint, proven->cosigned};
}

ProofPolicy journal_policy(const Environment& environment, const TlogProof& proof,
                           const std::vector<std::string>& log_keys,
                           const std::optional<std::string>& tlog_policy) {
  const auto checkpoint = Checkpoint::parse(proof.checkpoint.text);
  const auto named = checkpoint ? parse_journal_origin(checkpoint->origin) : std::nullopt;
  if (!named) throw Error(ErrorCode::invalid, "the proof is not of a journal");
  ProofPolicy policy;
  policy.origin = checkpoint->origin;
  const auto trust = [&](const NoteVerifier& key) {
    if (key.name == policy.origin) policy.logs.push_back(key);
  };
  for (const std::string& vkey : log_keys) {
    const auto key = NoteVerifier::parse(vkey);
    if (!key) throw Error(ErrorCode::invalid, fmt::format("{}: {}", printable(vkey), key.reason()));
    trust(*key);
  }
  if (tlog_policy) {
    const auto read = TlogPolicy::parse(*tlog_policy);
    if (!read) throw Error(ErrorCode::invalid, "the policy, " + read.reason());
    std::for_each(read->logs.begin(), read->logs.end(), trust);
    policy.witnesses = read->quorum;
  }
  if (log_keys.empty() && !tlog_policy) {
    for (const JournalNote& mine : journal_notes(environment, named->world)) trust(mine.key);
  }
  if (policy.logs.empty()) {
    throw Error(ErrorCode::usage, "no key is given for the log " + printable(policy.origin),
                "its owner finds it with \"bw journal checkpoint --key\"; its name is the log's");
  }
  return policy;
}

WitnessRequest ask_witness(const Environment& environment, const WorldId& world,
                           const std::optional<NoteVerifier>& witness,
                           const std::optional<TreeSize>& old_size) {
  const Journal journal = open_journal(environment, world);
  const FileLock lock(journal.lock_path());
  const std::vector<Digest> leaves = journal_leaves(journal.read());
  const JournalNote latest = sign_checkpoint(environment, journal, leaves);
  TreeSize from = old_size.value_or(0);
  if (!old_size && witness) {
    for (const JournalNote& note : read_journal_notes(journal)) {
      if (note.checkpoint.origin == latest.checkpoint.origin && cosigned_at(note.note, *witness))
        from = std::max(from, note.checkpoint.size);
    }
  }
  if (from > latest.checkpoint.size) {
    throw Error(ErrorCode::usage,
                fmt::format("the old size is {}, and the journal has only {} events", from, leaves.size()));
  }
  WitnessRequest request;
  request.old_size = from;
  request.checkpoint = latest.note;
  request.proof = consistency_proof(subtrees_of(leaves), from, latest.checkpoint.size);
  return request;
}

JournalNote keep_cosignatures(const Environment& environment, const WorldId& world, std::string_view answer,
                              const std::vector<NoteVerifier>& witnesses) {
  const Journal journal = open_journal(environment, world);
  const FileLock lock(journal.lock_path());
  std::vector<JournalNote> notes = read_journal_notes(journal);
  std::string reason = "there is no checkpoint of this journal yet, which a witness could have cosigned";
  // An answer comes back when the journal may have grown already; the newest checkpoint is the likeliest.
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
    const auto taken = with_answer(note->note, answer, witnesses);
    if (!taken) {
      reason = taken.reason();
      continue;
    }
    if (taken->bytes() == note->note.bytes()) {
      reason = "none of it is a cosignature, of this journal's checkpoint, by a witness that you named";
      continue;
    }
    note->note = *taken;
    keep_journal_note(journal, *note);
    return *note;
  }
  throw Error(ErrorCode::invalid, reason,
              "name the witness by her key: bw journal witness --take FILE --witness KEY");
}

JournalReport check_my_journal(const Environment& environment, const WorldId& world) {
  return check_journal(open_journal(environment, world), last_signed(environment, world));
}

std::vector<WorldId> journalled_worlds(const Environment& environment) {
  std::vector<WorldId> worlds;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(environment.data_folder / "journals", none)) {
    if (const auto id = WorldId::parse(each.path().filename().string())) worlds.push_back(*id);
  }
  std::sort(worlds.begin(), worlds.end());
  return worlds;
}

}  // namespace bw
