#pragma once
// The Merkle tree of RFC 6962 §2.1 with SHA-256: a leaf is hashed as 0x00 || leaf, an inner node as
// 0x01 || left || right. MerkleTree keeps only the roots of the complete subtrees (a "compact range"),
// so that appending and asking for the root take O(log n) time and memory.

#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/hash.h"

namespace bw {

using TreeSize = std::uint64_t;

Digest leaf_hash(std::string_view leaf);
Digest node_hash(const Digest& left, const Digest& right);

class MerkleTree {
public:
  MerkleTree() = default;
  // Resumes at `size` from the subtree roots that `frontier()` gave, largest first. Throws
  // Error(invalid) where their number does not belong to the size.
  MerkleTree(TreeSize size, std::vector<Digest> frontier);

  // Takes the hash of a leaf, `leaf_hash(leaf)`.
  void append(const Digest& leaf);
  TreeSize size() const { return size_; }
  Digest root() const;  // SHA-256("") for the empty tree
  // One root for each bit set in `size()`.
  const std::vector<Digest>& frontier() const { return frontier_; }

private:
  TreeSize size_ = 0;
  std::vector<Digest> frontier_;
};

}  // namespace bw
