#include "world/appending.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "stream/commit_author.h"
#include "stream/log_key.h"
#include "stream/log_reader.h"

namespace bw {
namespace {

constexpr int max_attempts = 60;

std::filesystem::path log_key_folder(const Environment& environment, const WorldId& world) {
  return environment.state_folder / "log-keys" / world.text();
}

// The root of the first `size` entries, from the entries themselves.
Digest root_at(const World& world, TreeSize size) {
  MerkleTree tree;
  read_entries(world.repository, world.repository.read_commit(*world.stream.head).tree, 0, size,
               [&](std::uint64_t, std::string_view line) {
                 tree.append(leaf_hash(line));
                 return true;
               });
  return tree.root();
}

// Where the stream lives, as this machine reaches it: the same steps whether home is this repository or
// behind a network.
class HomeCopy {
public:
  HomeCopy(const Environment& environment, World& world) : environment_(environment), world_(world) {
    const Home home = home_of(world);
    if (home.kind == Home::Kind::elsewhere) {
      throw Error(ErrorCode::refused,
                  "this world's home is the repository in which it was made; entries are appended there",
                  "name a home that all stewards reach: bw steward propose set-home URL");
    }
    url_ = home.url;
    // One appender at a time in this repository; another machine meets us at the compare-and-swap.
    lock_.emplace(world.repository.git_folder() / "bw" / "append.lock", std::chrono::minutes(5));
  }

  // Brings `world` to what home has.
  void catch_up() {
    if (url_) {
      // What an earlier home had says nothing about this one.
      world_.repository.remove_ref("refs/bw/home/stream");
      world_.repository.remove_ref("refs/bw/home/details");
      git::fetch(world_.repository, *url_,
                 {"+refs/heads/stream:refs/bw/home/stream", "+refs/heads/details:refs/bw/home/details"},
                 transport_options(environment_));
      const auto head = world_.repository.ref("refs/bw/home/stream");
      if (head && !world_.repository.is_ancestor(*head, *world_.stream.head)) {
        // Where something else moved the branch here meanwhile, what it moved to counts.
        if (!advance_stream(environment_, world_, verify_continuation(environment_, world_, *head))) {
          refresh(environment_, world_);
        }
      }
      if (const auto details = world_.repository.ref("refs/bw/home/details")) set_details(*details);
      const bool lacks = !head || (*head != *world_.stream.head &&
                                   world_.repository.is_ancestor(*head, *world_.stream.head));
      if (lacks) fill(head);
    } else {
      refresh(environment_, world_);
    }
  }

  // Puts `verified` (whose head follows the present one) and new openings at home, then here. False
  // where someone was faster.
  bool put(StreamState verified, const std::optional<git::Oid>& details) {
    if (url_) {
      std::vector<git::PushUpdate> updates = {{verified.head, std::string(stream_ref), world_.stream.head}};
      const auto before = world_.repository.ref("refs/bw/home/details");
      if (details && details != before) updates.push_back({details, std::string(details_ref), before});
      const git::PushReport report =
          git::push(world_.repository, *url_, updates, transport_options(environment_));
      if (report.result == git::PushResult::stale) return false;
      if (report.result == git::PushResult::refused) {
        throw Error(ErrorCode::refused, fmt::format("{} refused the push: {}", url_->shown(), report.message),
                    "you may lack permission there; send a bundle instead: bw submit --bundle FILE");
      }
    }
    if (details) set_details(*details);
    if (advance_stream(environment_, world_, std::move(verified))) return true;
    if (!url_) return false;
    // Home has it: that decides. The branch here was moved by something else, to no less than that.
    refresh(environment_, world_);
    return true;
  }

  // Gives home what only this copy holds. A stream moves here only after home took it, so home lacks
  // something only when it was just named, or was set back.
  void fill(const std::optional<git::Oid>& head_there) {
    environment_.report("bringing the stream to its home");
    std::vector<git::PushUpdate> updates = {{world_.stream.head, std::string(stream_ref), head_there}};
    for (const std::string_view ref : {details_ref, main_ref}) {
      const auto ours = world_.repository.ref(ref);
      if (ours && !head_there) updates.push_back({ours, std::string(ref), std::nullopt});
    }
    const git::PushReport report =
        git::push(world_.repository, *url_, updates, transport_options(environment_));
    if (report.result != git::PushResult::done) {
      throw Error(ErrorCode::refused,
                  fmt::format("{} did not take the stream: {}", url_->shown(), report.message),
                  "it may hold something else already; name an empty repository or this world's own");
    }
  }

  std::optional<git::Oid> details() const { return world_.repository.ref(details_ref); }

private:
  void set_details(const git::Oid& details) {
    const auto before = world_.repository.ref(details_ref);
    if (before != details) world_.repository.update_ref(details_ref, details, before, "bw: openings");
  }

