#include "qf/store/row_index.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace qf {
namespace {

namespace fs = std::filesystem;

PublishedRow published(int key, int content, Split split = Split::kTrain) {
  PublishedRow row;
  row.key.bytes[0] = static_cast<std::uint8_t>(key);
  row.content[0] = static_cast<std::uint8_t>(content);
  row.split = split;
  return row;
}

class RowIndex : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "qf-rows-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  RowIndexFacts write(const std::string& name, const std::vector<PublishedRow>& rows,
                      std::size_t memory_bytes = 1 << 20) const {
    RowIndexWriter writer(folder_ / name, memory_bytes);
    for (const PublishedRow& row : rows) EXPECT_TRUE(writer.add(row));
    auto facts = writer.finish();
    EXPECT_TRUE(facts) << facts.error().message;
    return *facts;
  }
  std::vector<PublishedRow> read(const std::string& name) const {
    auto reader = RowIndexReader::open(folder_ / name);
    EXPECT_TRUE(reader) << reader.error().message;
    std::vector<PublishedRow> rows;
    for (;;) {
      const auto row = reader->next();
      EXPECT_TRUE(row) << row.error().message;
      if (!row || !*row) return rows;
      rows.push_back(**row);
    }
  }
  std::string difference(const std::vector<PublishedRow>& a, const std::vector<PublishedRow>& b) const {
    write("a", a);
    write("b", b);
    auto before = RowIndexReader::open(folder_ / "a"), after = RowIndexReader::open(folder_ / "b");
    const auto found = compare_rows(*before, *after);
    return to_string(next_version({1, 2, 3}, *found));
  }
  fs::path folder_;
};

TEST_F(RowIndex, TheDifferenceDecidesTheNumber) {
  const std::vector<PublishedRow> before = {published(1, 1), published(2, 1)};
  EXPECT_EQ(difference(before, before), "1.2.4");
  EXPECT_EQ(difference(before, {published(1, 1), published(2, 1), published(3, 1)}), "1.3.0");
  EXPECT_EQ(difference(before, {published(1, 1)}), "2.0.0");
  EXPECT_EQ(difference(before, {published(1, 1), published(2, 9)}), "2.0.0");
  EXPECT_EQ(difference(before, {published(1, 1), published(2, 1, Split::kTest)}), "2.0.0");
  EXPECT_EQ(difference({}, before), "1.3.0");
  EXPECT_EQ(difference(before, {}), "2.0.0");
}

TEST_F(RowIndex, IsTheSameHoweverLittleMemoryThereIs) {
  std::mt19937 random(7);
  std::vector<PublishedRow> rows;
  for (int i = 0; i < 5000; ++i) {
    PublishedRow row = published(static_cast<int>(random() % 251), static_cast<int>(random() % 3));
    row.key.bytes[1] = static_cast<std::uint8_t>(random());
    row.table = static_cast<TableId>(random() % kTableCount);
    row.project = static_cast<std::uint32_t>(random());
    rows.push_back(row);
  }
  const RowIndexFacts whole = write("whole", rows);
  const RowIndexFacts spilled = write("spilled", rows, 100 * sizeof(PublishedRow));
  EXPECT_EQ(whole.rows, 5000U);
  EXPECT_EQ(spilled.logical_digest, whole.logical_digest);
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(read("whole"), rows);
  EXPECT_EQ(read("spilled"), rows);
  EXPECT_EQ(read_facts(folder_ / "spilled")->logical_digest, whole.logical_digest);
  // The runs are gone.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 2);
}

TEST_F(RowIndex, WhatItPutsAsideHasNoName) {
  RowIndexWriter writer(folder_ / "rows", 1);
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(writer.add(published(i % 251, 0)));
  EXPECT_TRUE(fs::is_empty(folder_)) << "a run that is killed leaves nothing behind";
  EXPECT_EQ(writer.finish()->rows, 3000U);
}

TEST_F(RowIndex, WhereALogLiesIsNoPartOfTheLogicalDigest) {
  PublishedRow row = published(1, 1);
  const std::string before = write("a", {row}).logical_digest;
  row.project = 77;
  EXPECT_EQ(write("b", {row}).logical_digest, before);
  row.fold = 3;
  EXPECT_NE(write("c", {row}).logical_digest, before);
}

TEST_F(RowIndex, ADamagedOneIsRefused) {
  write("a", {published(1, 1), published(2, 7, Split::kTest)});
  std::ifstream in(folder_ / "a", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto with = [&](const std::string& content) {
    std::ofstream(folder_ / "b", std::ios::binary) << content;
    const auto facts = read_facts(folder_ / "b");
    return facts ? ErrorCode::kInternal : facts.error().code;
  };
  EXPECT_EQ(with(bytes.substr(0, bytes.size() - 1)), ErrorCode::kCorrupt);
  EXPECT_EQ(with("x" + bytes.substr(1)), ErrorCode::kCorrupt);
  std::string swapped = bytes.substr(0, 8) + bytes.substr(8 + 39) + bytes.substr(8, 39);
  EXPECT_EQ(with(swapped), ErrorCode::kCorrupt);
  std::string split = bytes;
  split[8 + 33] = 9;
  EXPECT_EQ(with(split), ErrorCode::kCorrupt);
  EXPECT_EQ(RowIndexReader::open(folder_ / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace qf
