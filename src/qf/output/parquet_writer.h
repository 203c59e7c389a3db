// One table's rows of one split as Parquet files: the same rows and options give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"

namespace qf {

// A file that is complete and on the disk.
struct WrittenFile {
  std::string path;  // relative to the folder that was given, with forward slashes
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t uncompressed_bytes = 0;  // of the rows in memory, about
  std::string sha256;                    // 64 hexadecimal digits
};

struct WriterOptions {
  // Program and version, in the footer as it stands: "qf-dataset 1.2.0".
  std::string created_by = "qf-dataset";
  // More key-value pairs for the footer, in this order; nothing of the clock belongs here.
  std::vector<std::pair<std::string, std::string>> key_values;
  // Columns that the rows come sorted by, ascending, nulls first, text by bytes. Stated in the
  // footer, so checked for every row. Text and integer columns of the top level only.
  std::vector<std::string> sorted_by = {"session_id", "session_order"};
  // A new file begins at the first group after this much uncompressed data.
  std::uint64_t max_shard_bytes = 500'000'000;
  // A new row group begins after this many rows, or 100 MB of uncompressed data.
  std::int64_t max_row_group_rows = 1'048'576;
};

// The folder of a table's files below the folder of a version: "data/decisions".
std::string table_folder(TableId table);

// Writes one table and split. Memory: one batch of some 8 MB (or one row, if that is larger) and
// the compressed pages of one row group. One thread at a time; writers are independent of each other.
// Dropped before finish(), it removes what it wrote.
class TableWriter {
 public:
  // Files go to folder/data/<table>/, which is made if need be; none is made before the first row.
  // kInvalidInput for a split name that is not one or more of [A-Za-z0-9_], or an unknown sorted_by.
  static Result<std::unique_ptr<TableWriter>> open(const std::filesystem::path& folder, TableId table,
                                                   std::string_view split, const WriterOptions& options);
  virtual ~TableWriter() = default;

  // Says that the next row begins a group (a session): the only place where a new file may begin.
  virtual Status begin_group() = 0;
  // Adds a row; its text may go away afterwards. kInternal where a cell does not fit its field, text
  // is not UTF-8 (found when the batch is written) or the order is broken; kIo for a full disk.
  // After an error the writer accepts nothing more.
  virtual Status append(ConstRow row) = 0;
  // Completes the files, names them {split}-00000-of-0000N.parquet and makes them durable. No rows,
  // no files. Call once.
  virtual Result<std::vector<WrittenFile>> finish() = 0;

 protected:
  TableWriter() = default;
};

}  // namespace qf
