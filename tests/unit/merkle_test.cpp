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
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto holds = [&](const Sha256Bytes& leaf, std::uint64_t at, std::span<const Sha256Bytes> proof,
                             const Sha256Bytes& root) {
        return inclusion_holds({&leaf, 1}, {&at, 1}, count, proof, root);
      };
      auto proof = tree.proof({&i, 1});
      EXPECT_TRUE(holds(tree.leaves()[i], i, proof, tree.root())) << count << " " << i;
      EXPECT_FALSE(holds(leaf_hash("salt", "other"), i, proof, tree.root()));
      EXPECT_FALSE(holds(tree.leaves()[i], i, proof, sha256("another root")));
      EXPECT_FALSE(holds(tree.leaves()[i], count, proof, tree.root()));
      if (count > 1) {
        EXPECT_FALSE(holds(tree.leaves()[i], i ^ 1U, proof, tree.root()));
      }
      proof.push_back(sha256("one too many"));
      EXPECT_FALSE(holds(tree.leaves()[i], i, proof, tree.root()));
    }
  }
}

TEST(Merkle, AProofOfManyLeavesHoldsForAllOfThemAndNoOthers) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 8U, 11U}) {
    const MerkleTree tree(some_leaves(count));
    for (std::uint64_t chosen = 1; chosen < (1ULL << count); ++chosen) {
      std::vector<std::uint64_t> indexes;
      std::vector<Sha256Bytes> leaves;
      for (std::uint64_t i = 0; i < count; ++i)
        if ((chosen >> i & 1U) != 0) {
          indexes.push_back(i);
          leaves.push_back(tree.leaves()[i]);
        }
      auto proof = tree.proof(indexes);
      ASSERT_TRUE(inclusion_holds(leaves, indexes, count, proof, tree.root())) << count << " " << chosen;
      ASSERT_LE(proof.size() + indexes.size(), count);  // never more than all leaves
      auto others = leaves;
      others.back() = leaf_hash("salt", "other");
      ASSERT_FALSE(inclusion_holds(others, indexes, count, proof, tree.root()));
      if (indexes.size() > 1) {
        auto turned = indexes;
        std::swap(turned.front(), turned.back());
        ASSERT_FALSE(inclusion_holds(leaves, turned, count, proof, tree.root()));
        ASSERT_FALSE(inclusion_holds(std::span(leaves).first(1), indexes, count, proof, tree.root()));
      }
      if (!proof.empty()) {
        proof.pop_back();
        ASSERT_FALSE(inclusion_holds(leaves, indexes, count, proof, tree.root()));
      }
    }
  }
  EXPECT_FALSE(inclusion_holds({}, {}, 0, {}, merkle_root({})));
}

}  // namespace
}  // namespace qf
