#pragma once
// A small log, its key and witnesses, for tests of what is said about logs.

#include <string>
#include <vector>

#include "tlog/cosignature.h"
#include "tlog/proof.h"

namespace bw {

// A key whose seed is one byte repeated.
inline NoteSigner fixed_signer(const std::string& name, char seed, NoteKeyType type = NoteKeyType::ed25519) {
  return NoteSigner::generate(
      name, [seed](std::size_t size) { return std::string(size, seed); }, type);
}

inline NoteSigner fixed_witness(const std::string& name, char seed) {
  return fixed_signer(name, seed, NoteKeyType::cosignature);
}

struct SmallLog {
  NoteSigner key = fixed_signer("example.com/log", 'l');
  std::vector<Digest> leaves;

  explicit SmallLog(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) leaves.push_back(leaf_hash("leaf " + std::to_string(i)));
  }
  Checkpoint checkpoint() const { return {key.verifier().name, leaves.size(), root_of(leaves)}; }
  Note signed_checkpoint() const {
    Note note{checkpoint().text(), {}};
    note.sign(key);
    return note;
  }
};

}  // namespace bw
