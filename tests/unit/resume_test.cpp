// What a build keeps to go on with grown logs: hashes in the middle, sealed files, questions in memory and on disk.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "qf/core/digest.h"
#include "qf/ingest/line_reader.h"
#include "qf/ingest/question_store.h"
#include "qf/ledger/sealed_file.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

class Resume : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("qf-resume-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string content(const fs::path& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const fs::path& file, const std::string& bytes) const { std::ofstream(file, std::ios::binary) << bytes; }

  fs::path folder_;
};

TEST_F(Resume, ADigestGoesOnFromItsCopy) {
  ResumableSha256 first;
  first.update("a log that ");
  ResumableSha256 second = first;
  first.update("ends");
  second.update("has grown");
  EXPECT_EQ(first.bytes(), sha256("a log that ends"));
  EXPECT_EQ(second.bytes(), sha256("a log that has grown"));
  EXPECT_EQ(second.bytes(), sha256("a log that has grown"));
}

TEST_F(Resume, ALogIsReadOnBehindItsLastLineEnd) {
  const auto read = [&](const LinePlace& from, std::string& lines) {
    auto reader = LineReader::open(folder_ / "log", 8, UINT64_MAX, from);
    EXPECT_TRUE(reader);
    std::uint64_t first = 0;
    while (true) {
      const auto chunk = reader->next();
      EXPECT_TRUE(chunk);
      if (chunk->kind == LineChunk::Kind::kEnd) return std::tuple(*reader->place(), reader->digest_hex(), first);
      if (first == 0) first = chunk->first_line;
      if (chunk->kind == LineChunk::Kind::kLines) lines += chunk->bytes;
    }
  };
  write(folder_ / "log", "one\ntwo\nthr");
  std::string lines;
  const auto [end, digest, first] = read({}, lines);
  EXPECT_EQ(lines, "one\ntwo\n");
  EXPECT_EQ(end.bytes, 8U);
  write(folder_ / "log", "one\ntwo\nthree\nfour\n");
  lines.clear();
  const auto [later, later_digest, later_first] = read(end, lines);
  EXPECT_EQ(lines, "three\nfour\n");
  EXPECT_EQ(later_first, 3U);
  EXPECT_EQ(later.line, 5U);
  EXPECT_EQ(later_digest, to_hex(sha256("one\ntwo\nthree\nfour\n")));
}

TEST_F(Resume, ASealedFileComesBackWholeOrNotAtAll) {
  bool created = false;
  const auto key = KeyFile::open_or_create(folder_ / "key", created);
  ASSERT_TRUE(key);
  const std::string text(700'000, 'x');  // more than two blocks
  SealedId id{};
  {
    auto writer = SealedWriter::create(folder_ / "sealed", *key, "test");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(text));
    ASSERT_TRUE((*writer)->write("the end"));
    const auto written = (*writer)->finish();
    ASSERT_TRUE(written);
    id = *written;
  }
  const std::string sealed = content(folder_ / "sealed");
  EXPECT_EQ(sealed.find("xxxx"), std::string::npos);
  const auto comes_back = [&](std::string_view purpose) {
    auto reader = SealedReader::open(folder_ / "sealed", *key, purpose, id);
    std::string read(text.size() + 7, '\0');
    return reader && (*reader)->read(read) && read == text + "the end";
  };
  EXPECT_TRUE(comes_back("test"));
  EXPECT_FALSE(comes_back("another purpose"));
  for (const std::size_t at : {std::size_t{3}, sealed.size() / 2, sealed.size() - 1}) {
    std::string damaged = sealed;
    damaged[at] ^= 1;
    write(folder_ / "sealed", damaged);
    EXPECT_FALSE(comes_back("test")) << at;
  }
  write(folder_ / "sealed", sealed.substr(0, sealed.size() - 20));
  EXPECT_FALSE(comes_back("test"));
}

class Questions : public Resume, public testing::WithParamInterface<std::size_t> {};

TEST_P(Questions, ComeBackAsTheyStoodWithWhatWasAskedForSince) {
  const std::size_t count = GetParam();
  const auto name = [](std::size_t number) { return "Q" + std::to_string(number); };
  StringSink written;
  {
    QuestionStore store(folder_);
    for (std::size_t turn = 0; turn < 2; ++turn)
      for (std::size_t i = 0; i < count; i += 1 + turn * 6) {
        bool is_new = false;
        QuestionState& question = store.find_or_add(name(i), is_new);
        EXPECT_EQ(is_new, turn == 0);
        ++question.decisions;
        question.text = "text of " + name(i);
        ASSERT_TRUE(store.trim());
      }
    EXPECT_TRUE(store.loaded_and_asked_for().empty());
    StateWriter to(written);
    ASSERT_TRUE(store.save(to));
  }
  QuestionStore store(folder_);
  StringFeed rest(written.bytes());
  StateReader from(rest);
  ASSERT_TRUE(store.load(from));
  EXPECT_EQ(rest.at_most(), 0U);
  EXPECT_EQ(store.loaded(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto looked = store.look(i);
    ASSERT_EQ(looked.question->id, name(i));
    ASSERT_EQ(looked.question->decisions, i % 7 == 0 ? 2 : 1);
    ASSERT_EQ(*looked.question->text, "text of " + name(i));
  }
  bool is_new = false;
  store.find_or_add(name(count - 1), is_new).text = "another";
  EXPECT_FALSE(is_new);
  store.find_or_add(name(count - 1), is_new).text = "and another";
  store.find_or_add(name(count), is_new);
  EXPECT_TRUE(is_new);
  store.find_or_add(name(count), is_new);
  EXPECT_EQ(store.size(), count + 1);
  ASSERT_EQ(store.loaded_and_asked_for().size(), 1U);
  const auto& [number, before] = *store.loaded_and_asked_for().begin();
  EXPECT_EQ(number, count - 1);
  EXPECT_EQ(*QuestionStore::decoded(before).text, "text of " + name(count - 1));
  EXPECT_TRUE(store.status());
}
INSTANTIATE_TEST_SUITE_P(InMemoryAndOnDisk, Questions,
                         testing::Values(1, 100, QuestionStore::kResident + 1, 3 * QuestionStore::kResident));

}  // namespace
}  // namespace qf
