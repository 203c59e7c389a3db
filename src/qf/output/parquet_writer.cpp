#include "qf/output/parquet_writer.h"

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "qf/output/arrow_columns.h"
#include "qf/output/arrow_schema.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

constexpr std::int64_t kBatchRows = 8192;
constexpr std::uint64_t kBatchBytes = 8'000'000;
constexpr std::uint64_t kMaxRowGroupBytes = 100'000'000;  // uncompressed
constexpr int kZstdLevel = 3;

// Arrow's view of a file of ours. Keeps our own error, which names the file.
class HashedStream : public arrow::io::OutputStream {
 public:
  explicit HashedStream(HashedFile file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, std::int64_t bytes) override {
    if (status_) status_ = file_.write({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
    return status_ ? arrow::Status::OK() : arrow::Status::IOError(status_.error().message);
  }
  using Writable::Write;
  // Arrow closes its end when it likes; the file is completed by the writer, which can report.
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return static_cast<std::int64_t>(file_.bytes()); }
  bool closed() const override { return closed_; }

  HashedFile& file() { return file_; }

 private:
  HashedFile file_;
  Status status_;
  bool closed_ = false;
};

// The text columns that a nested field is stored as, by their paths in the file.
void for_each_text_leaf(const std::string& path, const FieldType& type,
                        const std::function<void(const std::string&)>& visit) {
  if (type.kind == TypeKind::kString) visit(path);
  for (const ChildType& child : type.members())
    for_each_text_leaf(path + (type.kind == TypeKind::kList ? ".list." : ".") + std::string(child.name), child.type,
                       visit);
}

std::shared_ptr<parquet::WriterProperties> parquet_properties(const TableSchema& table, const WriterOptions& options) {
  std::vector<parquet::SortingColumn> sorting;
  for (const std::string& name : options.sorted_by)
    sorting.push_back({leaf_column(table, name), /*descending=*/false, /*nulls_first=*/true});
  parquet::WriterProperties::Builder builder;
  // Arrow's own pool keeps what it once had, and clears whole huge pages for it.
  builder.memory_pool(arrow::system_memory_pool())
      ->created_by(options.created_by)
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(kZstdLevel)
      ->enable_dictionary()
      ->dictionary_pagesize_limit(1 << 20)
      ->data_pagesize(1 << 20)
      ->max_rows_per_page(20'000)
      ->max_row_group_length(options.max_row_group_rows)
      ->enable_statistics()
      // A longer minimum or maximum helps no reader, and texts would be repeated in the footer.
      ->max_statistics_size(256)
      ->enable_write_page_index()
      ->enable_page_checksum();
  // Pruning by enumerations and free text helps nobody in files sorted by session, and costs a
  // tenth of the time.
  for (const FieldSpec& field : table.fields)
    if (field.type.kind == TypeKind::kString && field.role != Role::kKey && field.name != "term")
      builder.disable_statistics(std::string(field.name));
  // Nearly every row has an id and an instant of its own: a dictionary of them is given up half way, after all its
  // work.
  for (const FieldSpec& field : table.fields) {
    const std::string name(field.name);
    if (field.role == Role::kKey && field.name != "session_id" && field.name != "subject_id")
      builder.disable_dictionary(name);
    if (field.type.kind == TypeKind::kTimestamp)
      builder.disable_dictionary(name)->encoding(name, parquet::Encoding::DELTA_BINARY_PACKED);
  }
  // The leaves of lists and structs have paths of their own, and texts among them.
  for (const FieldSpec& field : table.fields)
    if (!field.type.members().empty())
      for_each_text_leaf(std::string(field.name), field.type,
                         [&](const std::string& path) { builder.disable_statistics(path); });
  if (!sorting.empty()) builder.set_sorting_columns(std::move(sorting));
  return builder.build();
}

// Whether rows come in the order that the footer states.
class SortCheck {
 public:
  SortCheck(const TableSchema& table, const std::vector<std::string>& names) {
    for (const std::string& name : names)
      for (std::size_t i = 0; i < table.fields.size(); ++i)
        if (table.fields[i].name == name) keys_.push_back({i, {}, {}});
  }

  bool accept(ConstRow row) {
    bool greater = first_;
    for (Key& key : keys_) {
      const Cell& cell = row[key.column];
      if (!greater) {
        const int order = compare(cell, key);
        if (order < 0) return false;
        if (order == 0) continue;
        greater = true;
      }
      key.last = cell;
      key.text.assign(cell.view());
    }
    first_ = false;
    return true;
  }

 private:
  struct Key {
    std::size_t column;
    Cell last;         // only its tag and integer are looked at
    std::string text;  // the last row's text, kept here
  };

  static int compare(const Cell& cell, const Key& key) {
    if (cell.is_null() || key.last.is_null()) return (cell.is_null() ? 0 : 1) - (key.last.is_null() ? 0 : 1);
    if (cell.tag == Cell::Tag::kText) return cell.view().compare(key.text);
    return cell.integer < key.last.integer ? -1 : cell.integer > key.last.integer ? 1 : 0;
  }

  std::vector<Key> keys_;
  bool first_ = true;
};

class ParquetTableWriter : public TableWriter {
 public:
  ParquetTableWriter(const std::filesystem::path& folder, TableId table, std::string_view split,
                     const WriterOptions& options)
      : table_(table_schema(table)),
        relative_folder_(table_folder(table)),
        folder_(folder / relative_folder_),
        split_(split),
        options_(options),
        schema_(arrow_schema(table_)),
        properties_(parquet_properties(table_, options)),
        order_(table_, options.sorted_by) {
    for (const FieldSpec& field : table_.fields) batch_.columns.emplace_back(field.type);
    options_.key_values.insert(
        options_.key_values.begin(),
        {{"huggingface", huggingface_features(table_)}, {"qf_dataset.schema_version", std::string(kSchemaVersion)}});
  }

  ~ParquetTableWriter() override {
    // An unfinished file removes itself; one that was closed but not renamed has to be told.
    for (const Shard& shard : shards_) {
      std::error_code ignored;
      if (!shard.temporary.empty()) std::filesystem::remove(shard.temporary, ignored);
    }
  }

  Status begin_group() override {
    if (shard_bytes_ < options_.max_shard_bytes || !file_) return {};
    return guarded([&]() -> Status { return close_shard(); });
  }

  Status append(ConstRow row) override {
    return guarded([&]() -> Status {
      if (row.size() != table_.fields.size())
        return failure(ErrorCode::kInternal, fmt::format("{}: a row of {} cells where {} belong", table_.name,
                                                         row.size(), table_.fields.size()));
      if (!order_.accept(row))
        return failure(
            ErrorCode::kInternal,
            fmt::format("{}, split {}: row {} is not in the order that the file states", table_.name, split_, rows_));
      if (group_rows_ >= options_.max_row_group_rows || group_bytes_ >= kMaxRowGroupBytes) QF_CHECK(end_row_group());
      if (batch_.rows == 0) QF_CHECK(begin_batch());
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < row.size(); ++i)
        if (const auto fit = batch_.columns[i].append(row[i], bytes); fit != ColumnBuilder::Fit::kFits)
          return misfit(fit, i);
      ++batch_.rows;
      ++group_rows_;
      ++rows_;
      batch_.bytes += bytes;
      group_bytes_ += bytes;
      shard_bytes_ += bytes;
      return batch_.rows == kBatchRows || batch_.bytes >= kBatchBytes ? encode() : Status{};
    });
  }

  Result<std::vector<WrittenFile>> finish() override {
    std::vector<WrittenFile> written;
    QF_CHECK(guarded([&]() -> Status {
      if (file_) QF_CHECK(close_shard());
      for (std::size_t i = 0; i < shards_.size(); ++i) {
        Shard& shard = shards_[i];
        const std::string name = fmt::format("{}-{:05}-of-{:05}.parquet", split_, i, shards_.size());
        std::error_code error;
        if (std::filesystem::exists(folder_ / name, error))
          return failure(ErrorCode::kIo, (folder_ / name).string() + " exists already");
        std::filesystem::rename(shard.temporary, folder_ / name, error);
        if (error)
          return failure(ErrorCode::kIo, "cannot rename to " + (folder_ / name).string() + ": " + error.message());
        shard.temporary.clear();
        shard.file.path = relative_folder_ + "/" + name;
        written.push_back(shard.file);
      }
      return shards_.empty() ? Status{} : sync_folder(folder_);
    }));
    broken_ = Error{ErrorCode::kInternal, "a finished table takes no more rows"};
    return written;
  }

 private:
  // Rows on their way into a row group.
  struct Batch {
    std::vector<ColumnBuilder> columns;
    std::int64_t rows = 0;
    std::int64_t first_row = 0;  // of the table, for messages
    std::uint64_t bytes = 0;
    bool opens_row_group = false;
  };

  struct Shard {
    std::filesystem::path temporary;  // empty once it has its name
    WrittenFile file;
  };

  // Runs one step, turns what Arrow throws into an error, and remembers the error.
  template <class Step>
  Status guarded(Step&& step) {
    if (broken_) return tl::unexpected<Error>(*broken_);
    Status status;
    try {
      status = step();
    } catch (const std::exception& exception) {
      status = failure(ErrorCode::kIo, fmt::format("writing {}: {}", folder_.string(), exception.what()));
    }
    if (!status) broken_ = status.error();
    return status;
  }

  Status checked(const arrow::Status& status) const {
    if (status.ok()) return {};
    return arrow_failure(fmt::format("writing {}, split {}", table_.name, split_), status, ErrorCode::kInternal);
  }

  tl::unexpected<Error> misfit(ColumnBuilder::Fit fit, std::size_t column) const {
    const char* why =
        fit == ColumnBuilder::Fit::kOutOfRange ? "it is outside what the type holds" : "it is of another type";
    return failure(ErrorCode::kInternal, fmt::format("{}.{}: the cell of row {} does not fit: {}", table_.name,
                                                     table_.fields[column].name, rows_, why));
  }

  Status begin_batch() {
    if (!file_) QF_CHECK(open_shard());
    for (ColumnBuilder& column : batch_.columns) column.reserve(kBatchRows);
    batch_.first_row = rows_;
    batch_.opens_row_group = group_rows_ == 0;
    return {};
  }

  Status open_shard() {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) return failure(ErrorCode::kIo, "cannot make " + folder_.string() + ": " + error.message());
    const auto temporary = folder_ / fmt::format(".{}-{:05}.parquet.part", split_, shards_.size());
    // Only a run that was cut short leaves such a file, and its rows are of no more use.
    std::filesystem::remove(temporary, error);
    QF_ASSIGN(HashedFile file, HashedFile::create(temporary));
    file_ = std::make_shared<HashedStream>(std::move(file));
    parquet::ArrowWriterProperties::Builder arrow_options;
    arrow_options.set_use_threads(false);
    auto opened = parquet::arrow::FileWriter::Open(*schema_, arrow::system_memory_pool(), file_, properties_,
                                                   arrow_options.build());
    QF_CHECK(checked(opened.status()));
    writer_ = std::move(*opened);
    const auto pairs = std::make_shared<arrow::KeyValueMetadata>();
    for (const auto& [key, value] : options_.key_values) pairs->Append(key, value);
    QF_CHECK(checked(writer_->AddKeyValueMetadata(pairs)));
    shard_first_row_ = rows_;
    return {};
  }

