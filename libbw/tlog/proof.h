#pragma once
// Merkle proofs of RFC 6962: that a leaf stands at an index of a tree (§2.1.1), and that a tree grew out of a
// smaller one by appending (§2.1.2). They are checked as RFC 9162 §2.1.3.2 and §2.1.4.2 write it down. A
// proof is a list of at most 126 hashes; checking one takes as many steps and trusts nothing but the roots.

#include <functional>
#include <span>
#include <vector>

#include "tlog/merkle.h"

namespace bw {

// Two hashes for each bit of a tree's size, which no true proof goes beyond.
constexpr std::size_t max_proof_hashes = 126;

// Where proofs are made from: MTH(D[first:last]) of RFC 6962 §2.1 for first < last.
using SubtreeRoot = std::function<Digest(TreeSize first, TreeSize last)>;

// The root over these leaf hashes; SHA-256("") where there are none.
Digest root_of(std::span<const Digest> leaf_hashes);
// For logs whose leaf hashes (32 bytes an entry) fit into memory, which has to outlive the function.
SubtreeRoot subtrees_of(std::span<const Digest> leaf_hashes);

// The hashes from the leaf's sibling up to the root's child. Throws Error(usage) unless index < size.
std::vector<Digest> inclusion_proof(const SubtreeRoot& subtree, TreeSize index, TreeSize size);
// Empty where the sizes are equal or the old one is 0. Throws Error(usage) unless old_size <= size.
std::vector<Digest> consistency_proof(const SubtreeRoot& subtree, TreeSize old_size, TreeSize size);

// Whether the leaf with that hash stands at `index` of the tree of that size and root.
bool includes(TreeSize size, const Digest& root, TreeSize index, const Digest& leaf,
              std::span<const Digest> proof);
// Whether the new tree begins with the old one. A tree of no leaves begins every tree; its proof is empty.
bool extends(TreeSize old_size, const Digest& old_root, TreeSize new_size, const Digest& new_root,
             std::span<const Digest> proof);

}  // namespace bw
