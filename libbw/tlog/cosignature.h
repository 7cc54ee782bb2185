#pragma once
// Cosignatures of witnesses (https://c2sp.org/tlog-cosignature, Ed25519): a witness signs the text of a
// checkpoint together with the time at which it was the largest consistent tree that the witness had seen. A
// log that shows different people different histories needs its witnesses to sign both. Cosigners are keys
// of the type NoteKeyType::cosignature, whose names tell witnesses apart.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "tlog/checkpoint.h"

namespace bw {

// Adds the witness's cosignature as the last signature, in place of an earlier one of its own. Throws
// Error(invalid) where the key is not of the type for cosignatures or the text is no checkpoint. Who calls
// this has checked that the checkpoint extends what the witness saw before, and stored it durably.
void cosign(Note& checkpoint, const NoteSigner& witness, Timestamp now);

// When the witness cosigned the note; nothing where it did not, or where any signature line that claims to be
// of its key does not verify.
std::optional<Timestamp> cosigned_at(const Note& checkpoint, const NoteVerifier& witness);

// The rule "at least `needed` of these witnesses". No witness is needed where `needed` is 0.
struct WitnessQuorum {
  std::vector<NoteVerifier> witnesses;
  std::size_t needed = 0;
};

// What stands behind a checkpoint, by a quorum's rule.
struct Cosigned {
  struct By {
    std::string name;
    Timestamp at;
    friend bool operator==(const By&, const By&) = default;
  };
  std::vector<By> by;  // in the order of the quorum's witnesses; each public key counts once
  bool enough = false;
};
Cosigned cosigned(const Note& checkpoint, const WitnessQuorum& quorum);

}  // namespace bw
