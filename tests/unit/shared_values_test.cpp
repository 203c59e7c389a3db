#include "qf/privacy/shared_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "qf/core/row_codec.h"
#include "qf/privacy/anonymity.h"
#include "qf/privacy/emptied_together.h"
#include "qf/privacy/policy.h"

namespace qf {
namespace {

constexpr std::size_t kOutcome = column_of<TableId::kDecisions, "outcome">();
constexpr LessSaid kAll{};  // nothing is hidden
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

// Whether anything of the row is emptied.
bool empties(const SharedValues& values, ConstRow row, const LessSaid& less) {
  Arena arena;
  const Row copy = arena.make<Cell>(row.size());
  std::copy(row.begin(), row.end(), copy.begin());
  values.empty_rare(copy, less, arena);
  std::string before, after;
  encode_row(row, before);
  encode_row(copy, after);
  return before != after;
}

TEST(SharedValues, AValueOfFewPeopleIsEmptiedAndDoesNotStandAloneAsNothing) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    for (int i = 0; i < 3; ++i) values.count(rows.row("accepted"), person, kAll, 5);
    values.count(rows.row("modified"), person, kAll, 5);
  }
  values.count(rows.row("rejected"), 1, kAll, 5);
  values.decide(5);
  EXPECT_FALSE(values.all_shared());
  EXPECT_EQ(values.emptied_columns(), std::vector<std::string_view>{"outcome"});
  for (const char* outcome : {"rejected", "modified"}) {
    const Row row = rows.row(outcome);
    EXPECT_TRUE(empties(values, row, kAll));
    values.empty_rare(row, kAll, rows.arena());
    EXPECT_TRUE(row[kOutcome].is_null()) << outcome;
    EXPECT_FALSE(empties(values, row, kAll));
  }
  const Row row = rows.row("accepted");
  EXPECT_FALSE(empties(values, row, kAll));
  values.empty_rare(row, kAll, rows.arena());
  EXPECT_EQ(row[kOutcome].view(), "accepted");
}

TEST(SharedValues, WhereMoreSayNothingAlreadyNothingElseGoes) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    values.count(rows.row("accepted"), person, kAll, 5);
    values.count(rows.row(nullptr), person, kAll, 5);
  }
  values.count(rows.row("rejected"), 1, kAll, 5);
  values.decide(5);
  EXPECT_TRUE(empties(values, rows.row("rejected"), kAll));
  EXPECT_FALSE(empties(values, rows.row("accepted"), kAll));
}

TEST(SharedValues, OfAListARareItemIsTakenOut) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) values.count(rows.row("accepted", {"common"}), person, kAll, 5);
  values.count(rows.row("accepted", {"common", "rare"}), 1, kAll, 5);
  values.decide(5);
  const Row row = rows.row("accepted", {"common", "rare"});
  EXPECT_TRUE(empties(values, row, kAll));
  values.empty_rare(row, kAll, rows.arena());
  ASSERT_EQ(row[kFlags].children().size(), 1U);
  EXPECT_EQ(row[kFlags].children()[0].view(), "common");
}

constexpr std::size_t kChoice = column_of<TableId::kDecisions, "user_choice">();
constexpr std::size_t kLabel = column_of<TableId::kDecisions, "user_choice_label">();
constexpr std::size_t kIndex = column_of<TableId::kDecisions, "user_choice_index">();
constexpr std::size_t kSuggestion = column_of<TableId::kDecisions, "ai_suggestion">();
constexpr std::size_t kOptions = column_of<TableId::kDecisions, "options_presented">();
constexpr std::size_t kCount = column_of<TableId::kDecisions, "option_count">();

// A choice among options.
Row chosen(Rows& rows, const char* choice, std::vector<const char*> options) {
  const Row row = rows.row("accepted");
  row[kChoice] = row[kSuggestion] = Cell::of(choice);
  row[kIndex] = Cell::of(-1);
  const auto items = rows.arena().make<Cell>(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    items[i] = Cell::of(options[i]);
    if (std::string_view(options[i]) == choice) row[kIndex] = Cell::of(static_cast<std::int64_t>(i));
  }
  if (options.empty()) return row;
  row[kOptions] = Cell::list(items);
  row[kCount] = Cell::of(static_cast<std::int64_t>(options.size()));
  return row;
}

