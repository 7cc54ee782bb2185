#include "world/appending.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "git/maintenance.h"
#include "stream/commit_author.h"
#include "stream/log_key.h"
#include "stream/log_reader.h"
#include "world/identity.h"
#include "world/split.h"

namespace bw {
namespace {

constexpr int max_attempts = 60;

std::filesystem::path log_key_folder(const Environment& environment, const WorldId& world) {
  return environment.state_folder / "log-keys" / world.text();
}

// My key of this machine: one that I may sign with, or one that the stream does not know yet.
LogKeyFile my_log_key(const Environment& environment, const Authority& authority, const WorldId& world,
                      const Did& me) {
  return LogKeyFile::open_or_create(log_key_folder(environment, world), log_origin(world), environment.random,
                                    [&](const NoteVerifier& verifier) {
                                      const LogKey* known = authority.find_log_key(verifier.vkey());
                                      return known == nullptr || (known->owner == me && !known->until);
                                    });
}

template <std::size_t size>
std::string_view view(const std::array<std::uint8_t, size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Mine, where the seed can be read: `asking`, also by asking for its passphrase.
std::optional<BoxKey> my_box_key(const Environment& environment, const Did& me, bool asking) {
  const auto identity = find_identity(environment);
  if (!identity || identity->did != me) return std::nullopt;
  Environment reading = environment;
  if (!asking) reading.ask_passphrase = nullptr;
  try {
    return read_personal_seed(reading).box_public_key();
  } catch (const Error& error) {
    // Appending must not wait for a passphrase that it can do without.
    if (error.code() != ErrorCode::refused) throw;
    return std::nullopt;
  }
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

bool continues(const World& world, const Checkpoint& earlier) {
  if (world.stream.checkpoint == earlier) return true;
  return earlier.size <= world.stream.size() && root_at(world, earlier.size) == earlier.root;
}

// Where the stream lives, as this machine reaches it: the same steps whether home is this repository or
// behind a network.
class HomeCopy {
public:
  HomeCopy(const Environment& environment, World& world)
      : environment_(environment), world_(world), lock_(world) {
    // What another process moved while we waited counts, a home it named too.
    refresh(environment, world);
    const Home home = home_of(world);
    if (home.kind == Home::Kind::elsewhere) {
      throw Error(ErrorCode::refused,
                  "this world's home is the repository in which it was made; entries are appended there",
                  "there, name a home that all stewards reach: bw steward propose set-home URL; where that "
                  "repository "
                  "is gone for good: bw world home --here");
    }
    if (home.kind == Home::Kind::here && !world.stream.authority.home()) require_home_here(world.repository);
    url_ = home.url;
  }

  // Brings `world` to what home has.
  void catch_up() {
    if (!url_) {
      refresh(environment_, world_);
      return;
    }
    const CopyElsewhere there = fetch_copy(environment_, world_, *url_, "home");
    const CopyStanding standing = catch_up_with(environment_, world_, there.stream);
    details_there_ = there.details;
    if (there.details) world_.repository.set_ref(details_ref, *there.details, "bw: openings");
    if (standing == CopyStanding::none || standing == CopyStanding::behind) fill(there.stream);
  }

  // The openings that home has; those of this copy where home has none.
  std::optional<git::Oid> details() const { return world_.repository.ref(details_ref); }

  // Refuses what the log key would refuse to cover, before it is appended. What was found to continue
  // the record is not read again by the signing that follows.
  void require_own_history(const LogKeyFile& key) {
    const auto earlier = key.last_signed();
    if (!earlier || earlier == continued_) return;
    if (!continues(world_, *earlier)) throw signed_another_history(*earlier);
    continued_ = earlier;
  }
  bool was_continued(const Checkpoint& earlier) const { return continued_ == earlier; }

  // Puts `verified` (whose head follows the present one) and new openings (over those `before`) at home,
  // then here. False where someone was faster.
  bool put(StreamState verified, const std::optional<git::Oid>& before,
           const std::optional<git::Oid>& details) {
    if (url_) {
      if (!push(verified, details)) return false;
      // Home has it: that decides, also where something else moved the branches here meanwhile.
      if (details) world_.repository.set_ref(details_ref, *details, "bw: openings");
      if (!advance_stream(environment_, world_, std::move(verified))) refresh(environment_, world_);
      return true;
    }
    if (details && details != before &&
        !world_.repository.update_ref(details_ref, *details, before, "bw: openings")) {
      return false;
    }
    return advance_stream(environment_, world_, std::move(verified));
  }

private:
  bool push(const StreamState& verified, const std::optional<git::Oid>& details) {
    std::vector<git::PushUpdate> updates = {{verified.head, std::string(stream_ref), world_.stream.head}};
    if (details && details != details_there_)
      updates.push_back({details, std::string(details_ref), details_there_});
    const git::PushReport report =
        git::push(world_.repository, *url_, updates, transport_options(environment_));
    if (report.result == git::PushResult::refused) {
      throw Error(ErrorCode::refused, fmt::format("{} refused the push: {}", url_->shown(), report.message),
                  report.message.find(".lock") == std::string::npos
                      ? "you may lack permission there; send a bundle instead: bw submit --bundle FILE"
                      : "a git that was killed left a lock there: whoever keeps it runs \"bw doctor\" in it");
    }
    if (report.result == git::PushResult::done && details) details_there_ = details;
    return report.result == git::PushResult::done;
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
    if (!head_there) details_there_ = world_.repository.ref(details_ref);
  }

  const Environment& environment_;
  World& world_;
  StreamLock lock_;
  std::optional<git::RemoteUrl> url_;
  std::optional<git::Oid> details_there_;  // at home, where home is elsewhere
  std::optional<Checkpoint> continued_;    // of this machine's record, found to be continued here
};

void wait_after(const Environment& environment, int attempt) {
  // Random, growing pauses keep two stewards from meeting again and again.
  const auto random = static_cast<unsigned char>(environment.random(1).front());
  const int most = std::min(400, 10 << std::min(attempt, 6));
  std::this_thread::sleep_for(std::chrono::milliseconds(random % most));
}

Error too_often() {
  return {ErrorCode::cannot, "other stewards were faster each time; nothing was appended",
          "try again in a moment"};
}

void require_appender(const World& world, const Did& me) {
  if (world.stream.authority.may_append(me)) return;
  throw Error(ErrorCode::refused, me.text() + " is no steward or sequencer of " + world.name(),
              "submit to an inbox instead, or ask a steward");
}

// The authority as it will be once these events are in the log.
Authority authority_after(const StreamState& state, const std::vector<Event>& events, Timestamp now) {
  Authority authority = state.authority;
  std::uint64_t index = state.size();
  for (const Event& event : events) authority.apply(event, index++, now.seconds);
  return authority;
}

// One commit with what `compose` decides; the size before it, or nothing where someone was faster.
std::optional<std::uint64_t> try_append(const Environment& environment, World& world, const Signer& signer,
                                        const Compose& compose, HomeCopy& home) {
  home.catch_up();
  require_appender(world, signer.did());
  Composition composition = compose(world.stream);
  const std::uint64_t size = world.stream.size();
  const auto before = home.details();
  const auto details = add_openings(world.repository, before, composition.openings, composition.sealed,
                                    environment.now(), signer);
  auto& events = composition.additions.events;
  require_one_history(environment, world.repository, world.stream, events);
  if (!events.empty() || world.stream.pending() > 0) {
    const Authority authority = authority_after(world.stream, events, environment.now());
    if (authority.may_append(signer.did())) {
      home.require_own_history(my_log_key(environment, authority, world.id(), signer.did()));
      auto announced = announce_my_keys(environment, authority, world.id(), signer);
      std::move(announced.begin(), announced.end(), std::back_inserter(events));
    }
  }
  if (events.empty()) return home.put(world.stream, before, details) ? std::optional(size) : std::nullopt;
  const git::Oid commit =
      append_entries(world.repository, world.stream, composition.additions, environment.now(), signer);
  // What we made passes the same checks as what others made, before anyone sees it.
  const bool done = home.put(verify_continuation(environment, world, commit), before, details);
  return done ? std::optional(size) : std::nullopt;
}

// Covers what home has accepted. Another appender's checkpoint over the same entries is as good.
bool try_checkpoint(const Environment& environment, World& world, const Signer& signer, HomeCopy& home,
                    bool appended) {
  const Authority& authority = world.stream.authority;
  // Who just gave up appending leaves that to others.
  if (world.stream.pending() == 0 || !authority.may_append(signer.did())) return true;
  const auto key = my_log_key(environment, authority, world.id(), signer.did());
  // A key that the stream does not know signs nothing that anyone would accept; whoever appends next
  // covers these entries.
  if (authority.find_log_key(key.verifier().vkey()) == nullptr) return true;
  // A log key signs nothing that the append would then refuse. What was appended all the same, to reset the
  // clock, waits for the others' word.
  if (appended && is_ahead_of(world.stream, environment.now())) return true;
  require_clock(world.stream, environment.now());
  const Checkpoint checkpoint{log_origin(world.id()), world.stream.size(), world.stream.tree.root()};
  const Note note = key.sign(checkpoint, [&](const Checkpoint& earlier) {
    return home.was_continued(earlier) || continues(world, earlier);
  });
  const git::Oid commit = append_checkpoint(world.repository, world.stream, note, environment.now(), signer);
  return home.put(verify_continuation(environment, world, commit), std::nullopt, std::nullopt);
}

}  // namespace

std::vector<Event> announce_my_keys(const Environment& environment, const Authority& authority,
                                    const WorldId& world, const Signer& signer) {
  Json keys = Json::array();
  const auto key = my_log_key(environment, authority, world, signer.did());
  const std::string vkey = key.verifier().vkey();
  if (authority.find_log_key(vkey) == nullptr) {
    const Signature proof = key.signer().sign_raw(possession_statement("log", signer.did(), world, vkey));
    keys.push_back({{"key", vkey}, {"proof", to_base64url(view(proof))}, {"use", "log"}});
  }
  if (!authority.box_keys().contains(signer.did())) {
    if (const auto box = my_box_key(environment, signer.did(), !authority.exists()))
      keys.push_back({{"key", to_base64url(view(*box))}, {"use", "box"}});
  }
  if (keys.empty()) return {};
  const EventDraft draft{.at = environment.now(),
                         .kind = "identity.announced",
                         .body = {{"keys", keys}},
                         .details = {},
                         .world = world};
  return {sign_event(draft, make_nonce(environment.random), signer)};
}

void settle_home(const Environment& environment, World& world) {
  HomeCopy home(environment, world);
  home.catch_up();
}

bool put_cosigned_at_home(const Environment& environment, World& world, const Signer& signer,
                          const std::function<std::optional<Note>()>& choose) {
  HomeCopy home(environment, world);
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    if (attempt > 0) wait_after(environment, attempt);
    home.catch_up();
    require_appender(world, signer.did());
    const std::optional<Note> note = choose();
    if (!note) return false;
    const git::Oid commit = append_cosigned(world.repository, world.stream, *note, environment.now(), signer);
    if (home.put(verify_continuation(environment, world, commit), std::nullopt, std::nullopt)) return true;
  }
  throw too_often();
}

std::uint64_t append_at_home(const Environment& environment, World& world, const Signer& signer,
                             const Compose& compose) {
  HomeCopy home(environment, world);
  std::optional<std::uint64_t> size;
  for (int attempt = 0; attempt < max_attempts && !size; ++attempt) {
    if (attempt > 0) wait_after(environment, attempt);
    size = try_append(environment, world, signer, compose, home);
  }
  if (!size) throw too_often();
  git::keep_packed(world.repository);
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    if (try_checkpoint(environment, world, signer, home, world.stream.size() > *size)) return *size;
    wait_after(environment, attempt);
    home.catch_up();
  }
  // The entries are in; any appender's next checkpoint covers them.
  environment.report("the entries are appended but not covered by a checkpoint yet");
  return *size;
}

}  // namespace bw
