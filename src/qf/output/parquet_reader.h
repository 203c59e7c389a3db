// The rows of one Parquet file of ours, read back as cells: what the digests and statistics count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"

namespace qf {

class TableReader {
 public:
  // Opens the file and reads its footer. kNotFound, or kCorrupt where it is no Parquet file.
  static Result<TableReader> open(const std::filesystem::path& path);
  ~TableReader();
  TableReader(TableReader&&) noexcept;
  TableReader& operator=(TableReader&&) noexcept;

  std::uint64_t row_count() const;
  // The footer's key-value pairs, in their order.
  const std::vector<std::pair<std::string, std::string>>& key_values() const;

  // Calls `callback` for each row in the file's order; the row and its text live until it returns.
  // Memory is bounded by a batch of rows and the pages being read. Checksums of pages and the form
  // of text (UTF-8) are checked. kCorrupt where the file is damaged or its columns are not the
  // table's; an error of the callback ends the reading and is handed on.
  Status for_each_row(TableId table, const std::function<Status(ConstRow)>& callback);

 private:
  struct File;
  explicit TableReader(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace qf
