#include "qf/core/merkle.h"

#include <gtest/gtest.h>

#include <string>

namespace qf {
namespace {

// RFC 6962, section 2.1, as it is written there.
Sha256Bytes by_definition(std::span<const Sha256Bytes> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const Sha256Bytes left = by_definition(leaves.first(split)), right = by_definition(leaves.subspan(split));
  const auto view = [](const Sha256Bytes& hash) {
    return std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size());
  };
  return Sha256().update("\x01").update(view(left)).update(view(right)).bytes();
}

std::vector<Sha256Bytes> some_leaves(std::size_t count) {
  std::vector<Sha256Bytes> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash("salt", std::to_string(i)));
  return leaves;
}

TEST(Merkle, ALeafIsHashedWithItsSalt) {
  EXPECT_EQ(leaf_hash("ab", "c"), sha256(std::string("\0abc", 4)));
  EXPECT_NE(leaf_hash("a", "row"), leaf_hash("b", "row"));
}

TEST(Merkle, RootsAreThoseOfTheRfc) {
  for (std::size_t count = 0; count <= 70; ++count) {
    const auto leaves = some_leaves(count);
    EXPECT_EQ(merkle_root(leaves), by_definition(leaves)) << count;
    EXPECT_EQ(MerkleTree(leaves).root(), by_definition(leaves)) << count;
  }
}

TEST(Merkle, EveryLeafHasAProofThatHoldsForNothingElse) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 8U, 13U, 33U}) {
    const MerkleTree tree(some_leaves(count));
    for (std::size_t i = 0; i < count; ++i) {
      auto proof = tree.proof(i);
      EXPECT_TRUE(inclusion_holds(tree.leaves()[i], i, count, proof, tree.root())) << count << " " << i;
      EXPECT_FALSE(inclusion_holds(leaf_hash("salt", "other"), i, count, proof, tree.root()));
      EXPECT_FALSE(inclusion_holds(tree.leaves()[i], i, count, proof, sha256("another root")));
      EXPECT_FALSE(inclusion_holds(tree.leaves()[i], count, count, proof, tree.root()));
      if (count > 1) {
        EXPECT_FALSE(inclusion_holds(tree.leaves()[i], i ^ 1U, count, proof, tree.root()));
      }
      proof.push_back(sha256("one too many"));
      EXPECT_FALSE(inclusion_holds(tree.leaves()[i], i, count, proof, tree.root()));
    }
  }
}

}  // namespace
}  // namespace qf
