#include "tlog/merkle.h"

#include <array>
#include <bit>
#include <string>
#include <utility>

#include "base/error.h"

namespace bw {

Digest leaf_hash(std::string_view leaf) {
  // One copy costs less than a digest made in two steps.
  std::string bytes;
  bytes.reserve(1 + leaf.size());
  bytes.push_back('\0');
  bytes.append(leaf);
  return sha256(bytes);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<char, 65> bytes{};
  bytes[0] = 1;
  left.view().copy(bytes.data() + 1, 32);
  right.view().copy(bytes.data() + 33, 32);
  return sha256({bytes.data(), bytes.size()});
}

MerkleTree::MerkleTree(TreeSize size, std::vector<Digest> frontier)
    : size_(size), frontier_(std::move(frontier)) {
  if (frontier_.size() != static_cast<std::size_t>(std::popcount(size_))) {
    throw Error(ErrorCode::invalid, "the subtree roots of a Merkle tree do not belong to its size");
  }
}

void MerkleTree::append(const Digest& leaf) {
  Digest subtree = leaf;
  // Adding one carries through the set bits of the size: each is a subtree as large as the new one.
  for (TreeSize carry = size_; (carry & 1) != 0; carry >>= 1) {
    subtree = node_hash(frontier_.back(), subtree);
    frontier_.pop_back();
  }
  frontier_.push_back(subtree);
  ++size_;
}

Digest MerkleTree::root() const {
  if (frontier_.empty()) return sha256("");
  Digest root = frontier_.back();
  for (std::size_t i = frontier_.size() - 1; i-- > 0;) root = node_hash(frontier_[i], root);
  return root;
}

}  // namespace bw
