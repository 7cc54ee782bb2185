#include "world/witnessing.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "git/transport.h"
#include "stream/append.h"
#include "stream/checkpoint_rules.h"
#include "stream/log_reader.h"
#include "tlog/proof.h"
#include "world/cosignatures.h"
#include "world/home.h"
#include "world/lock_holders.h"
#include "world/new_folder.h"

namespace bw {
namespace {

constexpr int max_attempts = 10;
constexpr std::size_t max_earlier = 4;  // checkpoints cosigned on the way to the present one

// Whether what lies in that tree begins with a checkpoint: its leaves are read once.
Witness::Extends beginning_of(const git::Repository& repository, const git::Oid& tree, TreeSize size) {
  return [&repository, tree, size, leaves = std::vector<Digest>()](const Checkpoint& earlier) mutable {
    if (earlier.size > size) return false;
    if (leaves.empty()) leaves = read_leaf_hashes(repository, tree, size);
    return root_of(std::span(leaves).first(earlier.size)) == earlier.root;
  };
}

// Throws Error(refused), both notes kept, where a log key signed a stream that is not the one that was
// verified and cosigned before.
void accuse(const Witness& witness, const World& world, const git::Oid& head) {
  try {
    const git::Oid tree = world.repository.read_commit(head).tree;
    const auto note = read_checkpoint_note(world.repository, tree);
    if (!note || !signed_by_live_key(world.stream.authority, *note)) return;
    if (origin_of(*note) != log_origin(world.id())) return;
    const TreeSize size = Checkpoint::parse(note->text)->size;
    witness.require_continuation(signed_by(*note, live_log_keys(world.stream.authority)),
                                 beginning_of(world.repository, tree, size));
  } catch (const Error& error) {
    // What is not even a log accuses nobody.
    if (error.code() != ErrorCode::invalid) throw;
  }
}

World new_mirror(const Environment& environment, const git::RemoteUrl& url,
                 const std::filesystem::path& folder) {
  NewFolder place(folder);
  git::Repository repository = git::Repository::create(folder, true);
  git::fetch(repository, url, {"+refs/heads/stream:refs/heads/stream"}, transport_options(environment));
  if (!repository.ref(stream_ref))
    throw Error(ErrorCode::invalid, url.shown() + " holds no world: it has no branch \"stream\"");
  World world{std::move(repository), {}};
  refresh(environment, world);
  if (url.pin() && *url.pin() != world.id().text()) {
    throw Error(ErrorCode::invalid, fmt::format("{} holds world {}, not {} as the address demands",
                                                url.shown(), world.id().text(), *url.pin()));
  }
  world.repository.set_config("bw.world", world.id().text());
  place.keep();
  return world;
}

// What other witnesses cosigned of this stream, and this one has not: the largest few, smallest first.
std::vector<Note> met_by_others(const World& world, const Witness& witness, TreeSize above, Timestamp now) {
  std::map<TreeSize, Note> notes;
  for (const WitnessRule& other : witness_rule(world.stream.authority).members) {
    if (*other.witness == witness.verifier()) continue;
    const auto oid = world.repository.ref(cosignature_ref(*other.witness));
    if (!oid) continue;
    for (const Note& note : read_cosignatures(world.repository, world.stream, *other.witness, *oid, now)) {
      const TreeSize size = Checkpoint::parse(note.text)->size;
      if (size > above && size < world.stream.covered()) notes.emplace(size, note);
    }
  }
  while (notes.size() > max_earlier) notes.erase(notes.begin());
  std::vector<Note> list;
  for (auto& [size, note] : notes) list.push_back(std::move(note));
  return list;
}

void push_cosignatures(const Environment& environment, const World& world, const NoteVerifier& witness,
                       const git::Oid& commit, const git::RemoteUrl& to) {
  const std::string ref = cosignature_ref(witness);
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    std::optional<git::Oid> there;
    for (const git::RemoteRef& found : git::list_remote(to, {ref}, transport_options(environment)))
      there = found.oid;
    if (there == commit) return;
    const git::PushReport report =
        git::push(world.repository, to, {{commit, ref, there}}, transport_options(environment));
    if (report.result == git::PushResult::done) return;
    if (report.result == git::PushResult::refused) {
      throw Error(
          ErrorCode::refused, fmt::format("{} did not take the cosignature: {}", to.shown(), report.message),
          "it is recorded here; print it with \"bw witness cosign --print\" and send it to a steward, who "
          "takes it with \"bw witness collect FILE\"");
    }
  }
  throw Error(ErrorCode::cannot, fmt::format("somebody changed {} at {} each time", ref, to.shown()),
              "try again in a moment");
}

}  // namespace

