#include "world/cosignatures.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "git/transport.h"
#include "stream/checkpoint_rules.h"
#include "stream/log_reader.h"
#include "tlog/witness_request.h"
#include "world/home.h"
#include "world/quarantine.h"

namespace bw {
namespace {

constexpr std::size_t max_notes = 16;

bool names_checkpoint_of(const StreamState& verified, const Note& note) {
  const auto checkpoint = Checkpoint::parse(note.text);
  if (!checkpoint || checkpoint->origin != log_origin(verified.authority.world())) return false;
  const auto root = verified.recent.find(checkpoint->size);
  return root != verified.recent.end() && root->second == checkpoint->root;
}

bool counts(const StreamState& verified, const Note& note, const NoteVerifier& witness, Timestamp now) {
  if (!names_checkpoint_of(verified, note) || !signed_by_live_key(verified.authority, note)) return false;
  const auto at = cosigned_at(note, witness);
  return at && at->seconds <= now.seconds + max_clock_lead;
}

// The checkpoints of this stream for which the tree has a file, largest first.
std::vector<git::TreeEntry> files_of(const git::Repository& repository, const StreamState& verified,
                                     const git::Oid& oid) {
  std::map<std::string, TreeSize> sizes;
  for (const auto& [size, root] : verified.recent) sizes.emplace(std::to_string(size), size);
  std::vector<git::TreeEntry> files = repository.list(repository.read_commit(oid).tree);
  std::erase_if(files, [&](const git::TreeEntry& file) {
    return file.mode != git::Mode::file || !sizes.contains(file.name);
  });
  std::sort(files.begin(), files.end(), [&](const git::TreeEntry& a, const git::TreeEntry& b) {
    return sizes.at(a.name) > sizes.at(b.name);
  });
  if (files.size() > max_notes) files.resize(max_notes);
  return files;
}

TreeSize size_of(const Note& note) {
  return Checkpoint::parse(note.text)->size;
}

// Of each size the note with the newest cosignature.
using BySize = std::map<TreeSize, Note>;
void add_newest(BySize& notes, const NoteVerifier& witness, const Note& note) {
  const auto [present, fresh] = notes.emplace(size_of(note), note);
  if (!fresh && cosigned_at(present->second, witness) < cosigned_at(note, witness)) present->second = note;
}

BySize notes_here(const git::Repository& repository, const StreamState& verified, const NoteVerifier& witness,
                  const std::optional<git::Oid>& oid, Timestamp now) {
  BySize notes;
  if (!oid) return notes;
  for (const Note& note : read_cosignatures(repository, verified, witness, *oid, now))
    notes.emplace(size_of(note), note);
  return notes;
}

std::vector<NoteVerifier> witnesses_of(const StreamState& verified) {
  std::vector<NoteVerifier> witnesses;
  for (const WitnessRule& member : witness_rule(verified.authority).members)
    witnesses.push_back(*member.witness);
  return witnesses;
}

void gather_from(const Environment& environment, World& world, const git::RemoteUrl& url) {
  const std::vector<NoteVerifier> witnesses = witnesses_of(world.stream);
  std::map<std::string, NoteVerifier> named;
  for (const NoteVerifier& witness : witnesses) named.emplace(cosignature_ref(witness), witness);
  std::vector<git::RemoteRef> found =
      git::list_remote(url, {std::string(cosignature_prefix) + "*"}, transport_options(environment));
  std::erase_if(found, [&](const git::RemoteRef& ref) {
    return !named.contains(ref.name) || world.repository.ref(ref.name) == ref.oid;
  });
  std::vector<std::string> names;
  for (const git::RemoteRef& ref : found) names.push_back(ref.name);
  Quarantine quarantine(environment, url);
  quarantine.fetch(names);
  for (const git::RemoteRef& ref : found) {
    if (!quarantine.has(ref.oid)) continue;
    const NoteVerifier& witness = named.at(ref.name);
    const std::vector<Note> notes =
        read_cosignatures(quarantine.repository(), world.stream, witness, ref.oid, environment.now());
    if (!notes.empty()) leave_cosignatures(environment, world, witness, notes);
  }
}

}  // namespace

std::string cosignature_ref(const NoteVerifier& witness) {
  return std::string(cosignature_prefix) + sha256(witness.vkey()).hex();
}

std::vector<Note> read_cosignatures(const git::Repository& repository, const StreamState& verified,
                                    const NoteVerifier& witness, const git::Oid& oid, Timestamp now) {
  std::vector<Note> notes;
  try {
    for (const git::TreeEntry& file : files_of(repository, verified, oid)) {
      const auto note = Note::parse(repository.read_blob(file.oid, Note::max_bytes));
      if (note && counts(verified, *note, witness, now) && std::to_string(size_of(*note)) == file.name)
        notes.push_back(*note);
    }
  } catch (const Error& error) {
    // Whatever someone left there, it is only that ref's fault.
    if (error.code() != ErrorCode::invalid) throw;
  }
  std::reverse(notes.begin(), notes.end());
  return notes;
}

git::Oid leave_cosignatures(const Environment& environment, World& world, const NoteVerifier& witness,
                            const std::vector<Note>& notes) {
  const std::string ref = cosignature_ref(witness);
  for (;;) {
    const auto present = world.repository.ref(ref);
    const BySize before = notes_here(world.repository, world.stream, witness, present, environment.now());
    BySize all = before;
    for (const Note& note : notes) add_newest(all, witness, note);
    while (all.size() > max_notes) all.erase(all.begin());
    const bool same =
        std::equal(before.begin(), before.end(), all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second.bytes() == b.second.bytes(); });
    if (same && present) return *present;
    std::vector<git::TreeEdit> edits;
    for (const auto& [size, note] : all)
      edits.push_back({std::to_string(size), world.repository.write_blob(note.bytes())});
    const git::Oid commit = world.repository.commit({.tree = world.repository.edit_tree(std::nullopt, edits),
                                                     .parents = {},
                                                     .author = {"witness", "witness@bw.invalid"},
                                                     .time = environment.now(),
                                                     .message = "Cosignatures\n"},
                                                    {});
    if (world.repository.update_ref(ref, commit, present, "bw: cosignatures")) return commit;
  }
}

