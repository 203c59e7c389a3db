// The folder that holds versions and the ledger: where things lie in it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/core/schema.h"
#include "qf/curate/splitter.h"
#include "qf/ledger/database.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/versions.h"
#include "qf/privacy/policy.h"

namespace qf {

class Store {
 public:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path ledger_file() const { return folder_ / "ledger.db"; }
  std::filesystem::path audience_folder(Audience audience) const { return folder_ / std::string(to_string(audience)); }
  std::filesystem::path version_folder(Audience audience, const VersionNumber& version) const;
  std::filesystem::path private_state() const { return folder_ / "private-state"; }
  bool exists() const { return std::filesystem::exists(ledger_file()); }

  // Makes the folders (for the owner alone) and opens the ledger.
  Result<Database> open_or_create() const;
  // Opens the ledger of a store that is there. kNotFound otherwise.
  Result<Database> open() const;
  Result<Database> open_read_only() const;

 private:
  std::filesystem::path folder_;
};

// One row as later builds compare it: its key, the digest of its pseudonym-free columns, and where it went.
struct PublishedRow {
  RowKey key;
  std::array<std::uint8_t, 16> content{};
  TableId table = TableId::kDecisions;
  Split split = Split::kTrain;
  std::uint8_t fold = 0;
  friend auto operator<=>(const PublishedRow&, const PublishedRow&) = default;
};

// The published rows of a version, kept in private-state, sorted by key.
std::filesystem::path row_index_file(const Store& store, Audience audience, const VersionNumber& version);
Result<std::vector<PublishedRow>> read_row_index(const std::filesystem::path& file);
std::string encode_row_index(const std::vector<PublishedRow>& rows);

// SHA-256 over the sorted rows: equal where the datasets say the same, whatever salt they were published under.
std::string logical_digest_of(const std::vector<PublishedRow>& sorted);

// What the rows of a new version are to those of the old one.
struct RowDifference {
  std::uint64_t added = 0, removed = 0, changed = 0, moved = 0;
  bool none() const { return added + removed + changed + moved == 0; }
};
RowDifference compare_rows(const std::vector<PublishedRow>& before, const std::vector<PublishedRow>& after);

// Croissant's rule: rows edited, removed or moved are MAJOR, rows added MINOR, another serialisation PATCH.
VersionNumber next_version(const VersionNumber& before, const RowDifference& difference);

}  // namespace qf
