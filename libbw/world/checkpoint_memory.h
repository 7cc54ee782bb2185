#pragma once
// Checkpoints that this machine saw, world by world, whatever copy they came from. A log that shows one
// history to one clone and another to the next is found out here: the copies of one machine, also those
// deleted since, must agree.
//
//     checkpoints/<world id>/seen.jsonl      {"note":"<the signed note>","seen":<unix seconds>}, by ascending
//     size checkpoints/<world id>/split-<…>/      two that contradict each other, `seen` and `here`, as
//     evidence
//
// below the user's state folder. No command deletes any of it; where stewards named the history that stands
// (world/split.h), what was seen of the other is moved beside the evidence.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "world/world.h"

namespace bw {

// Error(invalid): what a copy holds contradicts what this machine saw.
class TwoHistories : public Error {
public:
  using Error::Error;
};

struct SeenCheckpoint {
  Checkpoint checkpoint;
  std::string note;  // as it was signed
  Timestamp seen;
};

// Those of the world, by size; a torn last line is left out. Error(invalid) where the file is damaged.
std::vector<SeenCheckpoint> seen_checkpoints(const Environment& environment, const WorldId& world);

// Compares the checkpoint of a verified stream with the largest that was seen and is no larger, then keeps it
// where it is larger than all. TwoHistories naming both where they are; both are kept as evidence. Where
// stewards named a root by which this stream stands, the memory goes on with it instead, and a copy of the
// other history is TwoHistories from then on, however much it has. A copy that is merely behind what was seen
// is no contradiction: `seen_beyond` tells of it. A memory that cannot be written (a full or read-only disk)
// is left as it is.
void remember_checkpoint(const Environment& environment, const git::Repository& repository,
                         const StreamState& verified);

// The folders with evidence that this machine holds of that world.
std::vector<std::filesystem::path> split_evidence(const Environment& environment, const WorldId& world);

// The largest checkpoint seen, where it is larger than what this copy holds: the copy is old, or was rolled
// back.
std::optional<SeenCheckpoint> seen_beyond(const Environment& environment, const StreamState& verified);

// How a checkpoint from elsewhere relates to a verified stream. `newer` cannot be judged from this copy.
enum class Relation { same, older, newer, split };
Relation relation_of(const Checkpoint& other, const git::Repository& repository, const StreamState& verified);

}  // namespace bw
