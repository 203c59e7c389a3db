#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "qf/core/row_codec.h"
#include "qf/output/durable.h"
#include "qf/output/parquet_reader.h"
#include "qf/output/parquet_writer.h"
#include "sample_rows.h"

namespace qf {
namespace {

namespace fs = std::filesystem;
constexpr TableId kAll[] = {TableId::kDecisions, TableId::kCorrections, TableId::kQuestions};

struct Folder {
  fs::path path = fs::temp_directory_path() / ("qf-parquet-" + std::to_string(::getpid()) + "-" +
                                               ::testing::UnitTest::GetInstance()->current_test_info()->name());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The rows of sample::row_of() for 0 … count-1, ten to a group.
std::vector<WrittenFile> write(const fs::path& folder, TableId table, std::uint64_t count,
                               const WriterOptions& options = {}) {
  auto writer = TableWriter::open(folder, table, "train", options);
  EXPECT_TRUE(writer.has_value());
  Arena arena;
  for (std::uint64_t i = 0; i < count; ++i) {
    arena.clear();
    if (i % 10 == 0) {
      EXPECT_TRUE((*writer)->begin_group().has_value());
    }
    const Status status = (*writer)->append(sample::row_of(table, arena, i));
    EXPECT_TRUE(status.has_value()) << status.error().message;
  }
  auto files = (*writer)->finish();
  EXPECT_TRUE(files.has_value()) << files.error().message;
  return *files;
}

TEST(Parquet, EveryTypeComesBackAsItWas) {
  const Folder folder;
  for (const TableId table : kAll) {
    const auto files = write(folder.path, table, 20'000);
    ASSERT_EQ(files.size(), 1u);
    EXPECT_EQ(files[0].path, table_folder(table) + "/train-00000-of-00001.parquet");
    EXPECT_EQ(files[0].rows, 20'000u);
    EXPECT_EQ(files[0].bytes, fs::file_size(folder.path / files[0].path));
    EXPECT_EQ(files[0].sha256, sha256_of_file(folder.path / files[0].path).value());
    auto reader = TableReader::open(folder.path / files[0].path);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader->row_count(), 20'000u);
    std::uint64_t at = 0;
    Arena arena;
    std::string expected, found;
    const Status status = reader->for_each_row(table, [&](ConstRow row) -> Status {
      arena.clear();
      const Row original = sample::row_of(table, arena, at++);
      EXPECT_TRUE(sample::same(original, row)) << "row " << at - 1;
      expected.clear();
      found.clear();
      canonical_row(original, expected);
      canonical_row(row, found);
      EXPECT_EQ(expected, found);
      return {};
    });
    EXPECT_TRUE(status.has_value()) << status.error().message;
    EXPECT_EQ(at, 20'000u);
  }
}

TEST(Parquet, TheSameRowsGiveTheSameBytes) {
  const Folder folder;
  WriterOptions options;
  options.max_row_group_rows = 3000;
  options.key_values = {{"qf_dataset.version", "1.0.0"}};
  const auto first = write(folder.path / "a", TableId::kDecisions, 10'000, options);
  const auto second = write(folder.path / "b", TableId::kDecisions, 10'000, options);
  EXPECT_EQ(first[0].sha256, second[0].sha256);
  EXPECT_EQ(content(folder.path / "a" / first[0].path), content(folder.path / "b" / second[0].path));
}

TEST(Parquet, RowsOfSeveralGroupsAreReadInTheirOrder) {
  const Folder folder;
  std::vector<std::string> of_one, of_three;
  const auto read = [&](std::int64_t most, std::vector<std::string>& rows) {
    WriterOptions options;
    options.max_row_group_rows = most;
    const auto files = write(folder.path / std::to_string(most), TableId::kQuestions, 2'000, options);
    auto reader = TableReader::open(folder.path / std::to_string(most) / files[0].path);
    ASSERT_TRUE(reader->for_each_row(TableId::kQuestions, [&](ConstRow row) -> Status {
      canonical_row(row, rows.emplace_back());
      return {};
    }));
  };
  read(2'000, of_one);
  read(700, of_three);
  EXPECT_EQ(of_one.size(), 2'000U);
  EXPECT_EQ(of_one, of_three);
}

TEST(Parquet, TheFooterSaysWhatItShould) {
  const Folder folder;
  WriterOptions options;
  options.created_by = "qf-dataset 9.9.9";
  options.key_values = {{"qf_dataset.version", "1.0.0"}};
  const auto files = write(folder.path, TableId::kDecisions, 10, options);
  const auto reader = TableReader::open(folder.path / files[0].path);
  std::vector<std::string> keys;
  for (const auto& [key, value] : reader->key_values()) keys.push_back(key);
  ASSERT_EQ(keys, (std::vector<std::string>{"huggingface", "qf_dataset.schema_version", "qf_dataset.version"}));
  const auto features = nlohmann::json::parse(reader->key_values()[0].second).at("info").at("features");
  EXPECT_EQ(features.at("record_id"), (nlohmann::json{{"dtype", "string"}, {"_type", "Value"}}));
  EXPECT_TRUE(features.at("options_presented").is_array());
  EXPECT_TRUE(features.at("context").at("previous_decisions").is_array());
  const std::string bytes = content(folder.path / files[0].path);
  EXPECT_NE(bytes.find("qf-dataset 9.9.9"), std::string::npos);
  EXPECT_EQ(bytes.find("ARROW:schema"), std::string::npos);
}

TEST(Parquet, AFileIsCutOnlyBetweenGroups) {
  const Folder folder;
  WriterOptions options;
  options.max_shard_bytes = 100'000;
  const auto files = write(folder.path, TableId::kDecisions, 5'000, options);
  ASSERT_GT(files.size(), 3u);
  std::uint64_t rows = 0;
  for (const auto& file : files) {
    EXPECT_EQ(rows % 10, 0u) << "every file begins with a group";
    rows += file.rows;
    EXPECT_EQ(TableReader::open(folder.path / file.path)->row_count(), file.rows);
  }
  EXPECT_EQ(rows, 5'000u);
  EXPECT_EQ(static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path / "data/decisions"), {})),
            files.size());
  // Without marks there is only one file, however large.
  auto writer = TableWriter::open(folder.path / "one", TableId::kDecisions, "test", options);
  Arena arena;
  for (std::uint64_t i = 0; i < 5'000; ++i)
    ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, i)));
  EXPECT_EQ((*writer)->finish()->size(), 1u);
}

TEST(Parquet, NoRowsNoFile) {
  const Folder folder;
  EXPECT_TRUE(write(folder.path, TableId::kCorrections, 0).empty());
  EXPECT_TRUE(fs::is_empty(folder.path));
}

TEST(Parquet, AWriterThatIsDroppedLeavesNothing) {
  const Folder folder;
  WriterOptions options;
  options.max_shard_bytes = 50'000;
  {
    auto writer = TableWriter::open(folder.path, TableId::kDecisions, "train", options);
    Arena arena;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      ASSERT_TRUE((*writer)->begin_group());
      ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, i)));
    }
  }
  EXPECT_TRUE(fs::is_empty(folder.path / "data/decisions"));
}

TEST(Parquet, ATextOfTenMegabytesComesBack) {
  const Folder folder;
  auto writer = TableWriter::open(folder.path, TableId::kQuestions, "train", WriterOptions());
  const std::string text(10'000'000, 'x');
  Arena arena;
  for (std::uint64_t i = 0; i < 3; ++i) {
    RowOf<TableId::kQuestions> row(sample::row_of(TableId::kQuestions, arena, i));
    row.set<"question_text">(std::string_view(text));
    ASSERT_TRUE((*writer)->append(row.cells()));
  }
  const auto files = (*writer)->finish();
  ASSERT_TRUE(files.has_value());
  auto reader = TableReader::open(folder.path / (*files)[0].path);
  int rows = 0;
  ASSERT_TRUE(reader->for_each_row(TableId::kQuestions, [&](ConstRow row) -> Status {
    rows += RowOf<TableId::kQuestions>(Row(const_cast<Cell*>(row.data()), row.size())).get<"question_text">().view() ==
            text;
    return {};
  }));
  EXPECT_EQ(rows, 3);
}

TEST(Parquet, ACellThatDoesNotFitIsAnErrorThatNamesTheField) {
  const Folder folder;
  const auto attempt = [&](auto&& change) {
    auto writer = TableWriter::open(folder.path, TableId::kDecisions, "train", WriterOptions());
    Arena arena;
    RowOf<TableId::kDecisions> row(sample::row_of(TableId::kDecisions, arena, 0));
    change(row, arena);
    Status status = (*writer)->append(row.cells());
    if (status) {
      auto files = (*writer)->finish();
      if (!files) status = tl::unexpected<Error>(files.error());
    } else {
      EXPECT_FALSE((*writer)->append(row.cells()).has_value()) << "an error is not forgotten";
    }
    EXPECT_FALSE(status.has_value());
    std::string message = status ? "" : status.error().message;
    EXPECT_EQ(message.find("secret"), std::string::npos);
    return message;
  };
  const auto holds = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(holds(attempt([](auto& row, Arena&) { row.template set<"sitting">("secret"); }), "decisions.sitting"));
  EXPECT_TRUE(holds(attempt([](auto& row, Arena&) { row.template set<"language">(7); }), "decisions.language"));
  EXPECT_TRUE(
      holds(attempt([](auto& row, Arena&) { row.template set<"fold">(std::int64_t{1} << 40); }), "decisions.fold"));
  EXPECT_TRUE(holds(attempt([](auto& row, Arena&) { row.template set<"ai_confidence">(0.0 / 0.0); }),
                    "decisions.ai_confidence"));
  EXPECT_TRUE(
      holds(attempt([](auto& row, Arena&) { row.template set<"language">("secret \xff"); }), "decisions.language"));
  EXPECT_TRUE(holds(attempt([](auto& row, Arena&) { row.template set<"language">("secret \xed\xa0\x80"); }),
                    "decisions.language"));
  EXPECT_TRUE(holds(attempt([](auto& row, Arena& arena) {
                      const auto items = arena.make<Cell>(1);
                      items[0] = Cell::of("secret\xc3");
                      row.template set_cell<"options_presented">(Cell::list(items));
                    }),
                    "decisions.options_presented"));
  EXPECT_TRUE(holds(
      attempt([](auto& row, Arena& arena) { row.template set_cell<"context">(Cell::structure(arena.make<Cell>(2))); }),
      "decisions.context"));
  EXPECT_TRUE(fs::is_empty(folder.path / "data/decisions"));
  auto writer = TableWriter::open(folder.path, TableId::kDecisions, "train", WriterOptions());
  const Cell one[1] = {};
  EXPECT_FALSE((*writer)->append(one).has_value());
}

TEST(Parquet, TheStatedOrderIsChecked) {
  const Folder folder;
  auto writer = TableWriter::open(folder.path, TableId::kDecisions, "train", WriterOptions());
  Arena arena;
  ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, 5)));
  ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, 5)));
  EXPECT_EQ((*writer)->append(sample::row_of(TableId::kDecisions, arena, 4)).error().code, ErrorCode::kInternal);
  WriterOptions unsorted;
  unsorted.sorted_by.clear();
  writer = TableWriter::open(folder.path, TableId::kDecisions, "train", unsorted);
  ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, 5)));
  ASSERT_TRUE((*writer)->append(sample::row_of(TableId::kDecisions, arena, 4)));
  unsorted.sorted_by = {"context"};
  EXPECT_FALSE(TableWriter::open(folder.path, TableId::kDecisions, "train", unsorted).has_value());
  EXPECT_FALSE(TableWriter::open(folder.path, TableId::kDecisions, "../train", {}).has_value());
}

