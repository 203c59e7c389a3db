#include "qf/privacy/policy.h"

#include <gtest/gtest.h>

#include <set>

namespace qf {
namespace {

TextLevels all(TextLevel level) { return {level, level, level, level}; }

TEST(Policy, NamesEveryFieldOfEveryTableOnce) {
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields) {
      int rules = 0;
      for (const FieldRule& rule : field_rules()) rules += rule.table == table.id && rule.field == field.name ? 1 : 0;
      EXPECT_EQ(rules, 1) << table.name << "." << field.name;
    }
}

TEST(Policy, EveryWordOfAPersonIsUnderATextRule) {
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields) {
      if (field.privacy != PrivacyClass::kFreeText) continue;
      for (const FieldRule& rule : field_rules()) {
        if (rule.table != table.id || rule.field != field.name) continue;
        EXPECT_TRUE(rule.action == RuleAction::kText || rule.action == RuleAction::kClosedOrText) << field.name;
      }
    }
}

TEST(Policy, EveryDirectIdentifierBecomesAPseudonym) {
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields)
      for (const FieldRule& rule : field_rules()) {
        if (rule.table != table.id || rule.field != field.name) continue;
        EXPECT_EQ(field.privacy == PrivacyClass::kDirectIdentifier, rule.action == RuleAction::kPseudonymise)
            << field.name;
      }
}

TEST(Policy, RawTextNeverLeavesThePrivateAudience) {
  for (const Audience audience : {Audience::kInternal, Audience::kExternal}) {
    EXPECT_EQ(Policy::compile(audience, all(TextLevel::kRaw)).error().code, ErrorCode::kRefused);
    for (const TextLevel level : {TextLevel::kNone, TextLevel::kFeatures, TextLevel::kRedacted})
      EXPECT_TRUE(Policy::compile(audience, all(level)));
  }
}

TEST(Policy, NoColumnOfAnExternalRowTiesItToOthersOfThatPerson) {
  const auto external = Policy::compile(Audience::kExternal, all(TextLevel::kNone));
  const auto internal = Policy::compile(Audience::kInternal, all(TextLevel::kNone));
  for (const TableSchema& table : tables())
    for (std::size_t column = 0; column < table.fields.size(); ++column) {
      EXPECT_TRUE(internal->leaves(table.id, column));
      for (const std::string_view tie : {"subject_id", "session_id", "question_id", "sitting", "session_order"})
        if (table.fields[column].name == tie) {
          EXPECT_FALSE(external->leaves(table.id, column)) << tie;
        }
    }
}

// Fills every text cell, applies, and returns the fields that still hold the marker.
std::set<std::string> leaking(TextLevel level, TextScopes scopes) {
  const auto policy = Policy::compile(Audience::kPrivate, all(level));
  std::set<std::string> found;
  for (const TableSchema& table : tables()) {
    Arena arena;
    const Row row = arena.make<Cell>(table.fields.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table.fields[i].privacy != PrivacyClass::kFreeText && table.fields[i].name != "context" &&
          table.fields[i].name != "decision_type")
        continue;
      const auto item = arena.make<Cell>(1);
      item[0] = Cell::of("zqxvarnish");
      row[i] = table.fields[i].type.kind == TypeKind::kList ? Cell::list(item) : item[0];
      if (table.fields[i].name == "context") {
        const auto earlier = arena.make<Cell>(3), members = arena.make<Cell>(3), list = arena.make<Cell>(1);
        earlier[0] = earlier[1] = Cell::of("zqxvarnish");
        list[0] = Cell::structure(earlier);
        members[2] = Cell::list(list);
        row[i] = Cell::structure(members);
      }
    }
    policy->apply(table.id, row, scopes, nullptr, arena);
    const auto holds = [](const auto& self, const Cell& cell) -> bool {
      if (cell.view() == "zqxvarnish") return true;
      for (const Cell& child : cell.children())
        if (self(self, child)) return true;
      return false;
    };
    for (std::size_t i = 0; i < row.size(); ++i)
      if (holds(holds, row[i])) found.insert(std::string(table.fields[i].name));
  }
  return found;
}

TEST(Policy, WithoutRawTextNoWordOfAPersonLeaves) {
  EXPECT_EQ(leaking(TextLevel::kNone, {true, true, true}), std::set<std::string>());
  EXPECT_EQ(leaking(TextLevel::kFeatures, {true, true, true}), std::set<std::string>());
}

TEST(Policy, WithoutARedactorNoRedactedTextLeaves) {
  EXPECT_EQ(leaking(TextLevel::kRedacted, {true, true, true}), std::set<std::string>());
}

TEST(Policy, RawTextLeavesOnlyUnderItsScope) {
  EXPECT_EQ(leaking(TextLevel::kRaw, {}), std::set<std::string>());
  EXPECT_TRUE(leaking(TextLevel::kRaw, {true, true, true}).contains("rationale"));
  EXPECT_FALSE(leaking(TextLevel::kRaw, {true, true, false}).contains("rationale"));
  EXPECT_FALSE(leaking(TextLevel::kRaw, {false, true, true}).contains("question_text"));
  EXPECT_FALSE(leaking(TextLevel::kRaw, {true, false, true}).contains("before"));
}

TEST(Policy, ClosedValuesAlwaysStay) {
  const auto policy = Policy::compile(Audience::kPrivate, all(TextLevel::kNone));
  Arena arena;
  RowOf<TableId::kDecisions> row(arena);
  row.set<"user_choice">("Apply");
  row.set<"ai_suggestion">("20");
  policy->apply(TableId::kDecisions, row.cells(), {}, nullptr, arena);
  EXPECT_EQ(row.get<"user_choice">().view(), "Apply");
  EXPECT_EQ(row.get<"ai_suggestion">().view(), "20");
}

}  // namespace
}  // namespace qf
