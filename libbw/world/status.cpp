#include "world/status.h"

#include <fmt/format.h>

#include "base/error.h"
#include "world/clone.h"
#include "world/inbox.h"
#include "world/submit.h"

namespace bw {
namespace {

void read_definition_state(const World& world, Status& status) {
  const auto main = world.repository.ref(main_ref);
  if (main) {
    const LoadedDefinition loaded = definition_at(world.repository, *main);
    status.definition_valid = loaded.valid();
    status.definition_differs = !status.adopted || loaded.digest != status.adopted->digest;
  }
  if (world.repository.work_tree()) {
    status.uncommitted = world.repository.has_uncommitted_changes(definition_file) ||
                         world.repository.has_uncommitted_changes("tools");
  }
  const auto origin = world.repository.ref("refs/remotes/origin/main");
  if (main && origin) {
    status.ahead_behind = {world.repository.count_reachable(*main, *origin),
                           world.repository.count_reachable(*origin, *main)};
  }
}

void read_my_part(const Environment& environment, const World& world, Status& status) {
  const auto identity = find_identity(environment);
  if (!identity) return;
  const Authority& authority = world.stream.authority;
  status.me = identity->did;
  status.steward = authority.is_steward(identity->did);
  status.member = authority.members().contains(identity->did);
  for (const JournalEntry& entry : waiting_entries(environment, world, true)) {
    ++(entry.bundles.empty() ? status.waiting : status.sent);
  }
  status.joining = !status.member && asked_to_join(environment, world, identity->did).has_value();
  const MyReceipts answers = my_receipts(world, identity->did);
  status.junk_receipts = answers.junk;
  for (const Receipt& receipt : answers.receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      const bool refused = verdict.kind == Verdict::Kind::refused && !world.stream.ids.find(verdict.event);
      if (refused) status.refused.emplace_back(verdict.event, verdict.reason);
    }
  }
  if (status.steward) {
    for (const auto& [id, proposal] : authority.open_proposals()) {
      status.proposals += proposal.approvals.contains(identity->did) ? 0 : 1;
    }
  }
}

std::vector<std::string> next_steps(const Status& status) {
  std::vector<std::string> steps;
  const auto step = [&](bool when, const char* command, const char* why) {
    if (when) steps.push_back(fmt::format("{:<28} {}", command, why));
  };
  step(!status.me, "bw id new", "make an identity, to take part");
  step(status.copy_of_home, "bw world home --here",
       "a copy of the home appends nothing, unless that is gone");
  step(!status.definition_valid, "bw validate", "main's definition has errors");
  step(status.uncommitted, "git commit -S", "the definition in the work tree is not committed");
  step(status.steward && status.definition_differs && status.definition_valid, "bw adopt",
       "put main's definition in force");
  step(status.steward && status.inbox > 0, "bw merge --inbox", "others have submitted");
  step(status.proposals > 0, "bw steward list", "proposals wait for your approval");
  step(!status.refused.empty(), "bw show EVENT", "a steward refused something of yours");
  step(status.waiting > 0, "bw submit", "your journal holds what the world has not got");
  step(status.me && !status.member && !status.joining, "bw join", "become known in this world");
  step(status.ahead_behind && status.ahead_behind->second > 0, "bw pull", "origin has newer commits");
  step(steps.empty() && status.me.has_value(), "bw log BEHAVIOUR", "record what you did");
  return steps;
}

}  // namespace

Status world_status(const Environment& environment, const World& world) {
  Status status;
  status.world = world.id();
  status.name = world.name();
  status.folder = world.folder();
  status.size = world.stream.covered();
  status.pending = world.stream.pending();
  status.adopted = world.stream.authority.adopted();
  status.home = home_of(world);
  status.copy_of_home = status.home.kind == Home::Kind::here && !world.stream.authority.home() &&
                        marked_as_home_elsewhere(world.repository).has_value();
  status.inbox = unanswered_bundles(world);
  read_definition_state(world, status);
  read_my_part(environment, world, status);
  status.next_steps = next_steps(status);
  return status;
}

}  // namespace bw
