// The open table of file formats that a version can be written in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "qf/core/result.h"
#include "qf/output/parquet_writer.h"

namespace qf {

struct Format {
  std::string_view name;  // as in output.formats
  std::string_view meaning;
  // A writer for one table and split below the folder of a version.
  Result<std::unique_ptr<TableWriter>> (*open)(const std::filesystem::path& folder, TableId table,
                                               std::string_view split, const WriterOptions& options);
  // How many rows a finished file holds, counted from the file itself. kCorrupt where it is not whole.
  Result<std::uint64_t> (*count_rows)(const std::filesystem::path& file);
};

std::span<const Format> formats();
// Null for a name that is none.
const Format* find_format(std::string_view name);

}  // namespace qf