TEST(SharedValues, AClosedValueOfFewGoesWithAllThatSaysTheSame) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    for (int i = 0; i < 3; ++i) values.count(chosen(rows, "Apply", {"Apply", "Create"}), person, kAll, 5);
    values.count(chosen(rows, "Create", {"Apply", "Create"}), person, kAll, 5);
  }
  const Row few = chosen(rows, "Evaluate", {"Apply", "Create"});
  few[kLabel] = Cell::of("Evaluate");
  values.count(few, 0, kAll, 5);
  values.decide(5);
  values.empty_rare(few, kAll, rows.arena());
  for (const std::size_t column : {kChoice, kLabel, kIndex, kOutcome, kSuggestion})
    EXPECT_TRUE(few[column].is_null()) << column;
  EXPECT_FALSE(few[kOptions].is_null());
  const Row many = chosen(rows, "Apply", {"Apply", "Create"});
  EXPECT_FALSE(empties(values, many, kAll));
}

TEST(SharedValues, TextsAreOneValue) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    const std::string text = "en egen mening " + std::to_string(person);
    values.count(chosen(rows, text.c_str(), {"Apply", "Create"}), person, kAll, 5);
  }
  values.decide(5);
  EXPECT_TRUE(values.all_shared());
}

TEST(SharedValues, NothingIsAValueOfFewToo) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person) {
    for (int i = 0; i < 3; ++i) values.count(chosen(rows, "Apply", {"Apply", "Create"}), person, kAll, 5);
    values.count(chosen(rows, "Apply", {"Apply", "Create", "Evaluate"}), person, kAll, 5);
  }
  const Row bare = chosen(rows, "Apply", {});
  values.count(bare, 0, kAll, 5);
  EXPECT_FALSE(values.decide(5)) << "no row is left out without leave";
  const Row joins = chosen(rows, "Apply", {"Apply", "Create", "Evaluate"});
  values.empty_rare(joins, kAll, rows.arena());
  for (const std::size_t column : {kOptions, kCount, kIndex}) EXPECT_TRUE(joins[column].is_null()) << column;
  EXPECT_FALSE(joins[kChoice].is_null());
  EXPECT_FALSE(empties(values, chosen(rows, "Apply", {"Apply", "Create"}), kAll));
}

TEST(SharedValues, RowsAreLeftOutWhereThatLosesLess) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  for (std::uint32_t person = 0; person < 6; ++person)
    for (int i = 0; i < 9; ++i) values.count(rows.row("accepted"), person, kAll, 5);
  values.count(rows.row(nullptr), 0, kAll, 5);
  EXPECT_TRUE(values.decide(5, 1));
  EXPECT_TRUE(values.leaves_out(rows.row(nullptr), kAll));
  EXPECT_FALSE(values.leaves_out(rows.row("accepted"), kAll));
}

TEST(SharedValues, WhatHidesATypeIsNotToldByOptionsOrChoice) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  const LessSaid types{3, true, false};
  for (std::uint32_t person = 0; person < 6; ++person) {
    values.count(chosen(rows, "Easy", {"Easy", "Hard"}), person, kAll, 5);
    values.count(chosen(rows, "Apply", {"Apply", "Create"}), person, types, 5);
    if (person < 2) values.count(chosen(rows, "Easy", {"Easy", "Hard"}), person, types, 5);
  }
  values.decide(5);
  const Row told = chosen(rows, "Easy", {"Easy", "Hard"}), free = chosen(rows, "Easy", {"Easy", "Hard"});
  values.empty_rare(told, types, rows.arena());
  EXPECT_TRUE(told[kOptions].is_null());
  EXPECT_TRUE(told[kChoice].is_null());
  values.empty_rare(free, kAll, rows.arena());
  EXPECT_FALSE(free[kChoice].is_null());
}

TEST(SharedValues, WhatHidesATypeOfQuestionIsNotToldByAChoice) {
  Rows rows;
  SharedValues values(TableId::kDecisions);
  const LessSaid types{0, false, true};
  for (std::uint32_t person = 0; person < 6; ++person) {
    values.count(chosen(rows, "essay", {"essay", "match"}), person, kAll, 5);
    values.count(chosen(rows, "essay", {"essay", "match"}), person, types, 5);
  }
  values.decide(5);
  const Row told = chosen(rows, "essay", {"essay", "match"}), free = chosen(rows, "essay", {"essay", "match"});
  values.empty_rare(told, types, rows.arena());
  EXPECT_TRUE(told[kChoice].is_null());
  values.empty_rare(free, kAll, rows.arena());
  EXPECT_FALSE(free[kChoice].is_null());
}

TEST(SharedValues, WhatIsEmptiedTogetherAreColumnsOfTheTable) {
  for (const EmptiedTogether& one : emptied_together()) {
    const auto& fields = table_schema(one.table).fields;
    const auto known = [&](std::string_view name) {
      return std::any_of(fields.begin(), fields.end(), [&](const FieldSpec& field) { return field.name == name; });
    };
    EXPECT_TRUE(known(one.column)) << one.column;
    for (std::string_view rest = one.with; !rest.empty();) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      EXPECT_TRUE(known(rest.substr(0, end))) << rest;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
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