  // Writes the batch into the row group, if there is anything in it.
  Status encode() {
    if (batch_.rows == 0) return {};
    std::vector<std::shared_ptr<arrow::ArrayData>> arrays;
    for (std::size_t i = 0; i < batch_.columns.size(); ++i) {
      if (!batch_.columns[i].is_utf8())
        return failure(ErrorCode::kInternal,
                       fmt::format("{}.{}: a text in rows {} to {} is not UTF-8", table_.name, table_.fields[i].name,
                                   batch_.first_row, batch_.first_row + batch_.rows - 1));
      arrays.push_back(batch_.columns[i].view(schema_->field(static_cast<int>(i))->type()));
    }
    if (batch_.opens_row_group) QF_CHECK(checked(writer_->NewBufferedRowGroup()));
    QF_CHECK(checked(writer_->WriteRecordBatch(*arrow::RecordBatch::Make(schema_, batch_.rows, std::move(arrays)))));
    for (ColumnBuilder& column : batch_.columns) column.clear();
    batch_.rows = 0;
    batch_.bytes = 0;
    return {};
  }

  Status end_row_group() {
    QF_CHECK(encode());
    group_rows_ = 0;
    group_bytes_ = 0;
    return {};
  }

  Status close_shard() {
    QF_CHECK(end_row_group());
    QF_CHECK(checked(writer_->Close()));
    writer_.reset();
    HashedFile& file = file_->file();
    QF_CHECK(file.close());
    shards_.push_back(
        {file.path(),
         {"", static_cast<std::uint64_t>(rows_ - shard_first_row_), file.bytes(), shard_bytes_, file.sha256()}});
    file_.reset();
    shard_bytes_ = 0;
    return {};
  }

