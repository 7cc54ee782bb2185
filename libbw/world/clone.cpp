#include "world/clone.h"

#include <iterator>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "git/maintenance.h"
#include "git/transport.h"
#include "world/erasure.h"
#include "world/home.h"
#include "world/moving_work_tree.h"
#include "world/my_keys.h"
#include "world/new_folder.h"
#include "world/receipts.h"
#include "world/seen_inboxes.h"
#include "world/world_files.h"

namespace bw {
namespace {

World fetch_world(const Environment& environment, const git::RemoteUrl& url,
                  const std::filesystem::path& folder) {
  git::Repository repository = git::Repository::create(folder, false);
  git::add_remote(repository, "origin", url.absolute(std::filesystem::current_path()));
  git::fetch(repository, url,
             {"+refs/heads/*:refs/remotes/origin/*", "+refs/heads/stream:refs/heads/stream",
              "+refs/heads/details:refs/heads/details"},
             transport_options(environment));
  if (!repository.ref(stream_ref)) {
    throw Error(ErrorCode::invalid, url.shown() + " holds no world: it has no branch \"stream\"",
                "check the address; a plain repository is cloned with \"git clone\"");
  }
  World world{std::move(repository), {}};
  refresh(environment, world);
  return world;
}

void check_pin(const git::RemoteUrl& url, const World& world) {
  if (url.pin() && *url.pin() != world.id().text()) {
    throw Error(ErrorCode::invalid,
                fmt::format("{} holds world {}, not {} as the address demands", url.shown(),
                            world.id().text(), *url.pin()),
                "do not trust this copy; ask whoever gave you the address");
  }
}

void check_out_main(World& world) {
  const auto main = world.repository.ref("refs/remotes/origin/main");
  if (!main) return;
  world.repository.set_ref(main_ref, *main, "bw: clone");
  world.repository.checkout_head(std::nullopt);
  world.repository.set_config("branch.main.remote", "origin");
  world.repository.set_config("branch.main.merge", "refs/heads/main");
}

// What a copy that should have everything lacks; nothing where it lacks nothing.
std::optional<std::string> shortfall(const World& world, const git::RemoteUrl& url,
                                     const CopyElsewhere& there, CopyStanding standing) {
  const git::Oid& here = *world.stream.head;
  if (standing == CopyStanding::none) {
    return fmt::format("{} holds no stream any more, while {} was verified here; what is here stays",
                       url.shown(), here.hex());
  }
  if (standing != CopyStanding::behind) return std::nullopt;
  return fmt::format(
      "{} lacks {} commits of the stream that were verified here: it has {}, here is {}. It was set back, or "
      "shows an old state; what is here stays",
      url.shown(), world.repository.first_parent_history(here, *there.stream).size(), there.stream->hex(),
      here.hex());
}

// Fetches one address, verifies its stream and takes what is new; nothing is moved before that.
// `is_source`: entries come from there, so that it should lack nothing and its openings are the ones.
void pull_from(const Environment& environment, World& world, const git::RemoteUrl& url,
               const std::string& space, bool is_source, Pulled& pulled) {
  const CopyElsewhere there = fetch_copy(environment, world, url, space);
  const CopyStanding standing = catch_up_with(environment, world, there.stream);
  if (!is_source) return;
  if (auto warning = shortfall(world, url, there, standing)) {
    pulled.warnings.push_back(*std::move(warning));
  } else if (there.details) {
    world.repository.set_ref(details_ref, *there.details, "bw: pull");
  }
}

void pull_main(World& world, Pulled& pulled) {
  const auto theirs = world.repository.ref("refs/remotes/origin/main");
  const auto ours = world.repository.ref(main_ref);
  if (!theirs || theirs == ours) return;
  if (ours && world.repository.is_ancestor(*theirs, *ours)) return;
  if (ours && !world.repository.is_ancestor(*ours, *theirs)) {
    pulled.main_note = "main has commits of yours and of origin: merge them with \"bw merge origin/main\"";
    return;
  }
  const bool checked_out = world.repository.head_branch() == "main" && world.repository.work_tree();
  if (checked_out && world.repository.has_uncommitted_changes("")) {
    pulled.main_note = "main was left alone, since files have changes that are not committed";
    return;
  }
  std::optional<MovingWorkTree> moving;
  if (checked_out && ours) moving.emplace(world.repository, *ours, *theirs);
  if (!world.repository.update_ref(main_ref, *theirs, ours, "bw: pull")) {
    pulled.main_note = "main was left alone, since something else moved it at this moment";
    return;
  }
  try {
    if (checked_out) world.repository.checkout_head(ours);
    pulled.main_moved = true;
  } catch (const Error& error) {
    if (moving && error.code() != ErrorCode::refused) moving->leave_between();
    if (!ours) throw;
    const bool undone = world.repository.update_ref(main_ref, *ours, *theirs, "bw: pull undone");
    pulled.main_note =
        fmt::format("{}: {}", undone ? "main was left alone" : "main was moved by something else meanwhile",
                    error.what());
  }
}

std::optional<git::RemoteUrl> origin_of(const World& world) {
  const auto address = world.repository.remote_url("origin");
  if (!address) return std::nullopt;
  const auto origin = git::RemoteUrl::parse(*address);
  if (!origin) throw Error(ErrorCode::invalid, "the remote \"origin\": " + origin.reason());
  return *origin;
}

// My box, credential and recovery keys, to be announced.
NewEntry announcement(const Environment& environment, const World& world, const Signer& signer) {
  const PersonalSeed seed = read_personal_seed(environment);
  const Did credential = Did::from_public_key(seed.credential_public_key());
  const Signature proof = seed.credential_key().sign(
      possession_statement("credential", signer.did(), world.id(), credential.text()));
  const auto box = seed.box_public_key();
  return {{.at = environment.now(),
           .kind = "identity.announced",
           .body = {{"keys",
                     {{{"key", to_base64url({reinterpret_cast<const char*>(box.data()), box.size()})},
                       {"use", "box"}},
                      {{"key", credential.text()},
                       {"proof", to_base64url({reinterpret_cast<const char*>(proof.data()), proof.size()})},
                       {"use", "credential"}},
                      announced_recovery_key(seed, signer.did(), world.id())}}},
           .details = {},
           .world = world.id()},
          {},
          std::nullopt};
}

// My announcement that neither the log has nor a steward has refused.
std::optional<EventId> find_announcement(const std::vector<JournalEntry>& journal, const World& world,
                                         const Did& me) {
  std::set<EventId> open;
  std::optional<EventId> last;
  for (const JournalEntry& entry : journal) {
    const bool waits = !entry.undone && entry.event.actor == me && entry.event.kind == "identity.announced" &&
                       !world.stream.ids.find(entry.event.id);
    if (waits) open.insert(entry.event.id);
  }
  if (open.empty()) return std::nullopt;
  for (const Receipt& receipt : my_receipts(world, me).receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      if (verdict.kind == Verdict::Kind::refused) open.erase(verdict.event);
    }
  }
  for (const JournalEntry& entry : journal) {
    if (open.contains(entry.event.id)) last = entry.event.id;
  }
  return last;
}

std::string sentence_of(const Receipt& receipt) {
  std::size_t counts[3] = {};
  for (const Verdict& verdict : receipt.verdicts) ++counts[static_cast<std::size_t>(verdict.kind)];
  return fmt::format("bundle {}: {} admitted, {} known already, {} refused",
                     receipt.bundle.hex().substr(0, 10), counts[0], counts[1], counts[2]);
}

}  // namespace

