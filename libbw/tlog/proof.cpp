#include "tlog/proof.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace bw {
namespace {

// The largest power of two below `size`, which is at least 2.
TreeSize split_point(TreeSize size) {
  return std::bit_floor(size - 1);
}

}  // namespace

Digest root_of(std::span<const Digest> leaf_hashes) {
  MerkleTree tree;
  for (const Digest& leaf : leaf_hashes) tree.append(leaf);
  return tree.root();
}

SubtreeRoot subtrees_of(std::span<const Digest> leaf_hashes) {
  return [leaf_hashes](TreeSize first, TreeSize last) {
    return root_of(leaf_hashes.subspan(first, last - first));
  };
}

std::vector<Digest> inclusion_proof(const SubtreeRoot& subtree, TreeSize index, TreeSize size) {
  if (index >= size)
    throw Error(ErrorCode::usage, "a proof was asked for an entry that the tree does not hold");
  std::vector<Digest> proof;
  TreeSize first = 0;
  TreeSize last = size;
  while (last - first > 1) {  // from the root down to the leaf: the proof reads the other way
    const TreeSize middle = first + split_point(last - first);
    if (index < middle) {
      proof.push_back(subtree(middle, last));
      last = middle;
    } else {
      proof.push_back(subtree(first, middle));
      first = middle;
    }
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::vector<Digest> consistency_proof(const SubtreeRoot& subtree, TreeSize old_size, TreeSize size) {
  if (old_size > size) throw Error(ErrorCode::usage, "a proof was asked that a tree grew into a smaller one");
  std::vector<Digest> proof;
  if (old_size == 0 || old_size == size) return proof;
  TreeSize first = 0;
  TreeSize last = size;
  while (last != old_size) {
    const TreeSize middle = first + split_point(last - first);
    if (old_size <= middle) {
      proof.push_back(subtree(middle, last));
      last = middle;
    } else {
      proof.push_back(subtree(first, middle));
      first = middle;
    }
  }
  if (first != 0) proof.push_back(subtree(first, last));  // else it is the old root, which its reader knows
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool includes(TreeSize size, const Digest& root, TreeSize index, const Digest& leaf,
              std::span<const Digest> proof) {
  if (index >= size) return false;
  TreeSize node = index;
  TreeSize last = size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      hash = node_hash(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool extends(TreeSize old_size, const Digest& old_root, TreeSize new_size, const Digest& new_root,
             std::span<const Digest> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == MerkleTree().root();
  TreeSize node = old_size - 1;
  TreeSize last = new_size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  // Where the old size is a power of two its root is a node of the new tree, and no hash of the proof.
  Digest old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return false;
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Digest new_hash = old_hash;
  for (const Digest& hash : proof) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      old_hash = node_hash(hash, old_hash);
      new_hash = node_hash(hash, new_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = node_hash(new_hash, hash);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && new_hash == new_root;
}

}  // namespace bw
