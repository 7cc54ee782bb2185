#pragma once
// The behaviour set of a world: behaviours of other worlds taken over by a pinned reference, updates of these
// that are there, and how far two sets overlap. Another world is one that this machine knows
// (world/registry.h); what counts is the definition that it adopted.

#include <optional>
#include <string>
#include <vector>

#include "definition/edit.h"
#include "definition/model.h"
#include "world/world.h"

namespace bw {

struct BehaviourImport {
  std::string definition;          // the text of betterworld.yaml with it
  std::vector<std::string> notes;  // what was left out, a sentence each
};

// `text`, a betterworld.yaml, with the behaviour `id` of `source`, pinned to the digest of its definition,
// and its unit where there is none of that id. What it contributes to, and who passes its gate, is the
// source's own and left out. Where it was imported before it is taken anew, and keeps what the text says of
// these. Errors: invalid (no such behaviour there), refused (another behaviour has the id).
BehaviourImport import_behaviour(const std::string& text, const World& source, const std::string& id);

// Whether the source says something else of an imported behaviour now than what was imported; nothing where
// this machine does not know the source, or it has not that behaviour any more.
struct ImportUpdate {
  std::string behaviour;  // here
  std::string source;     // the name of the world
  bool is_there = false;
};
std::vector<ImportUpdate> import_updates(const Environment& environment, const Definition& definition);

struct Overlap {
  std::vector<std::string> shared;  // ids here
  std::size_t here = 0;
  std::size_t there = 0;
  // Shared of all that either has.
  double share() const;
};
// Two behaviours are the same where both come from one of the same world, or one from the other, or they have
// the same id and unit.
Overlap overlap_of(const World& world, const Definition& definition, const World& other,
                   const Definition& others);

}  // namespace bw
