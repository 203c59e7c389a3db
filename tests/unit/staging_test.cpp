// What lies on disk between the passes: that damage to it is found, and what is left out is counted.
#include "qf/run/staging.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "qf/core/row_codec.h"
#include "qf/run/row_groups.h"
#include "qf/run/said_digest.h"
#include "qf/store/program.h"

namespace qf {
namespace {

TEST(DamageCheck, EveryByteCountsAndSoDoesWhatStandsBesideIt) {
  const std::string rows(5'000, 'r'), texts(300, 't');
  const DamageCheck whole = damage_check(rows, texts);
  EXPECT_EQ(damage_check(rows, texts), whole);
  for (const std::size_t at : {std::size_t{0}, std::size_t{2'499}, rows.size() - 1}) {
    std::string damaged = rows;
    damaged[at] = 's';
    EXPECT_NE(damage_check(damaged, texts), whole) << at;
  }
  EXPECT_NE(damage_check(rows, texts.substr(1)), whole);
  EXPECT_NE(damage_check(rows), whole);
  EXPECT_NE(damage_check("", rows), damage_check(rows, ""));
}

TEST(StagedProject, ADamagedByteIsFoundWhereverItStands) {
  const auto path = std::filesystem::temp_directory_path() / "qf-staging-test.rows";
  auto writer = StagedProjectWriter::create(path);
  ASSERT_TRUE(writer);
  const Fingerprint text{};
  for (int row = 0; row < 3; ++row)
    ASSERT_TRUE(writer->add(0, TableId::kDecisions, {}, {}, "some bytes of a row", std::span(&text, 1)));
  const auto staged = writer->finish({StagedSession{"session", 1, 1, false}});
  ASSERT_TRUE(staged);
  ASSERT_EQ(staged->blocks.size(), 1U);
  const StagedBlock& block = staged->blocks.front();
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  std::string rows;
  const auto reads = [&](auto read) {
    const auto reader = StagedProjectReader::open(*staged);
    return reader && read(*reader);
  };
  const auto facts = [&](const StagedProjectReader& reader) { return reader.facts(block, entries, texts).has_value(); };
  const auto cells = [&](const StagedProjectReader& reader) { return reader.rows(block, rows).has_value(); };
  EXPECT_TRUE(reads(facts));
  EXPECT_TRUE(reads(cells));
  const auto size = static_cast<long>(std::filesystem::file_size(path));
  for (long at = 0; at < size; ++at) {
    std::FILE* file = std::fopen(path.c_str(), "rb+");
    ASSERT_NE(file, nullptr);
    std::fseek(file, at, SEEK_SET);
    const int was = std::fgetc(file);
    std::fseek(file, at, SEEK_SET);
    std::fputc(was ^ 1, file);
    std::fflush(file);
    EXPECT_FALSE(reads(facts) && reads(cells)) << at;
    std::fseek(file, at, SEEK_SET);
    std::fputc(was, file);
    std::fclose(file);
  }
  std::filesystem::remove(path);
}

std::string row_of(TableId table, std::string_view language) {
  std::vector<Cell> cells(table_schema(table).fields.size());
  const std::size_t column = table == TableId::kQuestions ? column_of<TableId::kQuestions, "language">()
                                                          : column_of<TableId::kDecisions, "language">();
  cells[column] = Cell::of(language);
  std::string bytes;
  encode_row(cells, bytes);
  return bytes;
}

TEST(StagedProject, BytesThatAreNoRowAreToBeStagedAnew) {
  Arena arena;
  StagedIds ids;
  const Row cells = arena.make<Cell>(table_schema(TableId::kDecisions).fields.size());
  for (const std::string& bytes : {std::string(), std::string("\1"), std::string(5, '\0') + "no row"}) {
    const auto taken = decode_staged_row(bytes, arena, ids, cells);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::kStaleStaging);
  }
}

TEST(StagedProject, TheLastOfSeveralAmendmentsCounts) {
  const auto path = std::filesystem::temp_directory_path() / "qf-staging-amended.rows";
  StagedEntry entry;
  entry.key.bytes[0] = 7;
  StagedProject before;
  {
    auto writer = StagedProjectWriter::create(path);
    ASSERT_TRUE(writer && writer->add(0, TableId::kQuestions, entry, {}, row_of(TableId::kQuestions, "sv"), {}));
    ASSERT_TRUE(writer->end_of_events());
    before = *writer->finish({StagedSession{"session", 1, 1, false}});
  }
  auto writer = StagedProjectWriter::go_on(before);
  ASSERT_TRUE(writer);
  for (const std::string_view language : {"en", "fi"})
    writer->amend(entry, {}, row_of(TableId::kQuestions, language), {});
  ASSERT_TRUE(writer->end_of_events());
  const auto staged = writer->finish({StagedSession{"session", 1, 1, false}});
  ASSERT_TRUE(staged && staged->blocks.size() == 1);
  std::string rows;
  ASSERT_TRUE(StagedProjectReader::open(*staged)->rows(staged->blocks[0], rows));
  Arena arena;
  StagedIds ids;
  const Row cells = arena.make<Cell>(table_schema(TableId::kQuestions).fields.size());
  const auto taken = decode_staged_row(rows, arena, ids, cells);
  ASSERT_TRUE(taken);
  EXPECT_EQ(*taken, rows.size());
  EXPECT_EQ((cells[column_of<TableId::kQuestions, "language">()].view()), "fi");
  std::filesystem::remove(path);
}

TEST(SaidDigest, IsOfRowsThatArePublishedAlone) {
  const auto path = std::filesystem::temp_directory_path() / "qf-staging-groups.rows";
  StagedRun run;
  {
    auto writer = StagedProjectWriter::create(path);
    ASSERT_TRUE(writer);
    for (int row = 0; row < 2; ++row)
      ASSERT_TRUE(writer->add(0, TableId::kDecisions, {}, {}, row_of(TableId::kDecisions, "sv"), {}));
    run.projects.push_back({"project", 0, *writer->finish({StagedSession{"session", 1, 1, false}}), 0});
  }
  run.seal();
  run.dropped.set(0);
  std::uint64_t dropped = 0;
  AnonymityTerms terms;
  terms.k = terms.sittings = 1;
  terms.l = 0;
  const auto groups = RowGroups::make(run, terms, dropped);
  ASSERT_TRUE(groups);
  std::vector<std::uint32_t> numbers;
  std::vector<RowDigest> digests;
  for (const std::string_view salt : {"one", "one", "another"})
    ASSERT_TRUE(for_each_said({run, *groups, false, salt}, run.projects[0],
                              [&](const StagedBlock&, const StagedEntry& entry, const RowDigest& digest) -> Status {
                                numbers.push_back(entry.number);
                                digests.push_back(digest);
                                return {};
                              }));
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{1, 1, 1}));
  ASSERT_EQ(digests.size(), 3U);
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_NE(digests[0], digests[2]);
  std::filesystem::remove(path);
}

TEST(Program, IsUnknownWhereTheSystemDoesNotNameItsFile) {
  EXPECT_EQ(program_on_disk("/nowhere/at/all"), "");
  EXPECT_NE(program_on_disk("/"), "");
}

TEST(RowBits, CountsWhatIsSetInAnyStretch) {
  RowBits bits;
  bits.resize(1'000);
  for (std::uint64_t row = 0; row < 1'000; row += 3) bits.set(row);
  for (const std::uint64_t first : {0U, 1U, 63U, 64U, 65U, 200U})
    for (const std::uint64_t count : {0U, 1U, 63U, 64U, 65U, 130U, 700U}) {
      std::uint64_t expected = 0;
      for (std::uint64_t row = first; row < first + count; ++row) expected += bits.test(row) ? 1U : 0U;
      EXPECT_EQ(bits.count(first, count), expected) << first << " " << count;
    }
}

}  // namespace
}  // namespace qf
