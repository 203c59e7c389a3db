#include "qf/ledger/people.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>

namespace qf {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class People : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "qf-people-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    database_.emplace(std::move(*Database::open(folder_ / "ledger.db", DatabaseMode::kCreate)));
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(folder_);
  }

  Result<PeopleImport> import(const std::string& content, std::int64_t at_us = 1) {
    std::ofstream(folder_ / "people.csv", std::ios::binary) << content;
    const auto claims = read_people(folder_ / "people.csv");
    if (!claims) return tl::unexpected<Error>(claims.error());
    return confirm_owners(*database_, *claims, at_us);
  }
  // Owners that were replaced: "PROJECT NAME CONFIRMED REPLACED" by line.
  std::string history() {
    auto rows = database_->prepare(
        "SELECT project || ' ' || subject || ' ' || confirmed_at || ' ' || replaced_at FROM "
        "project_owner_history ORDER BY id");
    std::string lines;
    while (*rows->next()) lines += std::string(rows->text(0)) + "\n";
    return lines;
  }
  std::string error_of(const std::string& content) {
    const auto result = import(content);
    return result ? "no error" : result.error().message;
  }

  fs::path folder_;
  std::optional<Database> database_;
};

TEST(SubjectKey, ComparesWithoutCaseAndForm) {
  EXPECT_EQ(subject_key("Åsa Öberg"), subject_key("a\xCC\x8Asa o\xCC\x88"
                                                  "BERG"));
  EXPECT_EQ(subject_key("  Anna\t"), "anna");
  EXPECT_EQ(subject_key("Strauß"), subject_key("STRAUSS"));
  EXPECT_EQ(subject_key("ΣΊΣΥΦΟΣ"), subject_key("σίσυφος"));
  EXPECT_NE(subject_key("Anna"), subject_key("Ana"));
  EXPECT_NE(subject_key("Anna S"), subject_key("AnnaS"));
  EXPECT_EQ(subject_key(""), "");
  // What is not UTF-8 is its own key.
  EXPECT_EQ(subject_key("\xFF\xFE"), "\xFF\xFE");
}

TEST(SubjectKey, IsItsOwnKey) {
  EXPECT_TRUE(rc::check("the key of a key is that key", [] {
    std::string text;
    for (const std::uint32_t raw : *rc::gen::arbitrary<std::vector<std::uint32_t>>()) {
      // Any character up to U+1FFFF, as UTF-8, without surrogates and NUL.
      const std::uint32_t c = raw % 0x1FFFF + 1;
      if (c >= 0xD800 && c < 0xE000) continue;
      if (c < 0x80)
        text += static_cast<char>(c);
      else if (c < 0x800)
        text += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
      else if (c < 0x10000)
        text += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
                 static_cast<char>(0x80 | (c & 63))};
      else
        text += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
                 static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
    }
    const std::string key = subject_key(text);
    RC_ASSERT(subject_key(key) == key);
  }));
}

TEST_F(People, ImportsWhatPeopleListPrints) {
  const auto result = import(
      "project,subject,confirmed,sessions,decisions,first_day,last_day,consent\r\n"
      "p1,Anna,no,3,40,2026-01-01,2026-02-01,none\r\n"
      "p2,anna,no,1,2,2026-01-01,2026-01-01,none\r\n"
      "\"dup:a, b/c\",Bo,yes,1,2,,,\r\n",
      77);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->added, 3U);
  const auto owners = list_owners(*database_);
  ASSERT_EQ(owners->size(), 3U);
  EXPECT_EQ((*owners)[0].project, "dup:a, b/c");
  EXPECT_EQ((*owners)[1].subject, "Anna");
  EXPECT_EQ((*owners)[1].subject_key, (*owners)[2].subject_key);
  EXPECT_EQ((*owners)[1].confirmed_at_us, 77);
}

TEST_F(People, ANewOwnerReplacesTheOldOneAndTheHistoryStays) {
  ASSERT_TRUE(import("project,subject\np,Anna\n", 10));
  const auto again = import("project,subject\np, ANNA \n", 20);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->unchanged, 1U);
  EXPECT_EQ(history(), "");

  const auto moved = import("project,subject\np,Bo\nq,Bo\n", 30);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->changed, 1U);
  EXPECT_EQ(moved->added, 1U);
  EXPECT_EQ(history(), "p Anna 10 30\n");
  EXPECT_EQ((*list_owners(*database_))[0].subject, "Bo");
}

