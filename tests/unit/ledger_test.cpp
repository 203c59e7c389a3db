#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <optional>

#include "qf/ledger/assignments.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/database.h"
#include "qf/ledger/people.h"
#include "qf/ledger/versions.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class Ledger : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "qf-ledger-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "ledger.db";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Database open(DatabaseMode mode = DatabaseMode::kCreate) {
    auto database = Database::open(path_, mode);
    EXPECT_TRUE(database) << database.error().message;
    return std::move(*database);
  }
  static std::string ask(const Database& database, std::string_view sql) {
    auto statement = database.prepare(sql);
    EXPECT_TRUE(statement) << statement.error().message;
    std::string answer;
    while (*statement->next()) answer += std::string(statement->text(0)) + "\n";
    return answer;
  }
  static std::string schema_of(const Database& database) {
    return ask(database, "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name");
  }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_, path_;
};

TEST_F(Ledger, IsMadeWithItsSafeguards) {
  const Database database = open();
  EXPECT_EQ(ask(database, "PRAGMA journal_mode"), "delete\n");
  EXPECT_EQ(ask(database, "PRAGMA synchronous"), "3\n");
  EXPECT_EQ(ask(database, "PRAGMA foreign_keys"), "1\n");
  EXPECT_EQ(ask(database, "PRAGMA secure_delete"), "1\n");
  EXPECT_EQ(ask(database, "PRAGMA busy_timeout"), "5000\n");
  EXPECT_EQ(*database.schema_version(), static_cast<std::int64_t>(ledger_steps().size()));
  EXPECT_TRUE(database.verify());
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  // A new ledger needs no copy.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(Ledger, OpensOnlyWhatIsThere) {
  EXPECT_EQ(Database::open(path_, DatabaseMode::kReadOnly).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Database::open(folder_ / "no" / "ledger.db", DatabaseMode::kCreate).error().code, ErrorCode::kIo);
  EXPECT_FALSE(fs::exists(path_));
  fs::create_symlink("round", folder_ / "round");
  EXPECT_EQ(Database::open(folder_ / "round" / "ledger.db", DatabaseMode::kReadOnly).error().code, ErrorCode::kIo);
  open();
  const auto read_only = Database::open(path_, DatabaseMode::kReadOnly);
  ASSERT_TRUE(read_only) << read_only.error().message;
  EXPECT_FALSE(store_assignments(*read_only, std::array{SplitAssignment{"aa", "train", 0, "1.0.0"}}));
  EXPECT_TRUE(LedgerView::load(*read_only, 0));
}

