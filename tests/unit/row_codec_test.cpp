#include "qf/core/row_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "sample_rows.h"

namespace qf {
namespace {

constexpr TableId kAll[] = {TableId::kDecisions, TableId::kCorrections, TableId::kQuestions};

std::string canonical(TableId table, ConstRow row) {
  std::string out;
  canonical_row(table_schema(table), row, out);
  return out;
}

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

TEST(CanonicalRow, IsJsonWithSortedKeysAndExplicitNulls) {
  for (const TableId table : kAll) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      Arena arena;
      const Row row = sample::row_of(table, arena, seed);
      const std::string text = canonical(table, row);
      const auto json = nlohmann::json::parse(text);
      ASSERT_EQ(json.size(), row.size());
      std::string last;
      const auto ordered = nlohmann::ordered_json::parse(text);
      for (const auto& [key, value] : ordered.items()) {
        EXPECT_LT(last, key);
        last = key;
      }
      const auto fields = table_schema(table).fields;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& value = json.at(std::string(fields[i].name));
        EXPECT_EQ(value.is_null(), row[i].is_null());
        if (row[i].tag == Cell::Tag::kText) {
          EXPECT_EQ(value.get<std::string>(), row[i].view());
        }
        if (row[i].tag == Cell::Tag::kDouble) {
          EXPECT_EQ(value.get<double>(), row[i].real);
        }
      }
    }
  }
}

TEST(CanonicalRow, DoesNotDependOnTheRowsBefore) {
  // Recently written values are copied: a schema of the same fields elsewhere has none to copy from.
  for (const TableId table : kAll) {
    TableSchema fresh = table_schema(table);
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Arena arena;
      const Row row = sample::row_of(table, arena, seed);
      std::string expected;
      canonical_row(fresh, row, expected);
      ASSERT_EQ(canonical(table, row), expected);
    }
  }
}

RC_GTEST_PROP(CanonicalRow, AnyTextIsWrittenAsItIs, (const std::vector<std::string>& texts)) {
  Arena arena;
  RowOf<TableId::kQuestions> row(arena);
  for (const std::string& text : texts) {
    row.set<"title">(std::string_view(text));
    const std::string json = canonical(TableId::kQuestions, row.cells());
    const bool ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) RC_ASSERT(nlohmann::json::parse(json).at("title").get<std::string>() == text);
  }
}

TEST(CanonicalRow, NumbersAreLaidOutAsEcmaScriptDoes) {
  static constexpr FieldSpec kField[] = {
      {"n", {TypeKind::kDouble}, PrivacyClass::kNotSensitive, Role::kFeature, "a number", ""}};
  const TableSchema table{TableId::kDecisions, "t", "a test", kField};
  const auto written = [&](double value) {
    const Cell cells[] = {Cell::of(value)};
    std::string out;
    canonical_row(table, cells, out);
    return out.substr(5, out.size() - 6);
  };
  EXPECT_EQ(written(0.0), "0");
  EXPECT_EQ(written(-0.0), "0");
  EXPECT_EQ(written(1.0), "1");
  EXPECT_EQ(written(-1.5), "-1.5");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(100.0), "100");
  EXPECT_EQ(written(1e20), "100000000000000000000");
  EXPECT_EQ(written(1e21), "1e+21");
  EXPECT_EQ(written(1.5e300), "1.5e+300");
  EXPECT_EQ(written(0.000001), "0.000001");
  EXPECT_EQ(written(0.0000001), "1e-7");
  EXPECT_EQ(written(1.25e-9), "1.25e-9");
  EXPECT_EQ(written(123456.789), "123456.789");
  EXPECT_EQ(written(9007199254740993.0), "9007199254740992");
  EXPECT_EQ(written(5e-324), "5e-324");
}

TEST(CanonicalRow, EscapesOnlyWhatJsonNeeds) {
  static constexpr FieldSpec kField[] = {
      {"t", {TypeKind::kString}, PrivacyClass::kNotSensitive, Role::kFeature, "a text", ""}};
  const TableSchema table{TableId::kDecisions, "t", "a test", kField};
  const Cell cells[] = {Cell::of(std::string_view("\"\\/\b\f\n\r\t\x01\x1f\x7f\0å\xE2\x80\xA8", 17))};
  std::string out;
  canonical_row(table, cells, out);
  EXPECT_EQ(out, "{\"t\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000å\xE2\x80\xA8\"}");
}

}  // namespace
}  // namespace qf
