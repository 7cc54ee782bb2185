#pragma once
// What the two notes of a stream must be (docs/format.md §12, 2 and 3): `checkpoint`, which a log key signed
// over entries of earlier commits, and `cosigned`, the last of those checkpoints behind which as many of the
// world's witnesses stand as it asks for. Both are judged by what was so before their commit, and both only
// grow. Here too: which keys those are.

#include <string>
#include <vector>

#include "stream/stream_state.h"
#include "tlog/cosignature.h"

namespace bw {

// Takes a new file `checkpoint` into the state, unless it is not what it must be: then every fault, a
// sentence each.
std::vector<std::string> take_checkpoint(StreamState& state, const Result<Note>& note);
// The same of `cosigned`. It is one of the checkpoints that the state remembers, whose number is bounded.
std::vector<std::string> take_cosigned(StreamState& state, const Result<Note>& note);

// The log keys by which a checkpoint of the world is judged now: not retired, and of someone who may append.
std::vector<NoteVerifier> live_log_keys(const Authority& authority);
bool signed_by_live_key(const Authority& authority, const Note& note);

// Whom the world asks to cosign, and how many of them.
WitnessRule witness_rule(const Authority& authority);

}  // namespace bw