  const TableSchema& table_;
  std::string relative_folder_;
  std::filesystem::path folder_;
  std::string split_;
  WriterOptions options_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<parquet::WriterProperties> properties_;
  SortCheck order_;
  Batch batch_;
  std::shared_ptr<HashedStream> file_;                  // of the open shard
  std::unique_ptr<parquet::arrow::FileWriter> writer_;  // writes to file_, so it goes first
  std::vector<Shard> shards_;                           // closed ones
  std::optional<Error> broken_;
  std::int64_t rows_ = 0;
  std::int64_t shard_first_row_ = 0;
  std::int64_t group_rows_ = 0;
  std::uint64_t group_bytes_ = 0;
  std::uint64_t shard_bytes_ = 0;
};

}  // namespace

std::string table_folder(TableId table) { return "data/" + std::string(table_schema(table).name); }

Result<std::unique_ptr<TableWriter>> TableWriter::open(const std::filesystem::path& folder, TableId table,
                                                       std::string_view split, const WriterOptions& options) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (split.empty() || !std::all_of(split.begin(), split.end(), is_name))
    return failure(ErrorCode::kInvalidInput, "a split's name has letters, digits and _ only");
  const auto fields = table_schema(table).fields;
  for (const std::string& name : options.sorted_by) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& f) { return f.name == name; });
    if (field == fields.end() || field->type.child_count > 0 || field->type.kind == TypeKind::kDouble)
      return failure(ErrorCode::kInvalidInput,
                     fmt::format("{}: cannot be sorted by '{}'", table_schema(table).name, name));
  }
  return std::make_unique<ParquetTableWriter>(folder, table, split, options);
}

}  // namespace qf
