#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "qf/core/schema.h"
#include "qf/core/whole_file.h"
#include "qf/ledger/keys.h"
#include "qf/output/durable.h"
#include "qf/output/manifest.h"
#include "qf/output/parquet_reader.h"
#include "qf/output/parquet_writer.h"
#include "qf/rights/tombstone_feed.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

using Names = std::unordered_set<std::string>;

std::size_t record_column(TableId table) {
  switch (table) {
    case TableId::kDecisions: return column_of<TableId::kDecisions, "record_id">();
    case TableId::kCorrections: return column_of<TableId::kCorrections, "record_id">();
    case TableId::kQuestions: return column_of<TableId::kQuestions, "record_id">();
  }
  return 0;
}

// Which of our tables a file holds; nothing where it is none of them.
std::optional<TableId> table_of(const fs::path& file) {
  // Reading fails at once where the columns are another table's.
  for (const TableSchema& table : tables()) {
    auto reader = TableReader::open(file);
    if (!reader) return std::nullopt;
    if (reader->for_each_row(table.id, [](ConstRow) { return Status{}; })) return table.id;
  }
  return std::nullopt;
}

bool is_named(const Names& names, ConstRow row, std::size_t column) {
  return names.contains(std::string(row[column].view()));
}

Result<std::uint64_t> count_rows(const fs::path& file, TableId table, const Names& names) {
  std::uint64_t rows = 0;
  QF_ASSIGN(TableReader reader, TableReader::open(file));
  QF_CHECK(reader.for_each_row(table, [&](ConstRow row) -> Status {
    rows += is_named(names, row, record_column(table)) ? 1U : 0U;
    return {};
  }));
  return rows;
}

// Writes a table anew beside itself, then over itself; one with no rows left goes.
Status rewrite_table(const fs::path& file, TableId table, const Names& names) {
  const fs::path beside = file.parent_path() / fmt::format(".rewritten-{}", ::getpid());
  std::error_code error;
  fs::remove_all(beside, error);
  fs::create_directories(beside, error);
  if (error) return failure(ErrorCode::kIo, beside.string() + ": " + error.message());
  WriterOptions options;
  options.created_by = "qf-dataset " QF_VERSION;
  options.sorted_by = {};
  options.max_shard_bytes = ~std::uint64_t{0};
  const auto write = [&]() -> Result<std::vector<WrittenFile>> {
    QF_ASSIGN(TableReader reader, TableReader::open(file));
    QF_ASSIGN(const auto writer, TableWriter::open(beside, table, "part", options));
    QF_CHECK(writer->begin_group());
    QF_CHECK(reader.for_each_row(table, [&](ConstRow row) -> Status {
      return is_named(names, row, record_column(table)) ? Status{} : writer->append(row);
    }));
    return writer->finish();
  };
  const auto written = write();
  Status done;
  if (!written) {
    done = tl::unexpected<Error>(written.error());
  } else if (written->empty()) {
    fs::remove(file, error);
  } else {
    fs::rename(beside / written->front().path, file, error);
  }
  if (error) done = failure(ErrorCode::kIo, file.string() + ": " + error.message());
  fs::remove_all(beside, error);
  return done;
}

bool is_name_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }

// How often a text names one of the rows: record_ids are runs of just so many of their digits.
std::uint64_t count_names(std::string_view text, const Names& names) {
  std::uint64_t found = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_name_digit(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_name_digit(text[end])) ++end;
    if (end - at == Pseudonymiser::kLength && names.contains(std::string(text.substr(at, end - at)))) ++found;
    at = end;
  }
  return found;
}

Status rewrite_lines(const fs::path& file, std::string_view text, const Names& names) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = text.substr(at, end - at);
    if (count_names(line, names) == 0) kept += line;
    at = end;
  }
  return write_file_durably(file, kept);
}

Result<CopyFile> check_file(const fs::path& folder, const fs::path& file, const Names& names, bool remove) {
  CopyFile found;
  found.path = file.lexically_relative(folder).generic_string();
  if (file.extension() == ".parquet") {
    if (const auto table = table_of(file)) {
      QF_ASSIGN(found.rows, count_rows(file, *table, names));
      if (found.rows != 0 && remove) {
        QF_CHECK(rewrite_table(file, *table, names));
        found.removed = true;
      }
      return found;
    }
    found.by_hand = "it is no table of this program's and could not be read";
  }
  QF_ASSIGN(const std::string text, read_whole_file(file));
  found.rows = count_names(text, names);
  if (found.rows == 0) return found;
  if (file.extension() != ".jsonl") {
    if (found.by_hand.empty()) found.by_hand = "rows of this form cannot be taken out one by one: make the export anew";
  } else if (remove) {
    QF_CHECK(rewrite_lines(file, text, names));
    found.removed = true;
  }
  return found;
}

}  // namespace

std::uint64_t CopyCheck::rows_left() const {
  return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const CopyFile& file) { return sum + (file.removed ? 0 : file.rows); });
}

Result<CopyCheck> check_copy(const fs::path& folder, std::span<const Tombstone> stones, bool remove) {
  CopyCheck check;
  Names names;
  for (const Tombstone& stone : stones)
    if (stone.record_id != "*") names.insert(stone.record_id);
  if (const auto text = read_whole_file(folder / "manifest.json"))
    if (const auto manifest = parse_manifest(*text))
      for (const Tombstone& stone : stones)
        if (stone.record_id == "*" && stone.audience == manifest->audience && stone.version == manifest->version)
          check.whole_version = stone.audience + "/" + stone.version;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->is_regular_file(error)) files.push_back(at->path());
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot read {}: {}", folder.string(), error.message()));
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    QF_ASSIGN(CopyFile found, check_file(folder, file, names, remove));
    ++check.files_read;
    if (found.rows != 0 || !found.by_hand.empty()) check.files.push_back(std::move(found));
  }
  return check;
}

}  // namespace qf
