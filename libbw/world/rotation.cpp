#include "world/rotation.h"

#include <algorithm>

#include "base/error.h"
#include "stream/commit_author.h"
#include "world/act.h"
#include "world/merge_bundles.h"
#include "world/submit.h"

namespace bw {
namespace {

// Whether the world knows this key, so that another can take its place.
bool has_part_in(const World& world, const Did& key) {
  const Authority& authority = world.stream.authority;
  return authority.known_keys().contains(key) && authority.persons().may_speak(key);
}

void record_succession(const Environment& environment, const World& world, const Signer& before,
                       const Signer& next) {
  record_act(environment, world, before, "identity.linked", {{"ends", true}, {"key", next.did().text()}});
  record_early_act(environment, world, next, "identity.linked", {{"key", before.did().text()}});
}

bool is_in_force(const World& world, const Did& before, const Did& next) {
  return world.stream.authority.persons().are_one(before, next);
}

// Settings that `configure_identity` made for the old key; what the user chose for himself stays.
void configure_successor(World& world, const Identity& before, const Identity& next) {
  const std::pair<std::string, std::pair<std::string, std::string>> settings[] = {
      {"user.email", {appender(before.did).email, appender(next.did).email}},
      {"user.name", {appender(before.did).name, appender(next.did).name}},
      {"user.signingkey", {before.key_file.string(), next.key_file.string()}}};
  for (const auto& [name, value] : settings) {
    if (world.repository.config(name) == value.first) world.repository.set_config(name, value.second);
  }
}

// Everything that waits by both keys. Who appends with the old key appends the new one's word too, which
// nobody else could do where she is the only steward; then the new key covers it.
std::size_t send(const Environment& environment, World& world, const Signer& before, const Signer& next) {
  const bool appends = appends_directly(world, before.did());
  std::size_t sent = submit(environment, world, before, {}).events.size();
  if (!appends) {
    return sent + submit(environment, world, next, {}).events.size();
  }
  std::vector<std::string> bundles;
  SubmitOptions options;
  options.deliver = [&](const std::string& bytes) { bundles.push_back(bytes); };
  sent += submit(environment, world, next, options).events.size();
  merge_bundles(environment, world, before, bundles);
  if (world.stream.authority.may_append(next.did())) {
    append_at_home(environment, world, next, [](const StreamState&) { return Composition{}; });
  }
  return sent;
}

void send(const Environment& environment, RotatedWorld& rotated, const Identity& before, const Identity& next,
          const Signer& before_signer, const Signer& next_signer) {
  try {
    World world = open_world(environment, rotated.known.folder);
    configure_successor(world, before, next);
    send(environment, world, before_signer, next_signer);
    rotated.in_force = is_in_force(world, before.did, next.did);
  } catch (const Error& error) {
    rotated.problem = error.what();
  }
}

}  // namespace

Rotation rotate_key(const Environment& environment, const std::string& passphrase) {
  const Identity before = require_identity(environment);
  const Identity next = prepare_next_identity(environment, passphrase);
  const auto before_signer = open_signer(environment, before);
  const auto next_signer = open_signer(environment, next);
  std::vector<RotatedWorld> worlds;
  for (const KnownWorld& known : known_worlds(environment)) {
    RotatedWorld rotated{known, false, {}};
    try {
      const World world = open_world(environment, known.folder);
      if (!has_part_in(world, before.did)) continue;
      record_succession(environment, world, *before_signer, *next_signer);
    } catch (const Error& error) {
      rotated.problem = error.what();
    }
    worlds.push_back(std::move(rotated));
  }
  install_next_identity(environment);
  const Identity now = require_identity(environment);
  for (RotatedWorld& rotated : worlds) {
    if (rotated.problem.empty()) send(environment, rotated, before, now, *before_signer, *next_signer);
  }
  return {before, now, std::move(worlds)};
}

std::size_t submit_former(const Environment& environment, World& world, const Signer& me) {
  const std::vector<JournalEntry> waiting = waiting_entries(environment, world, false);
  std::size_t sent = 0;
  for (const Identity& former : former_identities(environment)) {
    const bool waits = std::any_of(waiting.begin(), waiting.end(), [&](const JournalEntry& entry) {
      return entry.event.actor == former.did;
    });
    if (waits) sent += send(environment, world, *open_signer(environment, former), me);
  }
  return sent;
}

}  // namespace bw