Cloned clone_world(const Environment& environment, const git::RemoteUrl& url,
                   const std::filesystem::path& folder) {
  NewFolder place(folder);
  World world = fetch_world(environment, url, folder);
  check_pin(url, world);
  world.repository.set_config("bw.world", world.id().text());
  check_out_main(world);
  configure_identity(environment, world);
  install_hooks(world.repository);
  remember_world(environment,
                 {world.id(), world.name(), std::filesystem::absolute(folder), SyncWish::manual});
  place.keep();
  return {std::move(world), url.pin().has_value()};
}

std::filesystem::path folder_name_of(const git::RemoteUrl& url) {
  std::string path = url.text();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  std::string name = path.substr(path.find_last_of("/:") + 1);
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  if (name.empty() || name == "." || name == "..") {
    throw Error(ErrorCode::usage, "the address does not tell what to call the folder",
                "name one: bw clone ADDRESS DIR");
  }
  return name;
}

Pulled pull_world(const Environment& environment, World& world, const std::optional<git::RemoteUrl>& from) {
  const StreamLock lock(world);
  refresh(environment, world);
  Pulled pulled;
  const std::uint64_t before = world.stream.size();
  const std::size_t withdrawn = world.stream.withdrawn.size();
  const auto openings = world.repository.ref(details_ref);
  const auto identity = find_identity(environment);
  const auto receipts_from = [&](const git::RemoteUrl& url) {
    if (!identity) return;
    for (const Receipt& receipt : fetch_receipts(environment, world, url, identity->did))
      pulled.receipts.push_back(sentence_of(receipt));
  };
  if (from) {
    pull_from(environment, world, *from, "from", false, pulled);
    receipts_from(*from);
  }
  const auto origin = origin_of(world);
  // A home that does not answer keeps nobody from what another address has, a new home among it.
  const std::optional<git::RemoteUrl> home = home_of(world).url;
  const bool is_origin = home && origin && home->text() == origin->text();
  bool home_answers = false;
  if (home) {
    try {
      pull_from(environment, world, *home, "home", true, pulled);
      receipts_from(*home);
      home_answers = true;
    } catch (const Error& error) {
      const bool other_way = from || (origin && !is_origin);
      if (error.code() != ErrorCode::cannot || !other_way) throw;
      pulled.warnings.push_back(fmt::format("the world's home does not answer: {}", error.what()));
    }
  }
  if (origin && (!is_origin || home_answers)) {
    try {
      // Without an address of its own the home is reached by where the clone came from.
      const bool is_source = home_of(world).kind == Home::Kind::elsewhere;
      if (!is_origin) pull_from(environment, world, *origin, "origin", is_source, pulled);
      git::fetch(world.repository, *origin, {"+refs/heads/*:refs/remotes/origin/*"},
                 transport_options(environment));
      receipts_from(*origin);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::cannot || !(from || home_answers)) throw;
      pulled.warnings.push_back(fmt::format("origin does not answer: {}", error.what()));
    }
  }
  // A steward learns who waits for an answer; nobody waits a second time for a home that does not give one.
  const bool steward = identity && world.stream.authority.is_steward(identity->did);
  if (steward && (home_answers || !home)) look_into_inboxes(environment, world);
  pull_main(world, pulled);
  // What others erased goes here too: they began the branch anew, or said so in the log.
  const auto openings_now = world.repository.ref(details_ref);
  const bool rewritten = openings && openings_now && !world.repository.is_ancestor(*openings, *openings_now);
  if (rewritten || world.stream.withdrawn.size() > withdrawn || holds_withdrawn(world)) {
    Erased erased = erase_withdrawn_here(environment, world);
    std::move(erased.left.begin(), erased.left.end(), std::back_inserter(pulled.warnings));
  }
  git::keep_packed(world.repository);
  pulled.entries = world.stream.size() - before;
  pulled.pending = world.stream.pending();
  return pulled;
}

std::optional<EventId> asked_to_join(const Environment& environment, const World& world, const Did& me) {
  return find_announcement(open_journal(environment, world.id()).read(), world, me);
}

Joining join_world(const Environment& environment, World& world, const Identity& identity,
                   const Signer& signer, bool show_name, SyncWish wish) {
  if (world.stream.authority.members().contains(signer.did())) {
    throw Error(ErrorCode::refused, "you have joined " + world.name() + " already");
  }
  NewEntry entry = announcement(environment, world, signer);
  if (!identity.name.empty()) {
    entry.openings.push_back({make_opening("name", identity.name, environment.random),
                              show_name ? Visibility::public_ : Visibility::private_});
  }
  std::optional<EventId> before;
  const auto events = open_journal(environment, world.id())
                          .append(signer, environment.random, [&](const std::vector<JournalEntry>& journal) {
                            before = find_announcement(journal, world, signer.did());
                            return before ? std::vector<NewEntry>{} : std::vector<NewEntry>{entry};
                          });
  remember_world(environment, {world.id(), world.name(), std::filesystem::absolute(world.folder()), wish});
  return {before ? *before : events.front().id, before.has_value()};
}

}  // namespace bw
