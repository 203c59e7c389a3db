// The rows of a version as later builds compare them: sorted files, written and read as streams.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/external_sort.h"
#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/core/schema.h"
#include "qf/curate/splitter.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/versions.h"

namespace qf {

// One row: its key, the digest of its pseudonym-free columns, where it went, and which project it came from (a number
// that only the record of its build explains).
struct PublishedRow {
  RowKey key;
  TableId table = TableId::kDecisions;
  RowDigest content{};
  Split split = Split::kTrain;
  std::uint8_t fold = 0;
  std::uint32_t project = 0;
  friend auto operator<=>(const PublishedRow&, const PublishedRow&) = default;
};

// Reads an index in its order: by key, then table. Memory is one buffer.
class RowIndexReader {
 public:
  // kNotFound where it is missing, kCorrupt where it is not a whole index.
  static Result<RowIndexReader> open(const std::filesystem::path& file);
  // The next row; nothing at the end. kCorrupt for a row that is none, or one that is out of order.
  Result<std::optional<PublishedRow>> next();
  std::uint64_t rows() const { return rows_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  RowIndexReader() = default;
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t rows_ = 0, read_ = 0;
  PublishedRow last_;
};

struct RowIndexFacts {
  std::uint64_t rows = 0;
  // SHA-256 over key, content, table, split and fold of the sorted rows: equal where two datasets say the same,
  // whatever salt they were published under and wherever the logs lay.
  std::string logical_digest;
  // SHA-256 over the numbers of their projects, in the same order: the record of the build keeps it.
  std::string projects_digest;
  std::array<std::array<std::uint64_t, kSplitCount>, kTableCount> rows_of{};  // by table and split
};

// Takes rows in any order and leaves them sorted in one file. Beyond `memory_bytes` sorted runs go to disk beside it,
// in files without a name; where the number of rows is known, memory is taken once.
class RowIndexWriter {
 public:
  RowIndexWriter(std::filesystem::path file, std::size_t memory_bytes, std::uint64_t expected_rows = 0);

  Status add(const PublishedRow& row) { return rows_.add(row); }
  // Sorts on up to `threads` threads and writes; sync_file() makes it durable. kIo where the disk refuses; then no file
  // is left.
  Result<RowIndexFacts> finish(unsigned threads = 1);

 private:
  std::filesystem::path file_;
  ExternalSort<PublishedRow> rows_;
};

// The logical digest of an index, read anew.
Result<RowIndexFacts> read_facts(const std::filesystem::path& file);

// What the rows of a new version are to those of the old one.
struct RowDifference {
  std::uint64_t added = 0, removed = 0, changed = 0, moved = 0;
  bool none() const { return added + removed + changed + moved == 0; }
  friend bool operator==(const RowDifference&, const RowDifference&) = default;
};

enum class RowChange : std::uint8_t { kAdded, kRemoved, kChanged, kMoved };
std::string_view to_string(RowChange change);
void count(RowDifference& difference, RowChange change);

// Walks two indexes side by side and calls `each` for every row that differs: `before` is null for an added row,
// `after` for a removed one. An error of `each` ends the walk.
using RowChangeSink = std::function<Status(RowChange change, const PublishedRow* before, const PublishedRow* after)>;
Status for_each_change(RowIndexReader& before, RowIndexReader& after, const RowChangeSink& each);
Result<RowDifference> compare_rows(RowIndexReader& before, RowIndexReader& after);

// Croissant's rule: rows edited, removed or moved are MAJOR, rows added MINOR, another serialisation PATCH.
VersionNumber next_version(const VersionNumber& before, const RowDifference& difference);

}  // namespace qf
