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

// Which witnesses are enough: a witness, or at least `needed` of some rules; made anew, no witness at all.
struct WitnessRule {
  std::optional<NoteVerifier> witness;  // then the rest is empty
  std::vector<WitnessRule> members;
  std::size_t needed = 0;

  static WitnessRule at_least(std::size_t needed, const std::vector<NoteVerifier>& witnesses);
};

// What stands behind a checkpoint, by a rule.
struct Cosigned {
  struct By {
    std::string name;
    Timestamp at;
    friend bool operator==(const By&, const By&) = default;
  };
  std::vector<By> by;  // the rule's witnesses that cosigned, in its order
  bool enough = false;
};
// Each public key counts once, under the first name that the rule gives it.
Cosigned cosigned(const Note& checkpoint, const WitnessRule& rule);

}  // namespace bw