TEST_F(People, KeepsWhatTellsAProjectFromAnotherOfItsName) {
  const auto anchor = [&] { return (*list_owners(*database_))[0].anchor; };
  ASSERT_TRUE(import("project,subject,first_day\np,Anna,2026-02-02\n"));
  EXPECT_EQ(anchor().first_day, "2026-02-02");
  EXPECT_EQ(anchor().first_line, "");

  const std::vector<BoundLine> lines = {{"p", "anna", "aa"}, {"p", "bo", "bb"}, {"q", "anna", "cc"}};
  ASSERT_TRUE(bind_first_lines(*database_, lines, 1));
  EXPECT_EQ(anchor().first_line, "aa");
  const std::vector<BoundLine> other = {{"p", "anna", "dd"}};
  ASSERT_TRUE(bind_first_lines(*database_, other, 1));
  EXPECT_EQ(anchor().first_line, "aa");

  // The same day, or none, changes nothing; another one renews the anchor, and so does another person.
  ASSERT_TRUE(import("project,subject,first_day\np,Anna,2026-02-02\n"));
  ASSERT_TRUE(import("project,subject\np,Anna\n"));
  EXPECT_EQ(anchor().first_line, "aa");
  ASSERT_TRUE(import("project,subject,first_day\np,Anna,2026-03-01\n"));
  EXPECT_EQ(anchor().first_day, "2026-03-01");
  EXPECT_EQ(anchor().first_line, "");
  const std::vector<ProjectClaim> own = {{"p", "Anna", {"ee", "2026-03-01"}}};
  ASSERT_TRUE(confirm_owners(*database_, own, 5));
  EXPECT_EQ(anchor().first_line, "ee");
  ASSERT_TRUE(import("project,subject\np,Bo\n"));
  EXPECT_EQ(anchor().first_line, "");
  EXPECT_EQ(anchor().first_day, "");
}

TEST_F(People, RefusesADayThatNoListPrints) {
  for (const char* day : {"2026-02-30", "02/02/2026", "2026-02-02T00:00:00Z"})
    EXPECT_TRUE(has(error_of(std::string("project,subject,first_day\np,Anna,") + day + "\n"),
                    "people.csv, line 2, column first_day"));
}

TEST_F(People, RefusesNamesThatStandForNobody) {
  const std::string header = "project,subject\np1,Anna\n";
  EXPECT_TRUE(has(error_of(header + "p2,\n"), "people.csv, line 3, column subject: the person's name is missing"));
  EXPECT_TRUE(has(error_of(header + "p2,Unknown\n"), "line 3, column subject: `unknown` and `manual`"));
  EXPECT_TRUE(has(error_of(header + "\np2, manual\n"), "line 4, column subject"));
  EXPECT_TRUE(has(error_of(header + "p2,a\x1B[2Jb\n"), "line 3, column subject: a name that"));
  EXPECT_TRUE(has(error_of(header + "p2," + std::string(201, 'x') + "\n"),
                  "line 3, column subject: a name of more than 200 bytes"));
  EXPECT_TRUE(has(error_of(header + "unknown,Bo\n"), "line 3, column project"));
  EXPECT_TRUE(has(error_of(header + ",Bo\n"), "line 3, column project: the project's name is missing"));
  EXPECT_EQ(error_of("project,subject\np2," + std::string(200, 'x') + "\n"), "no error");
}

TEST_F(People, ImportsAllOrNothing) {
  ASSERT_TRUE(import("project,subject\np1,Anna\n"));
  EXPECT_TRUE(has(error_of("project,subject\np1,Bo\np3,Bo\np4,unknown\n"), "line 4"));
  EXPECT_TRUE(has(error_of("project,subject\np1,Bo\np2,Bo\np1,Cy\n"),
                  "line 4, column subject: this project has another person in line 2"));
  EXPECT_TRUE(has(error_of("project,subjekt\np1,Bo\n"), "column 2 has no known name; the nearest is \"subject\""));
  EXPECT_TRUE(has(error_of("project\np1\n"), "column subject is missing"));
  // The claims themselves are checked too, not only the file.
  const std::vector<ProjectClaim> claims = {{"p9", "Bo"}, {"p1", "manual"}};
  EXPECT_EQ(confirm_owners(*database_, claims, 5).error().code, ErrorCode::kInvalidInput);
  const auto owners = list_owners(*database_);
  ASSERT_EQ(owners->size(), 1U);
  EXPECT_EQ((*owners)[0].subject, "Anna");
  EXPECT_EQ(read_people(folder_ / "none.csv").error().code, ErrorCode::kNotFound);
}

TEST_F(People, ErrorsNeverRepeatAName) {
  for (const char* content :
       {"project,subject\np1,Anna\np1,Berta\n", "project,subject\nAnna,Berta,x\n", "Anna,Berta\np1,p2\n",
        "project,subject\np1,Anna \"Berta\"\n", "project,subject\nunknown,Anna\n"}) {
    const std::string message = error_of(content);
    EXPECT_NE(message, "no error");
    EXPECT_FALSE(has(message, "Anna")) << message;
    EXPECT_FALSE(has(message, "Berta")) << message;
  }
}

}  // namespace
}  // namespace qf
