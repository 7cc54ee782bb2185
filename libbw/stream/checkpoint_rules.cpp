#include "stream/checkpoint_rules.h"

#include <algorithm>

#include <fmt/format.h>

namespace bw {
namespace {

// A checkpoint of the state's own world; otherwise the fault.
Result<Checkpoint> read(const StreamState& state, const Result<Note>& note) {
  if (!note) return Reason{note.reason()};
  Result<Checkpoint> checkpoint = Checkpoint::parse(note->text);
  if (!checkpoint) return checkpoint;
  if (!state.authority.exists() || checkpoint->origin != log_origin(state.authority.world()))
    return Reason{"its origin is another log"};
  return checkpoint;
}

}  // namespace

std::vector<std::string> take_checkpoint(StreamState& state, const Result<Note>& note) {
  const Result<Checkpoint> checkpoint = read(state, note);
  if (!checkpoint) return {checkpoint.reason()};
  std::vector<std::string> faults;
  if (checkpoint->size < state.covered()) faults.emplace_back("it covers less than the one before");
  const auto root = state.boundaries.find(checkpoint->size);
  if (root == state.boundaries.end()) {
    faults.push_back(fmt::format("no commit before it ended at {} entries", checkpoint->size));
  } else if (root->second != checkpoint->root) {
    faults.push_back(fmt::format("its root is not that of the first {} entries", checkpoint->size));
  }
  if (!signed_by_live_key(state.authority, *note))
    faults.emplace_back("no live log key of a steward or sequencer signed it");
  if (!faults.empty()) return faults;
  state.checkpoint = *checkpoint;
  state.recent[checkpoint->size] = checkpoint->root;
  if (state.recent.size() > StreamState::max_recent) state.recent.erase(state.recent.begin());
  // The covered size stays: a second checkpoint may cover the same entries.
  state.boundaries.erase(state.boundaries.begin(), state.boundaries.lower_bound(checkpoint->size));
  return {};
}

std::vector<std::string> take_cosigned(StreamState& state, const Result<Note>& note) {
  const Result<Checkpoint> checkpoint = read(state, note);
  if (!checkpoint) return {checkpoint.reason()};
  std::vector<std::string> faults;
  if (state.cosigned && checkpoint->size < state.cosigned->size)
    faults.emplace_back("it covers less than the one before");
  const auto root = state.recent.find(checkpoint->size);
  if (root == state.recent.end() || root->second != checkpoint->root) {
    faults.push_back(
        fmt::format("it is none of the last {} checkpoints of this stream", StreamState::max_recent));
  }
  if (!signed_by_live_key(state.authority, *note))
    faults.emplace_back("no live log key of a steward or sequencer signed it");
  if (state.authority.witness_quorum() == 0) {
    faults.emplace_back("this world asks for no witnesses");
  } else if (const Cosigned behind = cosigned(*note, witness_rule(state.authority)); !behind.enough) {
    faults.push_back(fmt::format("{} of the world's witnesses stand behind it, and it asks for {}",
                                 behind.by.size(), state.authority.witness_quorum()));
  }
  if (!faults.empty()) return faults;
  state.cosigned = *checkpoint;
  state.recent.erase(state.recent.begin(), state.recent.lower_bound(checkpoint->size));
  return {};
}

std::vector<NoteVerifier> live_log_keys(const Authority& authority) {
  std::vector<NoteVerifier> keys;
  for (const LogKey& key : authority.log_keys()) {
    if (!key.until && authority.may_append(key.owner)) keys.push_back(key.verifier);
  }
  return keys;
}

bool signed_by_live_key(const Authority& authority, const Note& note) {
  const auto& keys = authority.log_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const LogKey& key) {
    // The key id first: everyone who joins may announce a key, and a signature takes long to check.
    const auto is_its = [&](const NoteSignature& one) { return one.key_id == key.verifier.key_id; };
    return std::any_of(note.signatures.begin(), note.signatures.end(), is_its) && !key.until &&
           authority.may_append(key.owner) && note.verified_by(key.verifier);
  });
}

WitnessRule witness_rule(const Authority& authority) {
  std::vector<NoteVerifier> witnesses;
  for (const std::string& vkey : authority.witnesses()) {
    // Authority names nothing else.
    if (auto witness = NoteVerifier::parse(vkey, NoteKeyType::cosignature)) witnesses.push_back(*witness);
  }
  return WitnessRule::at_least(authority.witness_quorum(), witnesses);
}

}  // namespace bw