  const Environment& environment_;
  World& world_;
  std::optional<git::RemoteUrl> url_;
  std::optional<FileLock> lock_;
};

void wait_after(const Environment& environment, int attempt) {
  // Random, growing pauses keep two stewards from meeting again and again.
  const auto random = static_cast<unsigned char>(environment.random(1).front());
  const int most = std::min(400, 10 << std::min(attempt, 6));
  std::this_thread::sleep_for(std::chrono::milliseconds(random % most));
}

// One commit with what `compose` decides; the size before it, or nothing where someone was faster.
std::optional<std::uint64_t> try_append(const Environment& environment, World& world, const Signer& signer,
                                        const Compose& compose, HomeCopy& home) {
  home.catch_up();
  if (!world.stream.authority.may_append(signer.did())) {
    throw Error(ErrorCode::refused, signer.did().text() + " is no steward or sequencer of " + world.name(),
                "submit to an inbox instead, or ask a steward");
  }
  Composition composition = compose(world.stream);
  const std::uint64_t size = world.stream.size();
  const auto details =
      add_openings(world.repository, home.details(), composition.openings, environment.now(), signer);
  if (composition.additions.empty()) {
    return home.put(world.stream, details) ? std::optional(size) : std::nullopt;
  }
  auto announced = announce_log_key(environment, world.stream, world.id(), signer);
  auto& events = composition.additions.events;
  events.insert(events.end(), announced.begin(), announced.end());
  const git::Oid commit =
      append_entries(world.repository, world.stream, composition.additions, environment.now(), signer);
  // What we made passes the same checks as what others made, before anyone sees it.
  return home.put(verify_continuation(environment, world, commit), details) ? std::optional(size)
                                                                            : std::nullopt;
}

// Covers what home has accepted. Another appender's checkpoint over the same entries is as good.
bool try_checkpoint(const Environment& environment, World& world, const Signer& signer, HomeCopy& home) {
  if (world.stream.pending() == 0) return true;
  const auto key = LogKeyFile::open_or_create(log_key_folder(environment, world.id()), log_origin(world.id()),
                                              environment.random);
  const auto& known = world.stream.authority.log_keys();
  const bool live = std::any_of(known.begin(), known.end(), [&](const LogKey& candidate) {
    return candidate.verifier == key.verifier() && !candidate.until;
  });
  // A key that the stream does not know signs nothing that anyone would accept; whoever appends next
  // covers these entries.
  if (!live) return true;
  // A log key signs nothing that the append would then refuse.
  require_clock(world.stream, environment.now());
  const Checkpoint checkpoint{log_origin(world.id()), world.stream.size(), world.stream.tree.root()};
  const Note note = key.sign(checkpoint, [&](const Checkpoint& earlier) {
    if (world.stream.checkpoint == earlier) return true;
    return root_at(world, earlier.size) == earlier.root;
  });
  const git::Oid commit = append_checkpoint(world.repository, world.stream, note, environment.now(), signer);
  return home.put(verify_continuation(environment, world, commit), std::nullopt);
}

}  // namespace

std::vector<Event> announce_log_key(const Environment& environment, const StreamState& state,
                                    const WorldId& world, const Signer& signer) {
  const auto key =
      LogKeyFile::open_or_create(log_key_folder(environment, world), log_origin(world), environment.random);
  for (const LogKey& known : state.authority.log_keys()) {
    if (known.verifier == key.verifier()) return {};
  }
  const std::string vkey = key.verifier().vkey();
  const Signature proof = key.signer().sign_raw(possession_statement("log", signer.did(), world, vkey));
  const EventDraft draft{
      .at = environment.now(),
      .kind = "identity.announced",
      .body = {{"keys",
                {{{"key", vkey},
                  {"proof", to_base64url({reinterpret_cast<const char*>(proof.data()), proof.size()})},
                  {"use", "log"}}}}},
      .details = {},
      .world = world};
  return {sign_event(draft, make_nonce(environment.random), signer)};
}

void settle_home(const Environment& environment, World& world) {
  HomeCopy home(environment, world);
  home.catch_up();
}

std::uint64_t append_at_home(const Environment& environment, World& world, const Signer& signer,
                             const Compose& compose) {
  HomeCopy home(environment, world);
  std::optional<std::uint64_t> size;
  for (int attempt = 0; attempt < max_attempts && !size; ++attempt) {
    if (attempt > 0) wait_after(environment, attempt);
    size = try_append(environment, world, signer, compose, home);
  }
  if (!size) {
    throw Error(ErrorCode::cannot, "other stewards were faster each time; nothing was appended",
                "try again in a moment");
  }
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    if (try_checkpoint(environment, world, signer, home)) return *size;
    wait_after(environment, attempt);
    home.catch_up();
  }
  // The entries are in; any appender's next checkpoint covers them.
  environment.report("the entries are appended but not covered by a checkpoint yet");
  return *size;
}

}  // namespace bw
