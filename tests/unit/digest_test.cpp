#include "qf/core/digest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "qf/core/content_digest.h"
#include "qf/output/durable.h"
#include "qf/output/manifest.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// A folder that goes with the test.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("qf-digest-" + std::to_string(::getpid()) + "-" +
                                               ::testing::UnitTest::GetInstance()->current_test_info()->name());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Sha256, KnowsTheStandardsExamples) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 running;
  for (int i = 0; i < 1000; ++i) running.update(std::string(1000, 'a'));
  EXPECT_EQ(running.hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(running.update("abc").hex(), to_hex(sha256("abc"))) << "the result starts it anew";
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const Folder folder;
  const std::string bytes(3'000'001, 'q');
  ASSERT_TRUE(write_file_durably(folder.path / "a", bytes));
  EXPECT_EQ(sha256_of_file(folder.path / "a").value(), to_hex(sha256(bytes)));
  EXPECT_EQ(sha256_of_file(folder.path / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sha256_of_file(folder.path).error().code, ErrorCode::kIo);
}

TEST(Durable, ReplacesWholeFilesAndLeavesNothingBehind) {
  const Folder folder;
  ASSERT_TRUE(write_file_durably(folder.path / "a", "one"));
  ASSERT_TRUE(write_file_durably(folder.path / "a", "two"));
  EXPECT_EQ(content(folder.path / "a"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 1);
  EXPECT_EQ(write_file_durably(folder.path / "none" / "a", "x").error().code, ErrorCode::kIo);
  EXPECT_FALSE(sync_folder(folder.path / "none").has_value());
  EXPECT_TRUE(sync_folder(folder.path).has_value());
}

TEST(Durable, AFileThatWasNotClosedIsGone) {
  const Folder folder;
  {
    auto file = HashedFile::create(folder.path / "a");
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(file->write("abc"));
    HashedFile moved = std::move(*file);
    EXPECT_TRUE(fs::exists(folder.path / "a"));
    EXPECT_FALSE(HashedFile::create(folder.path / "a").has_value()) << "never over a file that exists";
  }
  EXPECT_FALSE(fs::exists(folder.path / "a"));
  auto file = HashedFile::create(folder.path / "a");
  ASSERT_TRUE(file->write("ab"));
  ASSERT_TRUE(file->write("c"));
  ASSERT_TRUE(file->close());
  EXPECT_EQ(file->sha256(), to_hex(sha256("abc")));
  EXPECT_EQ(file->bytes(), 3u);
  EXPECT_FALSE(file->write("d").has_value());
  EXPECT_TRUE(fs::exists(folder.path / "a"));
}

struct Sample {
  TableId table;
  std::string id;
  std::string content;
};

std::vector<Sample> samples(int count) {
  std::vector<Sample> rows;
  for (int i = 0; i < count; ++i)
    rows.push_back({i % 3 == 0 ? TableId::kQuestions : TableId::kDecisions, "id-" + std::to_string(i * 7919 % 100'003),
                    "{\"row\":" + std::to_string(i) + "}"});
  return rows;
}

ContentDigest::Digests digest_of(const std::vector<Sample>& rows, ContentDigest digest) {
  for (const Sample& row : rows) EXPECT_TRUE(digest.add(row.table, row.id, row.content));
  auto result = digest.finish();
  EXPECT_TRUE(result.has_value());
  return *result;
}

TEST(ContentDigest, IsWhatItsDescriptionSays) {
  const auto rows = samples(4);
  const auto digests = digest_of(rows, ContentDigest());
  // Rows 1 and 2 are decisions: id-7919 and id-15838, and "id-1…" sorts before "id-7…".
  const auto raw = [](const std::string& text) {
    const auto bytes = sha256(text);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const std::string decisions = to_hex(sha256(raw(rows[2].content) + raw(rows[1].content)));
  EXPECT_EQ(digests.tables.at("decisions"), decisions);
  EXPECT_FALSE(digests.tables.contains("corrections"));
  EXPECT_EQ(digests.combined,
            to_hex(sha256("decisions " + decisions + "\nquestions " + digests.tables.at("questions") + "\n")));
}

TEST(ContentDigest, DoesNotDependOnOrderMemoryOrParts) {
  const Folder folder;
  auto rows = samples(20'000);
  const auto expected = digest_of(rows, ContentDigest());
  std::shuffle(rows.begin(), rows.end(), std::mt19937(5));
  EXPECT_EQ(digest_of(rows, ContentDigest()).combined, expected.combined);
  EXPECT_EQ(digest_of(rows, ContentDigest(folder.path, 30'000)).combined, expected.combined);
  ContentDigest parts[3] = {ContentDigest(folder.path, 50'000), ContentDigest(folder.path), ContentDigest()};
  for (std::size_t i = 0; i < rows.size(); ++i)
    ASSERT_TRUE(parts[i % 3].add(rows[i].table, rows[i].id, rows[i].content));
  ASSERT_TRUE(parts[0].put_aside());
  ContentDigest whole;
  for (ContentDigest& part : parts) ASSERT_TRUE(whole.merge(std::move(part)));
  EXPECT_EQ(whole.finish()->combined, expected.combined);
  EXPECT_TRUE(fs::is_empty(folder.path)) << "files put aside go away";
  rows.pop_back();
  EXPECT_NE(digest_of(rows, ContentDigest()).combined, expected.combined);
}

TEST(ContentDigest, GoesByTheBytesOfAnyIdAndRefusesOneThatIsTooLong) {
  std::vector<std::string> ids = {
      "",     "a", std::string("a\0", 2), std::string("a\0b", 3), "ab", std::string(31, 'z'), std::string(30, 'z'),
      "\xff", "é"};
  ContentDigest digest;
  for (const std::string& id : ids) ASSERT_TRUE(digest.add(TableId::kDecisions, id, "row " + id));
  std::sort(ids.begin(), ids.end());
  Sha256 expected;
  for (const std::string& id : ids) {
    const Sha256Bytes row = sha256("row " + id);
    expected.update({reinterpret_cast<const char*>(row.data()), row.size()});
  }
  EXPECT_EQ(digest.finish()->tables.at("decisions"), expected.hex());
  EXPECT_EQ(ContentDigest().add(TableId::kDecisions, std::string(32, 'z'), "").error().code, ErrorCode::kCorrupt);
}

TEST(ContentDigest, NamesTheFolderThatIsMissing) {
  ContentDigest digest("/nowhere/at/all", 1);
  Status status;
  for (int i = 0; i < 2'000 && status; ++i) status = digest.add(TableId::kDecisions, std::to_string(i), "");
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("/nowhere/at/all"), std::string::npos);
}

TEST(Manifest, ComesBackAndIsTheSameForTheSameFacts) {
  Manifest manifest;
  manifest.name = "Åsas \"data\"\n";
  manifest.version = "1.2.0";
  manifest.inputs = {{"bb", 2, 1}, {"aa", 10, 3}};
  manifest.files = {{"data/b", 5, 1, std::string(64, 'b')}, {"data/a", 6, 2, std::string(64, 'a')}};
  manifest.documents = {{"tally", R"({"z":1,"a":{"b":[1,2]}})"}};
  const std::string text = manifest_json(manifest).value();
  const Manifest back = parse_manifest(text).value();
  EXPECT_EQ(manifest_json(back).value(), text);
  std::swap(manifest.files[0], manifest.files[1]);
  std::swap(manifest.inputs[0], manifest.inputs[1]);
  EXPECT_EQ(manifest_json(manifest).value(), text);
  std::string changed = text;
  changed.replace(changed.find("\"rows\": 2"), 9, "\"rows\": 3");
  EXPECT_EQ(parse_manifest(changed).error().code, ErrorCode::kCorrupt);
  for (const char* bad : {"", "{}", "[]", "nonsense", R"({"format":"qf-dataset-manifest-1"})", R"({"format":1})"})
    EXPECT_EQ(parse_manifest(bad).error().code, ErrorCode::kCorrupt) << bad;
  manifest.documents["files"] = "[]";
  EXPECT_FALSE(manifest_json(manifest).has_value());
  manifest.documents = {{"tally", "{"}};
  EXPECT_FALSE(manifest_json(manifest).has_value());
  manifest.documents.clear();
  manifest.name = "\xff";
  EXPECT_FALSE(manifest_json(manifest).has_value());
}

TEST(Sha256Sums, AreThoseOfCoreutils) {
  const Folder folder;
  const std::vector<std::string> names = {"b", "a", "with space", "back\\slash", "line\nfeed"};
  std::vector<ManifestFile> files;
  for (const std::string& name : names) {
    ASSERT_TRUE(write_file_durably(folder.path / name, name));
    files.push_back({name, name.size(), 0, to_hex(sha256(name))});
  }
  ASSERT_TRUE(write_file_durably(folder.path / "SHA256SUMS", sha256_sums(files)));
  EXPECT_EQ(
      std::system(("cd '" + folder.path.string() + "' && sha256sum --strict -c SHA256SUMS >/dev/null 2>&1").c_str()),
      0);
  const auto back = parse_sha256_sums(content(folder.path / "SHA256SUMS")).value();
  ASSERT_EQ(back.size(), names.size());
  EXPECT_EQ(back[0].path, "a");
  EXPECT_EQ(back[3].path, "line\nfeed");
  for (const char* bad : {"x", "abc  a\n", "\n"}) EXPECT_FALSE(parse_sha256_sums(bad).has_value()) << bad;
}

// RFC 4231, test cases 1, 2 and 6.
TEST(HmacSha256, GivesTheVectorsOfTheRfc) {
  EXPECT_EQ(to_hex(HmacSha256(std::string(20, '\x0b')).of("Hi ", "There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(HmacSha256("Jefe").of("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(HmacSha256(std::string(131, '\xaa')).of("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace qf