std::filesystem::path witness_folder(const Environment& environment) {
  return environment.state_folder / "witness";
}

Witness make_witness(const Environment& environment, const std::optional<std::string>& name) {
  return Witness::create(witness_folder(environment),
                         name.value_or("bw/witness/" + to_hex(environment.random(8))), environment.random);
}

std::optional<Witness> find_witness(const Environment& environment) {
  return Witness::open(witness_folder(environment));
}

Witness require_witness(const Environment& environment) {
  if (auto witness = find_witness(environment)) return *std::move(witness);
  throw Error(ErrorCode::refused, "this machine is no witness yet", "make its key with \"bw witness init\"");
}

Mirror mirror_of(const Environment& environment, const Witness& witness, const git::RemoteUrl& url) {
  const std::filesystem::path folder =
      witness_folder(environment) / "mirrors" / (sha256(url.text()).hex().substr(0, 32));
  FileLock held(folder.string() + ".lock");
  if (NewFolder::is_to_be_made(folder)) return {std::move(held), new_mirror(environment, url, folder)};
  remove_stale_locks(folder);
  World world = open_world(environment, folder);
  if (url.pin() && *url.pin() != world.id().text()) {
    throw Error(ErrorCode::invalid,
                fmt::format("{} held world {} before, not {}", url.shown(), world.id().text(), *url.pin()));
  }
  const StreamLock lock(world);
  const CopyElsewhere there = fetch_copy(environment, world, url, "home");
  if (!there.stream) throw Error(ErrorCode::invalid, url.shown() + " holds no stream any more");
  try {
    if (catch_up_with(environment, world, there.stream) == CopyStanding::behind) {
      throw Error(ErrorCode::refused,
                  fmt::format("{} shows an older stream than this witness verified: {} there, {} here",
                              url.shown(), there.stream->hex(), world.stream.head->hex()),
                  "it was set back, or shows an old state; ask its keepers");
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::refused) accuse(witness, world, *there.stream);
    throw;
  }
  return {std::move(held), std::move(world)};
}

CosignedWorld cosign_world(const Environment& environment, const Witness& witness, World& world,
                           const std::optional<git::RemoteUrl>& to) {
  CosignedWorld result;
  require_clock(world.stream, environment.now());
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  const auto head = read_checkpoint_note(world.repository, tree);
  if (!head || !world.stream.checkpoint) throw Error(ErrorCode::invalid, "this world has no checkpoint yet");
  const std::vector<NoteVerifier> log_keys = live_log_keys(world.stream.authority);
  const Note present = signed_by(*head, log_keys);
  if (present.signatures.empty()) {
    throw Error(ErrorCode::refused, "the log key of the checkpoint was retired since",
                "a steward's next append makes another checkpoint");
  }
  if (to) result.warnings = gather_cosignatures(environment, world, {*to});
  const std::string origin = log_origin(world.id());
  const Witness::Extends extends = beginning_of(world.repository, tree, world.stream.covered());
  const auto latest = witness.latest(origin);
  const TreeSize seen = latest ? Checkpoint::parse(latest->text)->size : 0;
  std::vector<Note> cosigned;
  for (const Note& note : met_by_others(world, witness, seen, environment.now())) {
    cosigned.push_back(witness.cosign(signed_by(note, log_keys), extends, environment.now()));
    result.also.push_back(Checkpoint::parse(note.text)->size);
  }
  cosigned.push_back(witness.cosign(present, extends, environment.now()));
  result.note = cosigned.back();
  witness.set_log_keys(origin, log_keys);
  result.named = world.stream.authority.witnesses().contains(witness.verifier().vkey());
  const git::Oid commit = leave_cosignatures(environment, world, witness.verifier(), cosigned);
  if (to) push_cosignatures(environment, world, witness.verifier(), commit, *to);
  return result;
}

WitnessRequest request_for(const World& world, TreeSize old_size) {
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  const auto note = read_checkpoint_note(world.repository, tree);
  if (!note || !world.stream.checkpoint) throw Error(ErrorCode::invalid, "this world has no checkpoint yet");
  if (old_size > world.stream.covered()) {
    throw Error(ErrorCode::usage, fmt::format("the checkpoint covers {} entries, fewer than {}",
                                              world.stream.covered(), old_size));
  }
  const std::vector<Digest> leaves = read_leaf_hashes(world.repository, tree, world.stream.covered());
  return {old_size, consistency_proof(subtrees_of(leaves), old_size, leaves.size()), *note};
}

}  // namespace bw