TEST(Parquet, DamagedFilesGiveErrors) {
  const Folder folder;
  const auto files = write(folder.path, TableId::kDecisions, 300);
  const std::string whole = content(folder.path / files[0].path);
  const fs::path damaged = folder.path / "damaged.parquet";
  const auto read = [&](const std::string& bytes) {
    std::ofstream(damaged, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    auto reader = TableReader::open(damaged);
    if (!reader) return false;
    return reader->for_each_row(TableId::kDecisions, [](ConstRow) { return Status{}; }).has_value();
  };
  EXPECT_TRUE(read(whole));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("PAR1"));
  EXPECT_FALSE(read("PAR1PAR1"));
  EXPECT_FALSE(read("no parquet at all, but long enough to be one"));
  for (std::size_t size = 1; size < whole.size(); size += whole.size() / 97) EXPECT_FALSE(read(whole.substr(0, size)));
  // Whatever byte is changed: an error, or rows as before where the byte means nothing; never a crash.
  for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 600) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    read(bytes);
  }
  EXPECT_EQ(TableReader::open(folder.path / "none").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(TableReader::open(folder.path).has_value());
  auto other = TableReader::open(folder.path / files[0].path);
  EXPECT_EQ(other->for_each_row(TableId::kQuestions, [](ConstRow) { return Status{}; }).error().code,
            ErrorCode::kCorrupt);
  const auto stopped = other->for_each_row(TableId::kDecisions,
                                           [](ConstRow) -> Status { return failure(ErrorCode::kRefused, "enough"); });
  EXPECT_EQ(stopped.error().message, "enough");
}

TEST(Parquet, AFolderThatCannotBeWrittenIsAnError) {
  const Folder folder;
  std::ofstream(folder.path / "data") << "a file where a folder belongs";
  auto writer = TableWriter::open(folder.path, TableId::kDecisions, "train", WriterOptions());
  Arena arena;
  EXPECT_EQ((*writer)->append(sample::row_of(TableId::kDecisions, arena, 0)).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace qf
