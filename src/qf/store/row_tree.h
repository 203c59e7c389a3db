// The commitment to a version's rows: a salted hash of each, kept beside the row index, and the root of the tree over
// them. A row is committed to by the digest that the index keeps of it: what `diff` and version numbers mean by a row,
// the published columns without pseudonyms, and its place in the splits. Salts lie beside the rows and go with them.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "qf/core/digest.h"
#include "qf/core/result.h"
#include "qf/ledger/row_trees.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"

namespace qf {

using RowSalt = std::array<std::uint8_t, 16>;

struct CommittedRow {
  PublishedRow row;
  RowSalt salt{};
  Sha256Bytes leaf{};
};

// The two files of a version's commitment, or of rows that a successor takes over.
struct RowTreeFiles {
  std::filesystem::path rows, leaves;
};
RowTreeFiles row_tree_files(const Store& store, Audience audience, const VersionNumber& version);
// Rows of a version that an erasure takes back, but for the erased: their salts go over to what follows.
RowTreeFiles carried_files(const Store& store, Audience audience);

// Reads both files side by side, in the order of the index. kCorrupt where they do not belong together.
class RowTreeReader {
 public:
  static Result<RowTreeReader> open(const RowTreeFiles& files);
  Result<std::optional<CommittedRow>> next();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  explicit RowTreeReader(RowIndexReader rows) : rows_(std::move(rows)) {}
  std::filesystem::path path_;
  RowIndexReader rows_;
  std::unique_ptr<std::FILE, Close> leaves_;
};

// Writes `files.leaves` for the index `files.rows`. A row that stands in `carried` just as it is keeps its salt; every
// other draws a new one. `carried` may name files that are not there.
Result<RowTreeRoot> write_row_tree(const RowTreeFiles& files, const RowTreeFiles& carried);

}  // namespace qf
