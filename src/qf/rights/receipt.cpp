#include "qf/rights/receipt.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/instant.h"
#include "qf/core/merkle.h"
#include "qf/ledger/signing.h"
#include "qf/output/durable.h"
#include "qf/rights/receipt_form.h"
#include "qf/rights/row_proof.h"
#include "qf/store/row_tree.h"

namespace qf {
namespace {

using Json = nlohmann::json;

auto name_of(const PublishedRow& row) { return std::pair(row.key, row.table); }

// Leaves that stand elsewhere, or no more, and what stands in their places.
struct LeafList {
  std::vector<std::uint64_t> places;
  std::vector<Sha256Bytes> new_leaves;
  Json json() const { return {{"places", place_runs(places)}, {"new_leaves", joined_digests(new_leaves)}}; }
};

// What became of the rows of others between a version and its successor. Both are walked in the order of their rows.
Result<Json> follow(const Store& store, Audience audience, const VersionNumber& number, const RowProof& proof) {
  QF_ASSIGN(RowTreeReader old_rows, RowTreeReader::open(carried_files(store, audience)));
  QF_ASSIGN(RowTreeReader new_rows, RowTreeReader::open(row_tree_files(store, audience, number)));
  LeafList suppressed, moved, generalised, added;
  std::uint64_t old_index = 0;
  std::size_t skipped = 0;
  std::vector<Sha256Bytes> leaves;
  QF_ASSIGN(auto old, old_rows.next());
  QF_ASSIGN(auto now, new_rows.next());
  while (old || now) {
    while (skipped < proof.removed.size() && proof.removed[skipped] == old_index) ++skipped, ++old_index;
    const bool only_old = old && (!now || name_of(old->row) < name_of(now->row));
    const bool only_now = now && !only_old && (!old || name_of(now->row) < name_of(old->row));
    if (only_old) {
      suppressed.places.push_back(old_index);
    } else if (only_now) {
      added.places.push_back(leaves.size());
      added.new_leaves.push_back(now->leaf);
    } else if (old->leaf != now->leaf) {
      LeafList& changed = old->row.content == now->row.content ? moved : generalised;
      changed.places.push_back(old_index);
      changed.new_leaves.push_back(now->leaf);
    }
    if (!only_old) {
      leaves.push_back(now->leaf);
      QF_ASSIGN(now, new_rows.next());
    }
    if (!only_now) {
      ++old_index;
      QF_ASSIGN(old, old_rows.next());
    }
  }
  return Json{{"version", fmt::format("{}/{}", to_string(audience), to_string(number))},
              {"rows", leaves.size()},
              {"root", to_hex(merkle_root(leaves))},
              {"changed",
               {{"suppressed", suppressed.json()}, {"moved", moved.json()}, {"generalised_anew", generalised.json()}}},
              {"added", added.json()}};
}

Result<Json> version_json(const Store& store, const ReceiptVersion& version, std::int64_t completed_at_us) {
  const JournalVersion& of = version.journal;
  QF_ASSIGN(RowProof proof, read_proof(proof_file(store, to_string(of.audience), of.version)));
  const bool proven = !proof.root.empty();
  Json json = {{"version", of.name()},
               {"state_before", of.state_before},
               {"root", proven ? Json(proof.root) : Json()},
               {"no_root_because", proven ? Json() : Json(proof.because)},
               {"rows", proven ? Json(proof.leaves.size()) : Json()},
               {"removed", place_runs(proof.removed)},
               {"successor", nullptr}};
  Json keys = Json::array();
  keys.push_back({{"key", "salt of the pseudonyms"},
                  {"build_identity", of.identity},
                  {"destroyed", version.salt_destroyed},
                  {"at", format_instant(completed_at_us)}});
  if (proven)
    keys.push_back({{"key", "salts of the removed rows"},
                    {"count", proof.removed.size()},
                    {"destroyed", true},
                    {"at", format_instant(completed_at_us)}});
  json["keys"] = std::move(keys);
  if (!proven) return json;
  if (version.successor) {
    QF_ASSIGN(json["successor"], follow(store, of.audience, *version.successor, proof));
    // What follows can only be compared with all of them, and with all of them there is nothing else to prove.
    json["leaves"] = joined_digests(proof.leaves);
    return json;
  }
  std::vector<Sha256Bytes> leaves;
  for (const std::uint64_t index : proof.removed) leaves.push_back(proof.leaves[index]);
  json["removed_leaves"] = joined_digests(leaves);
  json["inclusion"] = joined_digests(MerkleTree(std::move(proof.leaves)).proof(proof.removed));
  return json;
}

}  // namespace

Result<std::filesystem::path> make_receipts_folder(const Store& store) {
  const std::filesystem::path folder = std::filesystem::absolute(store.folder() / "receipts");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, folder.string() + ": " + error.message());
  QF_CHECK(sync_folder(folder.parent_path()));
  return folder;
}

std::filesystem::path receipt_file(const Store& store, std::int64_t erasure) {
  return std::filesystem::absolute(store.folder() / "receipts") / fmt::format("erasure-{}.json", erasure);
}

Result<std::string> make_receipt(const Store& store, const KeyFile& key, const ReceiptFacts& facts) {
  QF_ASSIGN(const SigningKey signing, SigningKey::derive(key));
  Json versions = Json::array();
  for (const ReceiptVersion& version : facts.versions) {
    QF_ASSIGN(Json json, version_json(store, version, facts.completed_at_us));
    versions.push_back(std::move(json));
  }
  Json receipt = {{"format", kErasureReceiptFormat},
                  {"erasure", facts.erasure},
                  {"requested_at", format_instant(facts.requested_at_us)},
                  {"completed_at", format_instant(facts.completed_at_us)},
                  {"versions", std::move(versions)},
                  {"ledger_rows_removed", facts.ledger_rows},
                  {"names_masked", facts.names_masked},
                  {"ledger_head", {{"seq", facts.chain_seq}, {"hash", facts.chain_head}}},
                  {"kept", "keyed tags of the person and of their projects, so that they do not come back"},
                  {"public_key", signing.public_key()}};
  receipt["signature"] = signing.sign(kErasureReceiptPurpose, receipt.dump());
  return receipt.dump(1) + "\n";
}

}  // namespace qf
