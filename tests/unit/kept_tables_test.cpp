#include "qf/ledger/kept_tables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "qf/core/digest.h"
#include "qf/ledger/audit_log.h"
#include "qf/ledger/suppressions.h"

namespace qf {
namespace {

class KeptTablesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("qf-kept-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Database open() const { return std::move(*Database::open(folder_ / "ledger.db", DatabaseMode::kCreate)); }

  std::filesystem::path folder_;
};

std::set<std::string> texts(const Database& database, const std::string& sql) {
  std::set<std::string> found;
  Statement rows = std::move(*database.prepare(sql));
  while (*rows.next()) found.emplace(rows.text(0));
  return found;
}

// The log states every table; those that it does not are the log itself, and where texts set apart stand, which the
// next build finds again.
TEST_F(KeptTablesTest, NoTableAndNoColumnIsForgotten) {
  const Database database = open();
  std::set<std::string> kept = {"chain", "chain_bodies", "checkpoints", "erasing", "quarantine_places", "table_salts"};
  for (const KeptTable& table : kKeptTables) {
    EXPECT_TRUE(kept.emplace(table.name).second) << table.name;
    std::set<std::string> columns;
    for (std::string rest(table.columns); !rest.empty();) {
      const std::size_t end = std::min(rest.find(", "), rest.size());
      columns.insert(rest.substr(0, end));
      rest.erase(0, end + 2);
    }
    EXPECT_EQ(columns, texts(database, fmt::format("SELECT name FROM pragma_table_info('{}')", table.name)));
  }
  EXPECT_EQ(kept, texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"));
}

TEST_F(KeptTablesTest, ATableIsAsItsLastEntryLeftIt) {
  const Database database = open();
  const auto check = [&] { return check_audit_log(*load_audit_log(database), std::nullopt); };
  ASSERT_TRUE(suppress(database, "aa", SuppressionKind::kSubject, 5));
  ASSERT_TRUE(append_stating(database, {"suppressions"}, "one", "{}", "", 1));
  ASSERT_TRUE(check()) << check().error().message;
  const auto states = *load_table_states(database);
  const TableState& state = states.at("suppressions");
  EXPECT_EQ(state.digest, digest_of_rows(state.salt, {{"aa", "subject", "5"}}));
  EXPECT_NE(state.digest, digest_of_rows(state.salt, {{"aa", "subject,", "5"}}));
  ASSERT_TRUE(suppress(database, "bb", SuppressionKind::kProject, 6));
  EXPECT_FALSE(check());
  EntrySeries series(database);
  for (const char* kind : {"two", "three"}) ASSERT_TRUE(series.add(kind, R"({"x":1})", "anna", 2));
  ASSERT_TRUE(series.finish({"suppressions"}));
  ASSERT_TRUE(series.finish({"suppressions"}));
  const auto log = *load_audit_log(database);
  ASSERT_TRUE(check()) << check().error().message;
  ASSERT_EQ(log.entries.size(), 3U);
  EXPECT_EQ(log.entries[1].body->json, R"({"x":1})");
  EXPECT_EQ(without_tables(log.entries[2].body->json), R"({"x":1})");
  EXPECT_NE(load_table_states(database)->at("suppressions").salt, state.salt);
  EXPECT_FALSE(append_stating(database, {"no_table"}, "four", "{}", "", 3));
}

TEST_F(KeptTablesTest, ABodyThatIsGoneHasToBeAccountedFor) {
  const Database database = open();
  const auto check = [&] { return check_audit_log(*load_audit_log(database), std::nullopt); };
  for (const char* person : {"anna", "bo"}) ASSERT_TRUE(append_entry(database, "one", "{}", person, 1));
  const auto forget = [&](const std::string& person) {
    return database.execute(
        fmt::format("INSERT INTO erasing VALUES ('{0}'); DELETE FROM chain_bodies WHERE "
                    "subject_key = '{0}'; DELETE FROM erasing",
                    person));
  };
  ASSERT_TRUE(check());
  ASSERT_TRUE(forget("anna"));
  EXPECT_FALSE(check());
  ASSERT_TRUE(append_account(database, "erasure_requested", "{}", "", 2));
  ASSERT_TRUE(check()) << check().error().message;
  ASSERT_TRUE(forget("bo"));
  EXPECT_FALSE(check());
  ASSERT_TRUE(append_account(database, "retention_decided", "{}", "", 3));
  ASSERT_TRUE(check()) << check().error().message;
  ASSERT_TRUE(forget(""));
  EXPECT_FALSE(check());
}

}  // namespace
}  // namespace qf
