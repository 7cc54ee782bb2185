#include "tlog/merkle.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"

using namespace bw;

namespace {

// RFC 6962 §2.1 word for word: MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k the largest
// power of two below n.
std::string naive_root(const std::vector<std::string>& leaves, std::size_t from, std::size_t to) {
  if (from == to) return std::string(sha256("").view());
  if (to - from == 1) return std::string(sha256(std::string(1, '\0') + leaves[from]).view());
  std::size_t k = 1;
  while (k * 2 < to - from) k *= 2;
  const std::string both = naive_root(leaves, from, from + k) + naive_root(leaves, from + k, to);
  return std::string(sha256("\x01" + both).view());
}

MerkleTree tree_of(const std::vector<std::string>& leaves) {
  MerkleTree tree;
  for (const std::string& leaf : leaves) tree.append(leaf_hash(leaf));
  return tree;
}

}  // namespace

TEST_CASE("roots are those that Certificate Transparency logs publish as test vectors") {
  // google/certificate-transparency, merkletree/merkle_tree_test.cc
  const std::pair<const char*, const char*> vectors[] = {
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f",
       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  MerkleTree tree;
  CHECK(tree.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const auto& [leaf, root] : vectors) {
    tree.append(leaf_hash(*from_hex(leaf)));
    CHECK(tree.root().hex() == root);
  }
}

TEST_CASE("the root at every size is the one that RFC 6962 defines") {
  std::vector<std::string> leaves;
  MerkleTree tree;
  for (std::size_t size = 0; size <= 130; ++size) {
    CHECK(tree.size() == size);
    CHECK(tree.root().view() == naive_root(leaves, 0, size));
    leaves.push_back("leaf " + std::to_string(size));
    tree.append(leaf_hash(leaves.back()));
  }
  CHECK(rc::check("any leaves", [](const std::vector<std::string>& any) {
    RC_ASSERT(tree_of(any).root().view() == naive_root(any, 0, any.size()));
  }));
}

TEST_CASE("a tree resumes from its frontier at any size") {
  CHECK(rc::check("resuming changes nothing",
                  [](const std::vector<std::string>& before, const std::vector<std::string>& after) {
                    MerkleTree whole = tree_of(before);
                    MerkleTree resumed(whole.size(), whole.frontier());
                    RC_ASSERT(resumed.root() == whole.root());
                    for (const std::string& leaf : after) {
                      whole.append(leaf_hash(leaf));
                      resumed.append(leaf_hash(leaf));
                      RC_ASSERT(resumed.root() == whole.root());
                      RC_ASSERT(resumed.frontier() == whole.frontier());
                    }
                    RC_ASSERT(resumed.size() == before.size() + after.size());
                  }));
}

TEST_CASE("a frontier that does not belong to the size is refused") {
  const Digest any = leaf_hash("x");
  CHECK_THROWS_AS(MerkleTree(0, {any}), Error);
  CHECK_THROWS_AS(MerkleTree(1, {}), Error);
  CHECK_THROWS_AS(MerkleTree(3, {any}), Error);
  CHECK_THROWS_AS(MerkleTree(4, {any, any}), Error);
  CHECK(MerkleTree(6, {any, any}).root() == node_hash(any, any));
}

TEST_CASE("a leaf is never an inner node") {
  const Digest left = leaf_hash("a");
  const Digest right = leaf_hash("b");
  const std::string both = std::string(left.view()) + std::string(right.view());
  CHECK(leaf_hash(both) != node_hash(left, right));
  CHECK(node_hash(left, right) != node_hash(right, left));
}
