// What an erasure can prove of a version that it takes back, written down before the version goes: its leaves, and
// which of them were the person's. Hashes only; without their salts, which go with the version, they say nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/digest.h"
#include "qf/core/result.h"
#include "qf/rights/erase_plan.h"

namespace qf {

struct RowProof {
  std::string root;                    // hexadecimal digits; "" where nothing can be proven
  std::string because;                 // why not
  std::vector<std::uint64_t> removed;  // indexes of the person's leaves, ascending
  std::vector<Sha256Bytes> leaves;     // all of them, in their order
};

std::filesystem::path proof_file(const Store& store, std::string_view audience, std::string_view version);
Status write_proof(const std::filesystem::path& file, const RowProof& proof);
Result<RowProof> read_proof(const std::filesystem::path& file);

// Writes the proof of a version and, where it is live, the rows and salts that go over to its successor.
Status prepare_removal(const Store& store, const Database& ledger, const ErasePlan& plan,
                       const HoldingVersion& version);

// Removes what prepare_removal() has left in private-state.
Status remove_proofs(const Store& store);

}  // namespace qf
