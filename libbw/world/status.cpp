#include "world/status.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/commit_author.h"
#include "world/clone.h"
#include "world/collecting.h"
#include "world/inbox.h"
#include "world/plain_git.h"
#include "world/standing.h"
#include "world/submit.h"
#include "world/witnessing.h"

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

void read_merge(const World& world, Status& status) {
  if (!world.repository.work_tree() || !find_commit(world.repository, "MERGE_HEAD")) return;
  status.merging.emplace();
  const Finished unmerged = run_plain_git(world.repository, {"diff", "--name-only", "--diff-filter=U", "-z"});
  for (const std::string_view path : split(unmerged.output, '\0')) {
    if (!path.empty()) status.merging->push_back(printable(path));
  }
}

// Fetched streams that verification did not accept, and commits of main that nobody signed.
void read_unverified(const World& world, Status& status) {
  for (const std::string from : {"home", "origin"}) {
    const auto theirs = world.repository.ref("refs/bw/" + from + "/stream");
    if (!theirs || world.repository.is_ancestor(*theirs, *world.stream.head)) continue;
    status.unverified.push_back(fmt::format("the stream of {} was fetched up to {} and not accepted", from,
                                            theirs->hex().substr(0, 12)));
  }
  const auto main = world.repository.ref(main_ref);
  if (!main) return;
  std::vector<git::Oid> adopted;
  const auto commit = status.adopted ? git::Oid::from_hex(status.adopted->commit) : std::nullopt;
  if (commit && world.repository.has_object(*commit)) adopted.push_back(*commit);
  for (const git::Oid& oid : world.repository.reachable(*main, adopted)) {
    const auto signer = commit_signer(world.repository.read_commit(oid));
    if (!signer)
      status.unverified.push_back(
          fmt::format("commit {} of main: {}", oid.hex().substr(0, 12), signer.reason()));
  }
}

void read_my_part(const Environment& environment, const World& world, Status& status) {
  const auto identity = find_identity(environment);
  if (!identity) return;
  const Authority& authority = world.stream.authority;
  status.me = identity->did;
  status.steward = authority.is_steward(identity->did);
  status.member = authority.members().contains(identity->did);
  status.is_disputed = authority.persons().is_disputed(identity->did);
  status.is_revoked = !status.is_disputed && !authority.persons().may_speak(identity->did);
  for (const JournalEntry& entry : waiting_entries(environment, world, true)) {
    ++(entry.bundles.empty() ? status.waiting : status.sent);
  }
  status.wishes = sync_wishes(environment, world);
  status.synced = last_sync(environment, world.folder());
  status.to_attest = waiting_for(environment, world, identity->did).size();
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
    status.inboxes = seen_inboxes(world);
    for (const auto& [id, proposal] : authority.open_proposals()) {
      status.proposals += proposal.approvals.contains(authority.persons().name_of(identity->did)) ? 0 : 1;
    }
  }
}

void read_witnesses(const Environment& environment, const World& world, Status& status) {
  status.witnessed = witnessed_head(world.repository, world.stream, environment.now());
  status.cosigned_due = due_cosigned(world, environment.now()).has_value();
  const auto witness = find_witness(environment);
  if (!witness || !world.stream.authority.witnesses().contains(witness->verifier().vkey())) return;
  const auto latest = witness->latest(log_origin(world.id()));
  status.to_cosign = world.stream.checkpoint && (!latest || latest->text != world.stream.checkpoint->text());
}

std::vector<NextStep> next_steps(const Status& status) {
  std::vector<NextStep> steps;
  const auto step = [&](bool when, std::string command, std::string why) {
    if (when) steps.push_back({std::move(command), std::move(why)});
  };
  const bool conflicts = status.merging && !status.merging->empty();
  step(!status.me, "bw id new", "make an identity, to take part");
  step(status.is_revoked, "bw id dispute", "your key was revoked here: dispute it, if that was not you");
  step(status.is_disputed, "bw steward list", "your keys are disputed here, until the stewards settle it");
  step(status.copy_of_home, "bw world home --here",
       "a copy of the home appends nothing, unless that is gone");
  step(conflicts, "git diff",
       "a merge left both versions: choose, then git add -A && git commit -S; or go back: git merge --abort");
  step(status.merging && !conflicts, "git commit -S", "end the merge; or go back: git merge --abort");
  step(!status.definition_valid, "bw validate", "main's definition has errors");
  step(status.uncommitted && !status.merging, "git commit -S -a",
       "the definition in the work tree is not committed");
  step(status.steward && status.definition_differs && status.definition_valid, "bw adopt",
       "put main's definition in force");
  step(status.steward && (status.inbox > 0 || !status.inboxes.empty()), "bw merge --inbox",
       "others have submitted");
  step(status.to_cosign, "bw witness cosign", "the log has grown since your witness saw it");
  step(status.steward && status.cosigned_due, "bw witness collect",
       "witnesses stand behind more than the stream says");
  step(status.proposals > 0, "bw steward list", "proposals wait for your approval");
  step(status.to_attest > 0, "bw attest", "others say that they did something, and it waits for your word");
  step(!status.refused.empty(),
       "bw show " + (status.refused.empty() ? std::string() : status.refused.front().first.short_text()),
       "a steward refused something of yours");
  const bool periodic = status.wishes.world == SyncWish::periodic;
  step(periodic && !status.synced, "bw sync --install", "your wish is periodic, and nothing has run it yet");
  step(status.synced && !status.synced->well, "bw sync", "the last sync left something undone");
  step(status.waiting > 0, "bw submit", "your journal holds what the world has not got");
  step(status.me && !status.member && !status.joining, "bw join", "become known in this world");
  step(status.ahead_behind && status.ahead_behind->second > 0, "bw pull", "origin has newer commits");
  step(steps.empty() && status.me.has_value(), "bw help log", "record what you did: bw log BEHAVIOUR");
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
  read_merge(world, status);
  read_unverified(world, status);
  read_my_part(environment, world, status);
  read_witnesses(environment, world, status);
  status.next_steps = next_steps(status);
  return status;
}

}  // namespace bw
