// The receipt of an erasure: a signed file from which anyone can see, without the data of the erased, that their rows
// and no others were taken out of what follows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/rights/erasure_journal.h"

namespace qf {

// What the receipt says of a version that was taken back, beside its proof.
struct ReceiptVersion {
  JournalVersion journal;
  bool salt_destroyed = false;               // that of its pseudonyms
  std::optional<VersionNumber> successor{};  // the version that follows it
};

struct ReceiptFacts {
  std::int64_t erasure = 0;
  std::int64_t requested_at_us = 0, completed_at_us = 0;
  std::vector<ReceiptVersion> versions;
  std::map<std::string, std::int64_t> ledger_rows;
  std::map<std::string, std::int64_t> names_masked;
  std::int64_t chain_seq = 0;
  std::string chain_head;
};

// The receipt as it is to be written. The proofs of the versions and what their successors took over must still be in
// private-state.
Result<std::string> make_receipt(const Store& store, const KeyFile& key, const ReceiptFacts& facts);

// The store's folder of proofs, for its owner alone; made where it is missing.
Result<std::filesystem::path> make_receipts_folder(const Store& store);
std::filesystem::path receipt_file(const Store& store, std::int64_t erasure);

enum class ReceiptKind : std::uint8_t { kErasure, kRetention };

struct ReceiptCheck {
  ReceiptKind kind = ReceiptKind::kErasure;
  std::int64_t erasure = 0;
  std::string completed_at, public_key;
  // Of an erasure, in rows; proven: versions whose rows were committed to. Of a retention run, `removed` counts what it
  // carried out.
  std::size_t versions = 0, removed = 0, changed = 0, proven = 0;
  std::vector<std::string> problems;
  bool holds() const { return problems.empty(); }
};

// Checks every statement of a receipt, or of a certificate that `retain apply` wrote, that can be checked from it
// alone. `public_key`: whose signature it must be; "": whoever it names.
ReceiptCheck check_receipt(std::string_view text, std::string_view public_key);

// Adds to the problems where a root of the receipt is not the one that the ledger has kept since the version was
// published; or where the audit log knows nothing of the receipt or certificate.
Status compare_with_ledger(const Database& ledger, std::string_view text, ReceiptCheck& check);

}  // namespace qf
