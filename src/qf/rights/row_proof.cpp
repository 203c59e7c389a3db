#include "qf/rights/row_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/core/merkle.h"
#include "qf/core/whole_file.h"
#include "qf/output/durable.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"
#include "qf/store/row_tree.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIndexMemoryBytes = 32 << 20;

struct ReadRows {
  RowProof proof;
  std::vector<PublishedRow> others;
};

Result<ReadRows> read_rows(const RowTreeFiles& files, const std::vector<bool>& theirs) {
  ReadRows read;
  QF_ASSIGN(RowTreeReader reader, RowTreeReader::open(files));
  for (;;) {
    QF_ASSIGN(const auto one, reader.next());
    if (!one) break;
    const bool is_theirs = one->row.project < theirs.size() && theirs[one->row.project];
    if (is_theirs)
      read.proof.removed.push_back(read.proof.leaves.size());
    else
      read.others.push_back(one->row);
    read.proof.leaves.push_back(one->leaf);
  }
  read.proof.root = to_hex(merkle_root(read.proof.leaves));
  return read;
}

Status carry_over(const Store& store, const HoldingVersion& version, const RowTreeFiles& files,
                  const std::vector<PublishedRow>& others) {
  const RowTreeFiles carried = carried_files(store, version.audience);
  RowIndexWriter index(carried.rows, kIndexMemoryBytes);
  for (const PublishedRow& row : others) QF_CHECK(index.add(row));
  QF_ASSIGN([[maybe_unused]] const RowIndexFacts facts, index.finish());
  QF_CHECK(sync_file(carried.rows));
  // The same rows, so each keeps its salt.
  QF_ASSIGN([[maybe_unused]] const RowTreeRoot tree, write_row_tree(carried, files));
  return sync_folder(store.private_state());
}

}  // namespace

fs::path proof_file(const Store& store, std::string_view audience, std::string_view version) {
  return store.private_state() / fmt::format("{}-{}.proof", audience, version);
}

Status write_proof(const fs::path& file, const RowProof& proof) {
  const nlohmann::json head = {{"root", proof.root}, {"because", proof.because}, {"removed", proof.removed}};
  std::string text = head.dump() + "\n";
  for (const Sha256Bytes& leaf : proof.leaves) text.append(leaf.begin(), leaf.end());
  return write_file_durably(file, text, Readers::kOwner);
}

Result<RowProof> read_proof(const fs::path& file) {
  QF_ASSIGN(const std::string text, read_whole_file(file));
  const auto damaged = [&] { return failure(ErrorCode::kCorrupt, file.string() + ": damaged"); };
  const std::size_t head = text.find('\n');
  if (head == std::string::npos || (text.size() - head - 1) % sizeof(Sha256Bytes) != 0) return damaged();
  try {
    const auto json = nlohmann::json::parse(text.substr(0, head));
    RowProof proof;
    json.at("root").get_to(proof.root);
    json.at("because").get_to(proof.because);
    json.at("removed").get_to(proof.removed);
    proof.leaves.resize((text.size() - head - 1) / sizeof(Sha256Bytes));
    for (std::size_t i = 0; i < proof.leaves.size(); ++i)
      std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(head + 1 + i * sizeof(Sha256Bytes)), sizeof(Sha256Bytes),
                  proof.leaves[i].begin());
    return proof;
  } catch (const nlohmann::json::exception&) {
    return damaged();
  }
}

Status prepare_removal(const Store& store, const Database& ledger, const ErasePlan& plan,
                       const HoldingVersion& version) {
  const RowTreeFiles files = row_tree_files(store, version.audience, version.facts.version);
  RowProof proof;
  const auto record = read_published_record(store, version.facts);
  if (!version.unknown.empty() || !record) {
    proof.because = version.unknown.empty() ? "its record cannot be read" : version.unknown;
  } else {
    QF_ASSIGN(const auto tree, load_row_tree(ledger, to_string(version.audience), version.facts.version));
    auto read = read_rows(files, projects_of_person(*record, plan.subject_tag, plan.projects));
    if (tree && read && read->proof.root == tree->root) {
      proof = std::move(read->proof);
      if (version.facts.state == VersionState::kLive) QF_CHECK(carry_over(store, version, files, read->others));
    } else {
      proof.because = tree ? "its row tree is damaged" : "it was published without a row tree";
    }
  }
  return write_proof(proof_file(store, to_string(version.audience), to_string(version.facts.version)), proof);
}

Status remove_proofs(const Store& store) {
  std::error_code error;
  std::vector<fs::path> gone;
  for (fs::directory_iterator at(store.private_state(), error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".proof") || name.find(".carried.") != std::string::npos) gone.push_back(at->path());
  }
  for (const fs::path& path : gone)
    if (!error) fs::remove(path, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", store.private_state().string(), error.message()));
  return {};
}

}  // namespace qf
