#include "qf/ledger/chain.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "qf/core/digest.h"

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
  changed[1].body->subject_key = "bo";
  EXPECT_FALSE(verify_chain(changed));
  changed = entries;
  changed[1].at_us = 8;
  EXPECT_FALSE(verify_chain(changed));
  changed = entries;
  changed.erase(changed.begin() + 1);
  EXPECT_FALSE(verify_chain(changed));
}

// What programs before this one wrote: the person is in no commitment, and none may stand behind one of today.
TEST_F(ChainTest, EntriesOfTheFirstFormHoldAndAreCounted) {
  const Database database = open();
  const std::string salt(32, 'a'), commitment = to_hex(sha256(salt + "{}"));
  const auto first_form = [&](std::int64_t seq, const std::string& before) {
    const std::string hash = to_hex(sha256(before + "\n" + std::to_string(seq) + "\n7\none\n" + commitment + "\n"));
    return database.execute("INSERT INTO chain VALUES (" + std::to_string(seq) + ", 7, 'one', '" + commitment + "', '" +
                            hash + "'); INSERT INTO chain_bodies VALUES (" + std::to_string(seq) + ", 'anna', '" +
                            salt + "', '{}')");
  };
  ASSERT_TRUE(first_form(1, std::string(64, '0')));
  ASSERT_TRUE(append_entry(database, "two", "{}", "anna", 7));
  const auto check = verify_chain(*load_chain(database));
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_EQ(check->first_form, 1U);
  EXPECT_EQ(check->second_form_from, 2);
  ASSERT_TRUE(first_form(3, check->head.hash));
  EXPECT_FALSE(verify_chain(*load_chain(database)));
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
