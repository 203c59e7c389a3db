#include "qf/output/parquet_reader.h"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include <algorithm>
#include <new>
#include <numeric>

#include "qf/output/arrow_columns.h"
#include "qf/output/arrow_schema.h"

namespace qf {
namespace {

constexpr std::int64_t kBatchRows = 4096;

// Thrift ends its messages with a line end.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Parquet throws, Arrow returns; both become an error that names the file.
template <class Step>
auto guarded(const std::string& path, Step&& step) -> decltype(step()) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::kIo, path + ": not enough memory to read it");
  } catch (const std::exception& caught) {
    return failure(ErrorCode::kCorrupt, path + ": " + one_line(caught.what()));
  }
}

// Text that the file holds as a dictionary throughout is read as one: a tenth of the bytes to move.
// Not within lists and structs, where Arrow cannot join the dictionaries of two row groups.
bool is_dictionary_throughout(const parquet::FileMetaData& metadata, int leaf) {
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto pages = metadata.RowGroup(group)->ColumnChunk(leaf)->encoding_stats();
    if (pages.empty()) return false;
    for (const parquet::PageEncodingStats& page : pages)
      if (page.page_type != parquet::PageType::DICTIONARY_PAGE && page.encoding != parquet::Encoding::RLE_DICTIONARY &&
          page.encoding != parquet::Encoding::PLAIN_DICTIONARY)
        return false;
  }
  return true;
}

bool is_plain_text(const parquet::ColumnDescriptor& column) {
  return column.physical_type() == parquet::Type::BYTE_ARRAY && column.path()->ToDotVector().size() == 1;
}

// The field as it is without a dictionary.
std::shared_ptr<arrow::Field> plain(const std::shared_ptr<arrow::Field>& field) {
  if (field->type()->id() != arrow::Type::DICTIONARY) return field;
  return field->WithType(static_cast<const arrow::DictionaryType&>(*field->type()).value_type());
}

Status same_columns(const std::string& path, const TableSchema& table, const arrow::Schema& found) {
  const auto expected = arrow_schema(table);
  if (found.num_fields() != expected->num_fields())
    return failure(ErrorCode::kCorrupt, fmt::format("{}: {} columns where table {} has {}", path, found.num_fields(),
                                                    table.name, expected->num_fields()));
  for (int i = 0; i < found.num_fields(); ++i)
    if (!plain(found.field(i))->Equals(*expected->field(i)))
      return failure(ErrorCode::kCorrupt, fmt::format("{}: column {} is not {}.{} with its type", path, i + 1,
                                                      table.name, expected->field(i)->name()));
  return {};
}

}  // namespace

struct TableReader::File {
  std::string path;
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::uint64_t rows = 0;
  std::vector<std::pair<std::string, std::string>> key_values;

  Status checked(const arrow::Status& status) const {
    if (status.ok()) return {};
    if (status.IsOutOfMemory()) return failure(ErrorCode::kIo, path + ": not enough memory to read it");
    // Arrow calls a page that does not fit its checksum an input error, too; the system's have a detail.
    if (status.detail() == nullptr) return failure(ErrorCode::kCorrupt, path + ": " + one_line(status.message()));
    return arrow_failure(path, status, ErrorCode::kCorrupt);
  }
};

TableReader::TableReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
TableReader::~TableReader() = default;
TableReader::TableReader(TableReader&&) noexcept = default;
TableReader& TableReader::operator=(TableReader&&) noexcept = default;

Result<TableReader> TableReader::open(const std::filesystem::path& path) {
  return guarded(path.string(), [&]() -> Result<TableReader> {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
      return failure(ErrorCode::kNotFound, "no such file: " + path.string());
    auto file = std::make_unique<File>();
    file->path = path.string();
    auto opened = arrow::io::ReadableFile::Open(file->path);
    QF_CHECK(file->checked(opened.status()));
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    properties.enable_buffered_stream();
    parquet::arrow::FileReaderBuilder builder;
    QF_CHECK(file->checked(builder.Open(*opened, properties)));
    const auto metadata = builder.raw_reader()->metadata();
    parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
    arrow_properties.set_batch_size(kBatchRows);
    arrow_properties.set_pre_buffer(false);
    for (int leaf = 0; leaf < metadata->num_columns(); ++leaf)
      if (is_plain_text(*metadata->schema()->Column(leaf)) && is_dictionary_throughout(*metadata, leaf))
        arrow_properties.set_read_dictionary(leaf, true);
    builder.properties(arrow_properties);
    QF_CHECK(file->checked(builder.Build(&file->reader)));
    if (metadata->num_rows() < 0) return failure(ErrorCode::kCorrupt, file->path + ": a negative number of rows");
    file->rows = static_cast<std::uint64_t>(metadata->num_rows());
    if (const auto pairs = metadata->key_value_metadata())
      for (std::int64_t i = 0; i < pairs->size(); ++i) file->key_values.emplace_back(pairs->key(i), pairs->value(i));
    return TableReader(std::move(file));
  });
}

std::uint64_t TableReader::row_count() const { return file_->rows; }

const std::vector<std::pair<std::string, std::string>>& TableReader::key_values() const { return file_->key_values; }

Status TableReader::for_each_row(TableId id, const std::function<Status(ConstRow)>& callback) {
  return guarded(file_->path, [&]() -> Status {
    const TableSchema& table = table_schema(id);
    std::shared_ptr<arrow::Schema> schema;
    QF_CHECK(file_->checked(file_->reader->GetSchema(&schema)));
    QF_CHECK(same_columns(file_->path, table, *schema));
    std::vector<int> groups(static_cast<std::size_t>(file_->reader->num_row_groups()));
    std::iota(groups.begin(), groups.end(), 0);
    auto batches = file_->reader->GetRecordBatchReader(groups);
    QF_CHECK(file_->checked(batches.status()));
    std::vector<Cell> row(table.fields.size());
    Arena arena;
    std::uint64_t rows = 0;
    for (;;) {
      std::shared_ptr<arrow::RecordBatch> batch;
      QF_CHECK(file_->checked((*batches)->ReadNext(&batch)));
      if (batch == nullptr) break;
      QF_CHECK(file_->checked(batch->ValidateFull()));
      std::vector<ColumnCells> columns;
      for (std::size_t i = 0; i < row.size(); ++i)
        columns.emplace_back(table.fields[i].type, batch->column(static_cast<int>(i)));
      for (std::int64_t at = 0; at < batch->num_rows(); ++at) {
        arena.clear();
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = columns[i].at(at, arena);
        QF_CHECK(callback(row));
      }
      rows += static_cast<std::uint64_t>(batch->num_rows());
    }
    if (rows != file_->rows)
      return failure(ErrorCode::kCorrupt,
                     fmt::format("{}: {} rows where its footer says {}", file_->path, rows, file_->rows));
    return {};
  });
}

}  // namespace qf
