// Merkle trees in the shape of RFC 6962: one hash that commits to a list of leaves, and short proofs that one is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qf/core/digest.h"

namespace qf {

// SHA-256 over a zero byte, the salt and the row. With the salt gone nobody can test a guess about the row.
Sha256Bytes leaf_hash(std::string_view salt, std::string_view row);

// The root of leaves that are given one by one; memory grows with the tree's height only.
class MerkleRoot {
 public:
  void add(const Sha256Bytes& leaf);
  // Of all leaves so far; that of none is the SHA-256 of nothing.
  Sha256Bytes root() const;
  std::uint64_t leaves() const { return count_; }

 private:
  std::vector<Sha256Bytes> peaks_;  // of the whole trees that the leaves so far fill, largest first
  std::uint64_t count_ = 0;
};
Sha256Bytes merkle_root(std::span<const Sha256Bytes> leaves);

// All levels of a tree, for many proofs.
class MerkleTree {
 public:
  explicit MerkleTree(std::vector<Sha256Bytes> leaves);
  const Sha256Bytes& root() const { return root_; }
  const std::vector<Sha256Bytes>& leaves() const { return levels_.front(); }
  // The hashes that lead from these leaves (ascending, each once) to the root, from below and from the left: of every
  // pair of which only one side is known, the other one. What two paths share stands there once.
  std::vector<Sha256Bytes> proof(std::span<const std::uint64_t> indexes) const;

 private:
  std::vector<std::vector<Sha256Bytes>> levels_;
  Sha256Bytes root_;
};

// Whether the proof leads from these leaves, which stand at these places of `count`, to the root. False, too, where the
// places are not ascending, or there is none.
bool inclusion_holds(std::span<const Sha256Bytes> leaves, std::span<const std::uint64_t> indexes, std::uint64_t count,
                     std::span<const Sha256Bytes> proof, const Sha256Bytes& root);

}  // namespace qf
