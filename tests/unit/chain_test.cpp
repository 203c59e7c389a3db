#include "qf/ledger/chain.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace qf {
namespace {

class ChainTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("qf-chain-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Database open() const { return std::move(*Database::open(folder_ / "ledger.db", DatabaseMode::kCreate)); }

  std::filesystem::path folder_;
};

TEST_F(ChainTest, EntriesHoldUntilOneIsChanged) {
  const Database database = open();
  EXPECT_EQ(chain_head(database)->seq, 0);
  for (const char* person : {"", "anna", "bo"}) ASSERT_TRUE(append_entry(database, "consent_given", "{}", person, 7));
  auto entries = *load_chain(database);
  ASSERT_EQ(entries.size(), 3U);
  const auto whole = verify_chain(entries);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->head, *chain_head(database));
  EXPECT_EQ(load_chain(database, "anna")->size(), 1U);

  auto changed = entries;
  changed[1].body->json = "[]";
  EXPECT_FALSE(verify_chain(changed));
  changed = entries;
  changed[1].at_us = 8;
  EXPECT_FALSE(verify_chain(changed));
  changed = entries;
  changed.erase(changed.begin() + 1);
  EXPECT_FALSE(verify_chain(changed));
}

TEST_F(ChainTest, ABodyGoesOnlyInAnErasureAndTheChainHolds) {
  const Database database = open();
  for (const char* person : {"anna", "bo"}) ASSERT_TRUE(append_entry(database, "consent_given", "{}", person, 7));
  EXPECT_FALSE(database.execute("DELETE FROM chain_bodies WHERE subject_key = 'anna'"));
  EXPECT_FALSE(database.execute("DELETE FROM chain"));
  EXPECT_FALSE(database.execute("UPDATE chain SET at = 1"));
  ASSERT_TRUE(
      database.execute("INSERT INTO erasing VALUES ('anna'); DELETE FROM chain_bodies WHERE subject_key = "
                       "'anna'; DELETE FROM erasing"));
  EXPECT_FALSE(database.execute("DELETE FROM chain_bodies WHERE subject_key = 'bo'"));
  const auto check = verify_chain(*load_chain(database));
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_EQ(check->entries, 2U);
  EXPECT_EQ(check->erased, 1U);
}

}  // namespace
}  // namespace qf