std::vector<std::string> gather_cosignatures(const Environment& environment, World& world,
                                             const std::vector<git::RemoteUrl>& addresses) {
  std::vector<std::string> warnings;
  if (world.stream.authority.witnesses().empty()) return warnings;
  for (const git::RemoteUrl& url : addresses) {
    try {
      gather_from(environment, world, url);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::cannot) throw;
      warnings.push_back(fmt::format("cosignatures at {}: {}", url.shown(), error.what()));
    }
  }
  return warnings;
}

std::vector<std::string> take_cosignatures(const Environment& environment, World& world,
                                           const std::string& text) {
  Result<Note> note = Note::parse(text);
  if (const auto lines = parse_signature_lines(text)) {
    const auto head =
        read_checkpoint_note(world.repository, world.repository.read_commit(*world.stream.head).tree);
    if (!head) throw Error(ErrorCode::invalid, "this world has no checkpoint yet");
    note = signed_by(*head, live_log_keys(world.stream.authority));
    Note all = *note;
    for (const NoteSignature& line : *lines) all.add(line);
    note = all;
  }
  if (!note)
    throw Error(ErrorCode::invalid, "neither a cosigned checkpoint nor signature lines: " + note.reason());
  std::vector<std::string> taken;
  for (const NoteVerifier& witness : witnesses_of(world.stream)) {
    if (!counts(world.stream, *note, witness, environment.now())) continue;
    leave_cosignatures(environment, world, witness, {*note});
    taken.push_back(witness.name);
  }
  if (taken.empty()) {
    throw Error(
        ErrorCode::invalid,
        "no witness that this world names cosigned that, or it is none of the stream's last checkpoints",
        "signature lines are taken for the present checkpoint; see the witnesses with \"bw steward list\"");
  }
  return taken;
}

}  // namespace bw
