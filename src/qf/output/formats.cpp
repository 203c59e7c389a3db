#include "qf/output/formats.h"

#include <algorithm>

#include "qf/output/parquet_reader.h"

namespace qf {
namespace {

Result<std::uint64_t> count_parquet_rows(const std::filesystem::path& file) {
  QF_ASSIGN(const TableReader reader, TableReader::open(file));
  return reader.row_count();
}

constexpr Format kFormats[] = {
    {"parquet", "columns, zstd; read by pyarrow, pandas, Polars, DuckDB, Spark and Hugging Face datasets",
     TableWriter::open, count_parquet_rows},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Format& format) { return format.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace qf
