#include "world/collecting.h"

#include "world/appending.h"
#include "world/cosignatures.h"
#include "world/inbox.h"

namespace bw {
namespace {

constexpr std::int64_t day = 86400;

}  // namespace

std::optional<Note> due_cosigned(const World& world, Timestamp now) {
  const auto head = witnessed_head(world.repository, world.stream, now);
  if (!head || !head->enough) return std::nullopt;
  const auto there = cosigned_standing(world.repository, world.stream);
  if (!there || head->best->checkpoint.size > there->checkpoint.size) return head->best->note;
  // What stands there counts for less once a witness was removed.
  if (!there->since) return head->best->note;
  const std::int64_t renewal = head->limit ? head->limit->seconds / 4 : day;
  const bool newer = head->best->since->seconds >= there->since->seconds + renewal;
  return newer ? std::optional(head->best->note) : std::nullopt;
}

CollectedCosignatures collect_cosignatures(const Environment& environment, World& world,
                                           const Signer* signer) {
  CollectedCosignatures collected;
  if (world.stream.authority.witnesses().empty()) return collected;
  collected.warnings = gather_cosignatures(environment, world, inbox_addresses(world));
  const auto due = [&] { return due_cosigned(world, environment.now()); };
  const bool mine = signer != nullptr && world.stream.authority.may_append(signer->did());
  if (mine && due()) collected.appended = put_cosigned_at_home(environment, world, *signer, due);
  collected.best = best_standing(world.repository, world.stream, environment.now());
  return collected;
}

}  // namespace bw
