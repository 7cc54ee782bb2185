#pragma once
// A proof that can be handed on (https://c2sp.org/tlog-proof, version 1): that an entry stands at an index of
// the log whose checkpoint it carries, with the signatures of log and witnesses. It is checked offline,
// against keys that its reader trusts already; the entry itself is told beside it. Every parser accepts one
// text per value.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"
#include "tlog/proof.h"

namespace bw {

struct TlogProof {
  static constexpr std::size_t max_extra = 64u << 10;  // bytes, before base64
  static constexpr std::size_t max_bytes = Note::max_bytes + 2 * max_extra;

  std::string extra;  // opaque, not authenticated; empty for none
  TreeSize index = 0;
  std::vector<Digest> hashes;  // at most 63: from the leaf's sibling up to the root's child
  Note checkpoint;

  // Syntax only, that of the checkpoint included. Whatever is accepted, `text()` gives back.
  static Result<TlogProof> parse(std::string_view bytes);
  std::string text() const;
};

// Whom a reader trusts: a log by its origin and any of its keys, and the witnesses that must stand behind it.
struct ProofPolicy {
  std::string origin;
  std::vector<NoteVerifier> logs;
  WitnessRule witnesses;
};

// What a proof proves.
struct ProvenEntry {
  Checkpoint checkpoint;
  Cosigned cosigned;
};

// Checks that an entry with that leaf hash stands where the proof says, in a log that the policy trusts; the
// reason names the first thing that does not hold.
Result<ProvenEntry> check_proof(const TlogProof& proof, const Digest& leaf, const ProofPolicy& policy);

}  // namespace bw
