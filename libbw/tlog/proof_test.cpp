#include "tlog/proof.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

using namespace bw;

namespace {

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(leaf_hash("leaf " + std::to_string(i)));
  return result;
}

Digest root_at(const std::vector<Digest>& all, TreeSize size) {
  return root_of(std::span(all).first(size));
}

}  // namespace

TEST_CASE("every leaf of every tree up to 70 is proved, and no other leaf or index by that proof") {
  const std::vector<Digest> all = leaves(70);
  for (TreeSize size = 1; size <= all.size(); ++size) {
    const Digest root = root_at(all, size);
    for (TreeSize index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(subtrees_of(all), index, size);
      CHECK(includes(size, root, index, all[index], proof));
      CHECK_FALSE(includes(size, root, index, leaf_hash("another"), proof));
      CHECK_FALSE(includes(size, root, size, all[index], proof));
      if (size > 1) CHECK_FALSE(includes(size, root, (index + 1) % size, all[index], proof));
      auto longer = proof;
      longer.push_back(root);
      CHECK_FALSE(includes(size, root, index, all[index], longer));
    }
  }
}

TEST_CASE("every tree up to 70 is proved to extend every smaller one") {
  const std::vector<Digest> all = leaves(70);
  for (TreeSize size = 0; size <= all.size(); ++size) {
    const Digest root = root_at(all, size);
    for (TreeSize old_size = 0; old_size <= size; ++old_size) {
      const auto proof = consistency_proof(subtrees_of(all), old_size, size);
      const Digest old_root = root_at(all, old_size);
      CHECK(extends(old_size, old_root, size, root, proof));
      CHECK_FALSE(extends(old_size, leaf_hash("another root"), size, root, proof));
      // No leaves are a beginning of whatever root is claimed, as in RFC 9162; all others bind it.
      if (old_size > 0) CHECK_FALSE(extends(old_size, old_root, size, leaf_hash("another root"), proof));
      auto longer = proof;
      longer.push_back(root);
      CHECK_FALSE(extends(old_size, old_root, size, root, longer));
      if (!proof.empty()) {
        CHECK_FALSE(extends(old_size, old_root, size, root, std::span(proof).first(proof.size() - 1)));
      }
    }
  }
}

TEST_CASE("a hash changed anywhere in a proof makes it worthless") {
  const std::vector<Digest> all = leaves(300);
  CHECK(rc::check("in proofs of inclusion", [&] {
    const TreeSize size = *rc::gen::inRange<TreeSize>(2, 300);
    const TreeSize index = *rc::gen::inRange<TreeSize>(0, size);
    auto proof = inclusion_proof(subtrees_of(all), index, size);
    auto& hash = proof[*rc::gen::inRange<std::size_t>(0, proof.size())];
    hash.bytes[*rc::gen::inRange<std::size_t>(0, 32)] ^=
        static_cast<std::uint8_t>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT(!includes(size, root_at(all, size), index, all[index], proof));
  }));
  CHECK(rc::check("in proofs of consistency", [&] {
    const TreeSize size = *rc::gen::inRange<TreeSize>(2, 300);
    const TreeSize old_size = *rc::gen::inRange<TreeSize>(1, size);
    auto proof = consistency_proof(subtrees_of(all), old_size, size);
    auto& hash = proof[*rc::gen::inRange<std::size_t>(0, proof.size())];
    hash.bytes[*rc::gen::inRange<std::size_t>(0, 32)] ^=
        static_cast<std::uint8_t>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT(!extends(old_size, root_at(all, old_size), size, root_at(all, size), proof));
  }));
}

TEST_CASE("proofs of RFC 6962's own example, the tree of seven leaves, hold the nodes it names") {
  const std::vector<Digest> all = leaves(7);  // d0 … d6; RFC 6962 §2.1.3
  const auto node = [&](TreeSize first, TreeSize last) { return subtrees_of(all)(first, last); };
  const Digest b = all[1], h = node(2, 4), g = node(0, 2), l = node(4, 7), k = node(0, 4);
  CHECK(inclusion_proof(subtrees_of(all), 0, 7) == std::vector{b, h, l});
  CHECK(inclusion_proof(subtrees_of(all), 3, 7) == std::vector{all[2], g, l});
  CHECK(inclusion_proof(subtrees_of(all), 4, 7) == std::vector{all[5], all[6], k});
  CHECK(inclusion_proof(subtrees_of(all), 6, 7) == std::vector{node(4, 6), k});
  CHECK(consistency_proof(subtrees_of(all), 3, 7) == std::vector{all[2], all[3], g, l});
  CHECK(consistency_proof(subtrees_of(all), 4, 7) == std::vector{l});
  CHECK(consistency_proof(subtrees_of(all), 6, 7) == std::vector{node(4, 6), all[6], k});
}

TEST_CASE("hostile sizes end: a tree of 2^64-1 leaves, proofs of none and of many hashes") {
  const TreeSize most = ~TreeSize{0};
  const Digest any = leaf_hash("any");
  const std::vector<Digest> many(1000, any);
  CHECK_FALSE(includes(most, any, most - 1, any, {}));
  CHECK_FALSE(includes(most, any, 0, any, many));
  CHECK_FALSE(includes(0, any, 0, any, {}));
  CHECK_FALSE(extends(most - 1, any, most, any, many));
  CHECK_FALSE(extends(1, any, most, any, many));
  CHECK_FALSE(extends(3, any, 2, any, {}));
}

TEST_CASE("what a tree cannot prove is not asked of it") {
  const std::vector<Digest> all = leaves(3);
  CHECK_THROWS_AS(inclusion_proof(subtrees_of(all), 3, 3), Error);
  CHECK_THROWS_AS(consistency_proof(subtrees_of(all), 4, 3), Error);
}
