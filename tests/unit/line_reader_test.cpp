// Lines of a log: the same ones whatever is read at a time.
#include "qf/ingest/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

namespace qf {
namespace {

class LineReading : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }

  // What a reading came to, with all whole lines as one.
  using Came = std::tuple<std::string, std::vector<std::uint64_t>, std::string, std::string, std::uint64_t>;
  Came read(std::size_t piece, std::size_t chunk = kChunkBytes) const {
    auto reader = LineReader::open(file_, chunk, UINT64_MAX, {}, piece);
    EXPECT_TRUE(reader);
    std::string lines, rest;
    std::vector<std::uint64_t> too_long;
    while (true) {
      const auto got = reader->next();
      EXPECT_TRUE(got);
      if (got->kind == LineChunk::Kind::kLines) lines += got->bytes;
      if (got->kind == LineChunk::Kind::kTooLong) too_long.push_back(got->first_line);
      if (got->kind == LineChunk::Kind::kPending) rest = got->bytes;
      if (got->kind == LineChunk::Kind::kEnd) return {lines, too_long, rest, reader->digest_hex(), reader->lines()};
    }
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("qf-line-reader-" + std::to_string(::getpid()));
};

TEST_F(LineReading, TheSizeOfPiecesDoesNotShow) {
  std::string bytes = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < 4000; ++i) bytes += std::string(i % 977, 'x') + '\n';
  for (const char* rest : {"", "not yet whole"}) {
    write(bytes + rest);
    const Came whole = read(kChunkBytes);
    EXPECT_EQ(std::get<0>(whole), bytes.substr(3));
    EXPECT_EQ(std::get<2>(whole), rest);
    for (const std::size_t piece : {1U, 100U, 4096U, 70'000U}) EXPECT_EQ(read(piece), whole) << piece;
  }
}

TEST_F(LineReading, NorDoesItForLinesAboutAsLongAsTheLongest) {
  for (const std::size_t more : {0U, 1000U, 300'000U, 900'000U, 1'100'000U}) {
    write("short\n" + std::string(kMaxLineBytes + more, 'x') + "\nshort\n");
    EXPECT_EQ(read(64 * 1024), read(kChunkBytes)) << more;
  }
}

TEST_F(LineReading, ASmallFileIsReadAllAtOnce) {
  for (const char* bytes : {"one\ntwo\n", "one\ntwo\nthr"}) {
    write(bytes);
    auto reader = LineReader::open(file_);
    ASSERT_TRUE(reader);
    EXPECT_FALSE(reader->read_all());
    ASSERT_EQ(reader->next()->bytes, "one\ntwo\n");
    EXPECT_TRUE(reader->read_all());
    EXPECT_EQ(reader->consumed(), std::string_view(bytes).size());
  }
}

TEST_F(LineReading, WhatIsWrittenWhileItIsOpenIsRead) {
  write("one\n");
  auto reader = LineReader::open(file_);
  ASSERT_TRUE(reader);
  write("one\n" + std::string(10'000, 'x') + "\n");
  std::string lines;
  for (auto got = reader->next(); got && got->kind == LineChunk::Kind::kLines; got = reader->next())
    lines += got->bytes;
  EXPECT_EQ(lines.size(), 10'005U);
}

TEST_F(LineReading, BetweenPiecesTheFileIsClosedAndAnotherInItsPlaceIsNotTakenForIt) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const std::string line = std::string(999, 'x') + "\n";
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += line;
  for (const bool replaced : {false, true}) {
    write(bytes);
    const auto before = open_files();
    auto reader = LineReader::open(file_, kChunkBytes, UINT64_MAX, {}, 5000);
    ASSERT_TRUE(reader);
    EXPECT_EQ(open_files(), before + 1);
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(open_files(), before);
    const auto other = file_.string() + ".other";
    std::ofstream(other, std::ios::binary) << bytes;
    if (replaced) std::filesystem::rename(other, file_);
    std::filesystem::remove(other);
    std::size_t lines = 5;
    auto got = reader->next();
    for (; got && got->kind == LineChunk::Kind::kLines; got = reader->next()) lines += got->bytes.size() / line.size();
    EXPECT_EQ(bool(got), !replaced);
    EXPECT_EQ(lines, replaced ? 5U : 20U);
  }
}

}  // namespace
}  // namespace qf
