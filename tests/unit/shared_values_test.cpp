#include "qf/privacy/shared_values.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "qf/privacy/anonymity.h"
#include "qf/privacy/policy.h"

namespace qf {
namespace {

constexpr std::size_t kOutcome = column_of<TableId::kDecisions, "outcome">();
constexpr std::size_t kFlags = column_of<TableId::kDecisions, "quality_flags">();

class Rows {
 public:
  Row row(const char* outcome, std::vector<const char*> flags = {}) {
    const Row made = arena_.make<Cell>(table_schema(TableId::kDecisions).fields.size());
    if (outcome != nullptr) made[kOutcome] = Cell::of(outcome);
    const auto items = arena_.make<Cell>(flags.size());
    for (std::size_t i = 0; i < flags.size(); ++i) items[i] = Cell::of(flags[i]);
    made[kFlags] = Cell::list(items);
    return made;
  }
  Arena& arena() { return arena_; }

 private:
  Arena arena_;
};

TEST(SharedValues, AValueOfFewPeopleIsEmptiedAndDoesNotStandAloneAsNothing) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    for (int i = 0; i < 3; ++i) values.count(rows.row("accepted"), person, 5);
    values.count(rows.row("modified"), person, 5);
  }
  values.count(rows.row("rejected"), 1, 5);
  values.decide(5);
  EXPECT_FALSE(values.all_shared());
  EXPECT_EQ(values.emptied_columns(), std::vector<std::string_view>{"outcome"});
  for (const char* outcome : {"rejected", "modified"}) {
    const Row row = rows.row(outcome);
    EXPECT_NE(values.rare_in(row), 0U);
    values.empty_rare(row, rows.arena());
    EXPECT_TRUE(row[kOutcome].is_null()) << outcome;
    EXPECT_EQ(values.rare_in(row), 0U);
  }
  const Row row = rows.row("accepted");
  EXPECT_EQ(values.rare_in(row), 0U);
  values.empty_rare(row, rows.arena());
  EXPECT_EQ(row[kOutcome].view(), "accepted");
}

TEST(SharedValues, WhereMoreSayNothingAlreadyNothingElseGoes) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    values.count(rows.row("accepted"), person, 5);
    values.count(rows.row(nullptr), person, 5);
  }
  values.count(rows.row("rejected"), 1, 5);
  values.decide(5);
  EXPECT_NE(values.rare_in(rows.row("rejected")), 0U);
  EXPECT_EQ(values.rare_in(rows.row("accepted")), 0U);
}

TEST(SharedValues, OfAListARareItemIsTakenOut) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) values.count(rows.row("accepted", {"common"}), person, 5);
  values.count(rows.row("accepted", {"common", "rare"}), 1, 5);
  values.decide(5);
  const Row row = rows.row("accepted", {"common", "rare"});
  EXPECT_NE(values.rare_in(row), 0U);
  values.empty_rare(row, rows.arena());
  ASSERT_EQ(row[kFlags].children().size(), 1U);
  EXPECT_EQ(row[kFlags].children()[0].view(), "common");
}

// A column that was added is looked at by somebody: what it is called sensitive for, and what is done about it, agree.
TEST(SharedValues, WhatTheFieldsCallQuasiIdentifiersIsWhatKCountsOver) {
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields) {
      const auto quasi = quasi_identifiers(table.id);
      const bool counted = std::any_of(quasi.begin(), quasi.end(), [&](const auto& q) { return q.name == field.name; });
      const bool stays_private = std::any_of(field_rules().begin(), field_rules().end(), [&](const FieldRule& rule) {
        return rule.table == table.id && rule.field == field.name && rule.action == RuleAction::kPrivateOnly;
      });
      const bool called = field.privacy == PrivacyClass::kQuasiIdentifier;
      EXPECT_TRUE(called || !counted) << table.name << '.' << field.name;
      EXPECT_TRUE(counted || stays_private || field.name == "context" || !called) << table.name << '.' << field.name;
    }
}

TEST(SharedValues, EveryExceptionIsAColumnWithAReason) {
  for (const RareByNature& one : rare_by_nature()) {
    bool found = false;
    for (const TableSchema& table : tables())
      for (const FieldSpec& field : table.fields) found = found || field.name == one.column;
    EXPECT_TRUE(found) << one.column;
    EXPECT_FALSE(one.reason.empty());
  }
}

}  // namespace
}  // namespace qf
