#include "world/clone.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "git/transport.h"
#include "world/home.h"
#include "world/merge_bundles.h"
#include "world/new_folder.h"
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
  world.repository.update_ref(main_ref, *main, world.repository.ref(main_ref), "bw: clone");
  world.repository.checkout_head(std::nullopt);
  world.repository.set_config("branch.main.remote", "origin");
  world.repository.set_config("branch.main.merge", "refs/heads/main");
}

// Fetches one address and verifies its stream; nothing is moved before that.
void pull_from(const Environment& environment, World& world, const git::RemoteUrl& url,
               std::string_view space) {
  const std::string prefix = fmt::format("refs/bw/{}/", space);
  const bool found = git::fetch(world.repository, url,
                                {fmt::format("+refs/heads/stream:{}stream", prefix),
                                 fmt::format("+refs/heads/details:{}details", prefix)},
                                transport_options(environment));
  const auto head = world.repository.ref(prefix + "stream");
  if (!found || !head) return;
  if (*head != *world.stream.head && world.repository.is_ancestor(*head, *world.stream.head)) {
    return;  // a mirror that lags behind
  }
  advance_stream(environment, world, verify_continuation(environment, world, *head));
  const auto details = world.repository.ref(prefix + "details");
  if (details) {
    world.repository.update_ref(details_ref, *details, world.repository.ref(details_ref), "bw: pull");
  }
}

void fetch_receipts(const Environment& environment, World& world, const git::RemoteUrl& url, const Did& me) {
  const std::string refs = std::string(receipt_prefix) + me.short_id() + "/*";
  git::fetch(world.repository, url, {fmt::format("+{}:{}", refs, refs)}, transport_options(environment));
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
  if (!world.repository.update_ref(main_ref, *theirs, ours, "bw: pull")) {
    pulled.main_note = "main was left alone, since something else moved it at this moment";
    return;
  }
  try {
    if (checked_out) world.repository.checkout_head(ours);
    pulled.main_moved = true;
  } catch (const Error& error) {
    if (!ours) throw;
    world.repository.update_ref(main_ref, *ours, *theirs, "bw: pull undone");
    pulled.main_note = std::string("main was left alone: ") + error.what();
  }
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

Pulled pull_world(const Environment& environment, World& world) {
  Pulled pulled;
  const std::uint64_t before = world.stream.size();
  const Home home = home_of(world);
  if (home.url) pull_from(environment, world, *home.url, "home");
  const auto identity = find_identity(environment);
  const std::size_t receipts_before = identity ? my_receipts(world, identity->did).size() : 0;
  if (const auto address = world.repository.remote_url("origin")) {
    const auto origin = git::RemoteUrl::parse(*address);
    if (!origin) throw Error(ErrorCode::invalid, "the remote \"origin\": " + origin.reason());
    if (!home.url || home.url->text() != origin->text()) pull_from(environment, world, *origin, "origin");
    git::fetch(world.repository, *origin, {"+refs/heads/*:refs/remotes/origin/*"},
               transport_options(environment));
    if (identity) fetch_receipts(environment, world, *origin, identity->did);
  }
  if (identity) {
    if (home.url) fetch_receipts(environment, world, *home.url, identity->did);
    const auto receipts = my_receipts(world, identity->did);
    for (std::size_t i = receipts_before; i < receipts.size(); ++i)
      pulled.receipts.push_back(sentence_of(receipts[i]));
  }
  pull_main(world, pulled);
  pulled.entries = world.stream.size() - before;
  pulled.pending = world.stream.pending();
  return pulled;
}

EventId join_world(const Environment& environment, World& world, const Identity& identity,
                   const Signer& signer, bool show_name, SyncWish wish) {
  const PersonalSeed seed = read_personal_seed(environment);
  const Did credential = Did::from_public_key(seed.credential_public_key());
  const Signature proof = seed.credential_key().sign(
      possession_statement("credential", signer.did(), world.id(), credential.text()));
  const auto box = seed.box_public_key();
  NewEntry entry;
  entry.draft = {
      .at = environment.now(),
      .kind = "identity.announced",
      .body = {{"keys",
                {{{"key", to_base64url({reinterpret_cast<const char*>(box.data()), box.size()})},
                  {"use", "box"}},
                 {{"key", credential.text()},
                  {"proof", to_base64url({reinterpret_cast<const char*>(proof.data()), proof.size()})},
                  {"use", "credential"}}}}},
      .details = {},
      .world = world.id()};
  if (!identity.name.empty()) {
    entry.openings.push_back({make_opening("name", identity.name, environment.random),
                              show_name ? Visibility::public_ : Visibility::private_});
  }
  const auto events = open_journal(environment, world.id())
                          .append(signer, environment.random, [&](const std::vector<JournalEntry>&) {
                            return std::vector<NewEntry>{entry};
                          });
  remember_world(environment, {world.id(), world.name(), std::filesystem::absolute(world.folder()), wish});
  return events.front().id;
}

}  // namespace bw
