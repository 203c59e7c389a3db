#include "qf/core/merkle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

namespace qf {
namespace {

// In one piece: a running hash costs more than the two blocks that it hashes here.
Sha256Bytes inner_hash(const Sha256Bytes& left, const Sha256Bytes& right) {
  std::array<char, 1 + 2 * sizeof(Sha256Bytes)> both{};
  both[0] = 1;
  std::memcpy(both.data() + 1, left.data(), left.size());
  std::memcpy(both.data() + 1 + left.size(), right.data(), right.size());
  return sha256({both.data(), both.size()});
}

}  // namespace

Sha256Bytes leaf_hash(std::string_view salt, std::string_view row) {
  thread_local std::string text;
  text.assign(1, '\0').append(salt).append(row);
  return sha256(text);
}

void MerkleRoot::add(const Sha256Bytes& leaf) {
  peaks_.push_back(leaf);
  for (std::uint64_t whole = count_++; (whole & 1) != 0; whole >>= 1) {
    const Sha256Bytes right = peaks_.back();
    peaks_.pop_back();
    peaks_.back() = inner_hash(peaks_.back(), right);
  }
}

Sha256Bytes MerkleRoot::root() const {
  if (peaks_.empty()) return sha256("");
  Sha256Bytes hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) hash = inner_hash(peaks_[i - 1], hash);
  return hash;
}

Sha256Bytes merkle_root(std::span<const Sha256Bytes> leaves) {
  MerkleRoot root;
  for (const Sha256Bytes& leaf : leaves) root.add(leaf);
  return root.root();
}

// A hash that is left over at the end of a level stands in the next one as it is: the same tree as RFC 6962 splits.
MerkleTree::MerkleTree(std::vector<Sha256Bytes> leaves) {
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Sha256Bytes>& below = levels_.back();
    std::vector<Sha256Bytes> level;
    level.reserve((below.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) level.push_back(inner_hash(below[i], below[i + 1]));
    if (below.size() % 2 == 1) level.push_back(below.back());
    levels_.push_back(std::move(level));
  }
  root_ = levels_.back().empty() ? sha256("") : levels_.back().front();
}

std::vector<Sha256Bytes> MerkleTree::proof(std::span<const std::uint64_t> indexes) const {
  std::vector<Sha256Bytes> path;
  std::vector<std::uint64_t> known(indexes.begin(), indexes.end());
  for (const std::vector<Sha256Bytes>& level : levels_) {
    if (level.size() < 2) break;
    std::size_t above = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
      const std::uint64_t at = known[i], beside = at ^ 1;
      if (at % 2 == 0 && i + 1 < known.size() && known[i + 1] == beside)
        ++i;
      else if (beside < level.size())
        path.push_back(level[beside]);
      known[above++] = at / 2;
    }
    known.resize(above);
  }
  return path;
}

bool inclusion_holds(std::span<const Sha256Bytes> leaves, std::span<const std::uint64_t> indexes, std::uint64_t count,
                     std::span<const Sha256Bytes> proof, const Sha256Bytes& root) {
  if (indexes.empty() || leaves.size() != indexes.size() || indexes.back() >= count) return false;
  if (std::adjacent_find(indexes.begin(), indexes.end(), std::greater_equal<>()) != indexes.end()) return false;
  std::vector<std::uint64_t> known(indexes.begin(), indexes.end());
  std::vector<Sha256Bytes> hashes(leaves.begin(), leaves.end());
  for (std::uint64_t last = count - 1; last > 0; last /= 2) {
    std::size_t above = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
      const std::uint64_t at = known[i];
      Sha256Bytes hash = hashes[i];
      if (at % 2 == 0 && i + 1 < known.size() && known[i + 1] == at + 1) {
        hash = inner_hash(hash, hashes[++i]);
      } else if (at % 2 == 1 || at != last) {  // else it is left over: nothing stands beside it
        if (proof.empty()) return false;
        hash = at % 2 == 1 ? inner_hash(proof.front(), hash) : inner_hash(hash, proof.front());
        proof = proof.subspan(1);
      }
      known[above] = at / 2;
      hashes[above++] = hash;
    }
    known.resize(above);
    hashes.resize(above);
  }
  return proof.empty() && hashes.front() == root;
}

}  // namespace qf
