#include "qf/core/row_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "sample_rows.h"

namespace qf {
namespace {

constexpr TableId kAll[] = {TableId::kDecisions, TableId::kCorrections, TableId::kQuestions};

TEST(RowCodec, EveryTypeComesBackAsItWas) {
  for (const TableId table : kAll) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      Arena arena;
      const Row row = sample::row_of(table, arena, seed);
      std::string bytes = "before";
      encode_row(row, bytes);
      const std::size_t size = bytes.size();
      bytes += "after";
      for (const TextStorage storage : {TextStorage::kCopy, TextStorage::kView}) {
        const Row back = arena.make<Cell>(row.size());
        const auto used = decode_row(std::string_view(bytes).substr(6), arena, back, storage);
        ASSERT_TRUE(used.has_value()) << used.error().message;
        EXPECT_EQ(*used, size - 6);
        EXPECT_TRUE(sample::same(row, back)) << "seed " << seed;
      }
    }
  }
}

TEST(RowCodec, CopiedTextOutlivesItsBytes) {
  Arena arena;
  const Row row = sample::row_of(TableId::kDecisions, arena, 3);
  auto bytes = std::make_unique<std::string>();
  encode_row(row, *bytes);
  const Row back = arena.make<Cell>(row.size());
  ASSERT_TRUE(decode_row(*bytes, arena, back));
  bytes->assign(bytes->size(), 'x');
  bytes.reset();
  EXPECT_TRUE(sample::same(row, back));
}

TEST(RowCodec, ATextOfTenMegabytesComesBack) {
  Arena arena;
  const std::string text(10'000'000, 'x');
  Cell cells[] = {Cell::of(std::string_view(text)), Cell::of(INT64_MIN), Cell::of(INT64_MAX)};
  std::string bytes;
  encode_row(cells, bytes);
  Cell back[3];
  ASSERT_TRUE(decode_row(bytes, arena, back));
  EXPECT_TRUE(sample::same(cells, ConstRow(back)));
}

TEST(RowCodec, EveryCutIsAnError) {
  Arena arena;
  const Row row = sample::row_of(TableId::kDecisions, arena, 7);
  std::string bytes;
  encode_row(row, bytes);
  const Row back = arena.make<Cell>(row.size());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto used = decode_row(std::string_view(bytes).substr(0, size), arena, back);
    ASSERT_FALSE(used.has_value()) << size;
    EXPECT_EQ(used.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(decode_row(bytes, arena, back.subspan(1)).has_value());
}

RC_GTEST_PROP(RowCodec, AnyBytesGiveARowOrAnError, (const std::string& bytes)) {
  Arena arena;
  std::vector<Cell> row(2);
  const auto used = decode_row("\x02" + bytes, arena, row);
  if (used) RC_ASSERT(*used <= bytes.size() + 1);
}

TEST(RowCodec, DeepNestingEndsInAnError) {
  std::string bytes("\x01", 1);
  for (int i = 0; i < 100'000; ++i) bytes += std::string("\x05\x01", 2);
  bytes += std::string(8, '\0');
  Arena arena;
  Cell row[1];
  EXPECT_FALSE(decode_row(bytes, arena, row).has_value());
}

TEST(CanonicalRow, WritesEachTypeAsItsHeaderSays) {
  const auto written = [](const Cell& cell) {
    std::string out;
    canonical_row(std::span(&cell, 1), out);
    return out;
  };
  using namespace std::string_literals;
  const Cell items[] = {Cell::of(true), Cell::null()};
  EXPECT_EQ(written(Cell::null()), "n");
  EXPECT_EQ(written(Cell::of(false)), "b0");
  EXPECT_EQ(written(Cell::of(std::int64_t{258})), "i\x02\x01\0\0\0\0\0\0"s);
  EXPECT_EQ(written(Cell::of(std::int64_t{-1})), "i\xff\xff\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(written(Cell::of(1.0)), "d\0\0\0\0\0\0\xf0\x3f"s);
  EXPECT_EQ(written(Cell::of(-0.0)), written(Cell::of(0.0)));
  EXPECT_EQ(written(Cell::of(std::string_view("å\0"s))), "t\x03\0\0\0å\0"s);
  EXPECT_EQ(written(Cell::of("")), "t\0\0\0\0"s);
  EXPECT_EQ(written(Cell::list(items)), "l\x02\0\0\0b1n"s);
  EXPECT_EQ(written(Cell::structure(items)), "s\x02\0\0\0b1n"s);
}

TEST(CanonicalRow, DifferentRowsDiffer) {
  for (const TableId table : kAll) {
    std::set<std::string> all;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Arena arena;
      std::string out;
      canonical_row(sample::row_of(table, arena, seed), out);
      all.insert(out);
    }
    EXPECT_GT(all.size(), 290U);
  }
}

}  // namespace
}  // namespace qf