TEST_F(Ledger, RefusesWhatIsNoLedger) {
  std::ofstream(path_) << std::string(5'000, 'x');
  EXPECT_EQ(Database::open(path_, DatabaseMode::kCreate).error().code, ErrorCode::kCorrupt);
  fs::remove(path_);
  {
    const Database database = open();
    ASSERT_TRUE(database.execute("PRAGMA application_id = 1"));
  }
  const auto foreign = Database::open(path_, DatabaseMode::kCreate);
  ASSERT_FALSE(foreign);
  EXPECT_TRUE(has(foreign.error().message, "belongs to another program"));
}

TEST_F(Ledger, RefusesANewerSchemaAndLeavesItAlone) {
  {
    const Database database = open();
    ASSERT_TRUE(database.execute("PRAGMA user_version = 999"));
  }
  const std::string before = content();
  for (const DatabaseMode mode : {DatabaseMode::kReadOnly, DatabaseMode::kCreate}) {
    const auto opened = Database::open(path_, mode);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(has(opened.error().message, "newer qf-dataset (schema 999")) << opened.error().message;
  }
  EXPECT_EQ(content(), before);
}

TEST_F(Ledger, MigratesAfterACopy) {
  constexpr std::array<std::string_view, 3> kSteps = {"CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('one')",
                                                      "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = 'two'",
                                                      "CREATE TABLE b (z TEXT)"};
  const std::span<const std::string_view> all(kSteps);
  ASSERT_TRUE(Database::open(path_, DatabaseMode::kCreate, all.first(1)));
  EXPECT_EQ(Database::open(path_, DatabaseMode::kReadOnly, all).error().code, ErrorCode::kInvalidInput);
  {
    const auto migrated = Database::open(path_, DatabaseMode::kCreate, all);
    ASSERT_TRUE(migrated) << migrated.error().message;
    EXPECT_EQ(*migrated->schema_version(), 3);
    EXPECT_EQ(ask(*migrated, "SELECT x || y FROM a"), "onetwo\n");
  }
  const fs::path copy = path_.string() + ".before-3";
  struct stat facts {};
  ASSERT_EQ(stat(copy.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const auto before = Database::open(copy, DatabaseMode::kReadOnly, all.first(1));
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(ask(*before, "SELECT x FROM a"), "one\n");
  EXPECT_TRUE(before->verify());
}

TEST_F(Ledger, AFailedMigrationChangesNothing) {
  constexpr std::array<std::string_view, 3> kSteps = {"CREATE TABLE a (x TEXT)", "CREATE TABLE b (x TEXT)",
                                                      "this is not SQL"};
  const std::span<const std::string_view> all(kSteps);
  ASSERT_TRUE(Database::open(path_, DatabaseMode::kCreate, all.first(1)));
  EXPECT_FALSE(Database::open(path_, DatabaseMode::kCreate, all));
  const auto still = Database::open(path_, DatabaseMode::kCreate, all.first(1));
  ASSERT_TRUE(still) << still.error().message;
  EXPECT_EQ(ask(*still, "SELECT name FROM sqlite_schema"), "a\n");
}

TEST_F(Ledger, RemovesTheCopiesOfMigrations) {
  open();
  std::ofstream(path_.string() + ".before-1") << "x";
  EXPECT_EQ(*remove_migration_copies(path_), 1);
  EXPECT_EQ(*remove_migration_copies(path_), 0);
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(Ledger, UndoesATransactionThatIsNotCommitted) {
  const Database database = open();
  const SplitAssignment one{"aa", "train", 0, "1.0.0"}, two{"bb", "train", 1, "1.0.0"};
  {
    auto transaction = database.begin();
    ASSERT_TRUE(store_assignments(database, std::array{one}));
  }
  EXPECT_TRUE(load_assignments(database)->empty());
  {
    auto transaction = database.begin();
    ASSERT_TRUE(store_assignments(database, std::array{one}));
    EXPECT_FALSE(store_assignments(database, std::array{two, SplitAssignment{"aa", "test", 0, "1.0.0"}}));
    ASSERT_TRUE(transaction->commit());
    EXPECT_FALSE(transaction->commit());
  }
  EXPECT_EQ(*load_assignments(database), std::vector{one});
}

TEST_F(Ledger, AnotherWriterIsWaitedFor) {
  const Database first = open(), second = open();
  ASSERT_TRUE(second.execute("PRAGMA busy_timeout = 50"));
  const auto held = first.begin();
  const auto refused = second.begin();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_TRUE(has(refused.error().message, "in use by another run"));
}

TEST_F(Ledger, AssignmentsStick) {
  const Database database = open();
  const std::vector<SplitAssignment> first = {{"aa", "train", 3, "1.0.0"}, {"bb", "test", 1, "1.0.0"}};
  ASSERT_TRUE(store_assignments(database, first));
  // The same again, for a later version, keeps the first version's name.
  ASSERT_TRUE(store_assignments(
      database, std::array{SplitAssignment{"aa", "train", 3, "1.1.0"}, SplitAssignment{"cc", "train", 0, "1.1.0"}}));
  const auto all = load_assignments(database);
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0], first[0]);
  EXPECT_EQ((*all)[2].assigned_in_version, "1.1.0");

  for (const SplitAssignment& moved :
       {SplitAssignment{"aa", "test", 3, "1.2.0"}, SplitAssignment{"aa", "train", 4, "1.2.0"}})
    EXPECT_EQ(store_assignments(database, std::array{moved}).error().code, ErrorCode::kRefused);
  EXPECT_FALSE(store_assignments(database, std::array{SplitAssignment{"dd", "dev", 0, "1.2.0"}}));
  EXPECT_FALSE(store_assignments(database, std::array{SplitAssignment{"Anna", "train", 0, "1.2.0"}}));
  EXPECT_EQ(load_assignments(database)->size(), 3U);

  ASSERT_TRUE(replace_assignments(database, std::array{SplitAssignment{"aa", "test", 3, "2.0.0"}}));
  EXPECT_EQ(load_assignments(database)->size(), 1U);
}

TEST(VersionNumbers, AreThreePlainNumbers) {
  EXPECT_EQ(parse_version_number("1.20.3"), (VersionNumber{1, 20, 3}));
  EXPECT_EQ(to_string(VersionNumber{1, 20, 3}), "1.20.3");
  for (const char* bad :
       {"", "1", "1.2", "1.2.3.4", "1.2.", ".1.2", "01.2.3", "1.-2.3", "1.2.3 ", "a.b.c", "1.2.9999999999", "1..2"})
    EXPECT_FALSE(parse_version_number(bad)) << bad;
}

TEST_F(Ledger, OneVersionOfAnAudienceIsLive) {
  const Database database = open();
  const auto facts = [](Audience audience, VersionNumber version) {
    return VersionFacts{audience, version, VersionState::kLive, "id", "content", "logical", 10, 9, "0.1.0"};
  };
  EXPECT_FALSE(live_version(database, "private")->has_value());
  ASSERT_TRUE(record_publication(database, facts(Audience::kPrivate, {1, 9, 0})));
  ASSERT_TRUE(record_publication(database, facts(Audience::kInternal, {1, 0, 0})));
  ASSERT_TRUE(record_publication(database, facts(Audience::kPrivate, {1, 10, 0})));
  EXPECT_EQ(**live_version(database, "private"), facts(Audience::kPrivate, {1, 10, 0}));
  EXPECT_EQ((*live_version(database, "internal"))->version, (VersionNumber{1, 0, 0}));
  const auto all = load_versions(database);
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[1].version, (VersionNumber{1, 9, 0}));
  EXPECT_EQ((*all)[1].state, VersionState::kSuperseded);

  // What was published once is not published again, and the live one stays live.
  EXPECT_EQ(record_publication(database, facts(Audience::kPrivate, {1, 9, 0})).error().code, ErrorCode::kRefused);
  EXPECT_EQ((*live_version(database, "private"))->version, (VersionNumber{1, 10, 0}));

  ASSERT_TRUE(revoke_version(database, "private", {1, 10, 0}));
  ASSERT_TRUE(revoke_version(database, "private", {1, 10, 0}));
  EXPECT_FALSE(live_version(database, "private")->has_value());
  EXPECT_EQ(revoke_version(database, "private", {7, 0, 0}).error().code, ErrorCode::kNotFound);
  // A revoked version is not made superseded by the next one.
  ASSERT_TRUE(record_publication(database, facts(Audience::kPrivate, {2, 0, 0})));
  EXPECT_EQ((*load_versions(database))[2].state, VersionState::kRevoked);
}

TEST_F(Ledger, AVersionForNobodyKnownIsTakenForNobodys) {
  const Database database = open();
  ASSERT_TRUE(record_publication(
      database, {Audience::kExternal, {1, 0, 0}, VersionState::kLive, "id", "c", "l", 10, 9, "0.1.0"}));
  EXPECT_EQ(name_of(load_versions(database)->front()), "external/1.0.0");
  // As a later program may write it, or damage.
  ASSERT_TRUE(database.execute("PRAGMA ignore_check_constraints = ON; UPDATE versions SET audience = 'public'"));
  EXPECT_EQ(load_versions(database).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(audience_named("public"), std::nullopt);
  for (const Audience audience : kAudiences) EXPECT_EQ(audience_named(to_string(audience)), audience);
}

TEST_F(Ledger, TakesHostileNamesAsNames) {
  const Database database = open();
  const std::string schema = schema_of(database);
  const std::vector<std::string> names = {"'; DROP TABLE consent_events; --",
                                          "Robert'); DROP TABLE project_owners;--",
                                          R"(" OR ""=")",
                                          "1; SELECT load_extension('x')",
                                          "' OR 1=1 -- 1",
                                          "%",
                                          "_",
                                          "*",
                                          "?1",
                                          ":name",
                                          "@name",
                                          "$name",
                                          "NULL",
                                          "undefined",
                                          "true",
                                          "NaN",
                                          "0",
                                          "-1",
                                          "1e400",
                                          "0x7fffffff",
                                          "../../../../etc/passwd",
                                          "C:\\Users\\anna",
                                          "<script>alert(1)</script>",
                                          "=cmd|' /C calc'!A0",
                                          "{{7*7}}",
                                          "%s%s%n",
                                          "{0}",
                                          "$(touch /tmp/x)",
                                          "`id`",
                                          "\\",
                                          "'",
                                          "\"",
                                          ";",
                                          ",",
                                          "a,b\"c",
                                          "田中さん",
                                          "😍😍",
                                          "👩‍👩‍👧",
                                          "Ⅷ",
                                          "ﬁ",
                                          "ﷺ",
                                          "\xE2\x80\x8Bzero width",
                                          "\xE2\x80\xAEright to left",
                                          std::string("Z\xCC\xA1\xCC\x9A\xCD\x99") + "algo",
                                          "ـِ",
                                          "İstanbul",
                                          "ıstanbul",
                                          "ſ",
                                          "Å",
                                          "ß",
                                          "\xEF\xBB\xBFmark",
                                          "sqlite_master",
                                          "consent_events",
                                          "rowid",
                                          std::string(200, 'x')};
  const std::array scopes = {Scope::kModelTraining};
  ConsentStatement terms;
  std::vector<ProjectClaim> claims;
  for (const std::string& name : names) claims.push_back({name, name});
  const auto imported = confirm_owners(database, claims, 1);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->added, names.size());
  for (const std::string& name : names) {
    terms.evidence = terms.notice = terms.method = terms.recorded_by = name;
    ASSERT_TRUE(give_consent(database, name, scopes, terms, 1)) << name;
  }
  const auto view = LedgerView::load(database, 1);
  for (const std::string& name : names) {
    const auto events = list_consent(database, name);
    ASSERT_EQ(events->size(), 1U) << name;
    EXPECT_EQ((*events)[0].statement.subject, name);
    EXPECT_EQ((*events)[0].statement.evidence, name);
    EXPECT_TRUE(view->may_use(subject_key(name), Scope::kModelTraining, 1).allowed) << name;
    ASSERT_NE(view->owner(name), nullptr) << name;
    EXPECT_EQ(view->owner(name)->subject, name);
  }
  EXPECT_EQ(schema_of(database), schema);
  EXPECT_TRUE(database.verify());
}

TEST_F(Ledger, WhatIsDeletedIsGoneFromTheFile) {
  {
    const Database database = open();
    ASSERT_TRUE(
        database.execute("INSERT INTO project_owners (project, subject, subject_key, confirmed_at) "
                         "VALUES ('p', 'Quetzalcoatl', 'quetzalcoatl', 1)"));
    ASSERT_TRUE(has(content(), "Quetzalcoatl"));
    ASSERT_TRUE(database.execute("DELETE FROM project_owners"));
  }
  EXPECT_FALSE(has(content(), "Quetzalcoatl"));
  EXPECT_FALSE(has(content(), "quetzalcoatl"));
}

}  // namespace
}  // namespace qf
