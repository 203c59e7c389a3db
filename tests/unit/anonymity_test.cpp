#include "qf/privacy/anonymity.h"

#include <gtest/gtest.h>

#include <map>

namespace qf {
namespace {

RowGroup group(std::vector<QuasiValue> values, std::set<std::uint32_t> people, std::uint64_t rows = 10) {
  RowGroup made{std::move(values), rows, std::move(people), {}, {1, 2}};
  for (const std::uint32_t person : made.people)
    for (std::uint64_t sitting = 0; sitting < 3; ++sitting) made.sittings.insert(person * 100 + sitting);
  return made;
}

std::vector<QuasiValue> question(const char* term, const char* language, const char* area, const char* type) {
  return {term, language, area, type};
}

constexpr auto kTable = TableId::kQuestions;  // term, language, subject_area, question_type

// Every group of rows that stays holds enough people, sittings and choices.
void expect_large(std::span<const RowGroup> groups, const Anonymised& result, const AnonymityTerms& terms) {
  std::map<std::vector<QuasiValue>, std::set<std::uint32_t>> people;
  std::uint64_t left_out = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (result.groups[g])
      people[*result.groups[g]].insert(groups[g].people.begin(), groups[g].people.end());
    else
      left_out += groups[g].rows;
  }
  EXPECT_EQ(left_out, result.left_out);
  std::uint64_t fewest = ~std::uint64_t{0};
  for (const auto& [values, of_group] : people) fewest = std::min<std::uint64_t>(fewest, of_group.size());
  if (!people.empty()) {
    EXPECT_EQ(result.k, fewest);
    EXPECT_GE(result.k, terms.k);
  }
}

TEST(Anonymity, WhatIsLargeEnoughStaysAsItIs) {
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5}),
                                        group(question("2026-VT", "sv", "MATM", "essay"), {1, 2, 3, 4, 6})};
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_EQ(result.groups[0], groups[0].values);
  EXPECT_EQ(result.groups[1], groups[1].values);
  for (const RetainedInformation& column : result.columns) EXPECT_EQ(column.level, 0);
  expect_large(groups, result, {});
}

TEST(Anonymity, GeneralisesOnlyWhatIsNeeded) {
  // Two terms of one year, three people each: only the year holds five.
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3}),
                                        group(question("2026-HT", "sv", "BIOG", "essay"), {4, 5, 6})};
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_EQ(result.groups[0], question("2026", "sv", "BIOG", "essay"));
  EXPECT_EQ(result.groups[1], result.groups[0]);
  EXPECT_EQ(result.columns[0].level, 1);
  EXPECT_EQ(result.columns[0].retained, 0);
  EXPECT_EQ(result.columns[2].level, 0);
  EXPECT_EQ(result.k, 6U);
  EXPECT_EQ(result.unique_before, 0U);
  expect_large(groups, result, {});
}

TEST(Anonymity, AFewRowsOfOnePersonAreLeftOutInsteadOfBlurringAll) {
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5}, 1000),
                                        group(question("2026-VT", "en", "HISH", "match"), {6}, 7)};
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_EQ(result.groups[0], groups[0].values);
  EXPECT_FALSE(result.groups[1]);
  EXPECT_EQ(result.left_out, 7U);
  EXPECT_EQ(result.unique_before, 7U);
  EXPECT_EQ(result.unique_after, 0U);
  expect_large(groups, result, {});
}

TEST(Anonymity, RowsInSmallGroupsMayStayTogetherWithLessSaid) {
  // Each of five people alone in a subject, few rows: together they are five.
  std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5}, 1000)};
  const char* areas[] = {"HISH", "SAMS", "GEOG", "RELR", "FILF"};
  for (std::uint32_t i = 0; i < 5; ++i)
    groups.push_back(group(question("2026-VT", "sv", areas[i], "essay"), {10 + i}, 2));
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_EQ(result.groups[0], groups[0].values);
  EXPECT_EQ(result.left_out, 0U);
  EXPECT_EQ(result.locally_suppressed, 10U);
  ASSERT_TRUE(result.groups[1]);
  EXPECT_FALSE((*result.groups[1])[2]);  // the subject is gone
  expect_large(groups, result, {});
}

TEST(Anonymity, TooFewPeopleLeaveNothing) {
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4})};
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_FALSE(result.groups[0]);
  EXPECT_EQ(result.k, 0U);
  EXPECT_EQ(result.left_out, result.rows);
}

TEST(Anonymity, OneChoiceForAllIsNotEnough) {
  std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5})};
  groups[0].choices = {1};
  EXPECT_FALSE(anonymise(quasi_identifiers(kTable), groups, {}).groups[0]);
  AnonymityTerms without;
  without.l = 0;
  EXPECT_TRUE(anonymise(quasi_identifiers(kTable), groups, without).groups[0]);
}

TEST(Anonymity, TwoSittingsAreNotEnough) {
  std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5})};
  groups[0].sittings = {1, 2};
  EXPECT_FALSE(anonymise(quasi_identifiers(kTable), groups, {}).groups[0]);
}

TEST(Anonymity, ProfilesAreCounted) {
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4, 5, 6}),
                                        group(question("2026-VT", "sv", "MATM", "essay"), {1, 2, 3, 4, 5})};
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, {});
  EXPECT_EQ(result.people, 6U);
  EXPECT_EQ(result.profiles_after, 1U);  // the sixth has one group only
}

// A column that is never generalised for the whole table: a value that too few of a group share is emptied there.
constexpr QuasiIdentifier kArea{"subject_area", 1, nullptr, 1};
constexpr QuasiIdentifier kWhat{"decision_type", 1, nullptr, 1, true};
constexpr QuasiIdentifier kAreaAndWhat[] = {kArea, kWhat};

TEST(Anonymity, AValueThatTooFewOfAGroupShareIsEmptied) {
  const std::vector<RowGroup> groups = {
      group({"BIOG", "bloom_level"}, {1, 2, 3, 4, 5}, 100), group({"BIOG", "difficulty"}, {1, 2, 3, 4, 5, 6}, 100),
      group({"BIOG", "build"}, {6}, 90), group({"MATM", "build"}, {1, 2, 3, 4, 5}, 100)};
  const Anonymised result = anonymise(kAreaAndWhat, groups, {});
  const auto said = [&](std::size_t g) { return *result.groups[g]; };
  // One person alone may not be who says nothing either: the least shared of the other values goes too.
  EXPECT_EQ(said(2), (std::vector<QuasiValue>{"BIOG", std::nullopt}));
  EXPECT_EQ(said(0), (std::vector<QuasiValue>{"BIOG", std::nullopt}));
  EXPECT_EQ(said(1), (std::vector<QuasiValue>{"BIOG", "difficulty"}));
  EXPECT_EQ(said(3), (std::vector<QuasiValue>{"MATM", "build"}));
  EXPECT_EQ(result.left_out, 0U);
  EXPECT_LT(result.columns[1].retained, 1);
  EXPECT_EQ(result.columns[1].level, 0);
  expect_large(groups, result, {});
}

TEST(Anonymity, AColumnOfOneValueIsNotKeptWhenThatIsGone) {
  const std::vector<RowGroup> groups = {group(question("2026-VT", "sv", "BIOG", "essay"), {1, 2, 3, 4})};
  const AnonymityTerms terms;
  const Anonymised result = anonymise(quasi_identifiers(kTable), groups, terms);
  for (const RetainedInformation& column : result.columns)
    EXPECT_EQ(column.retained, column.level == column.levels ? 0 : 1) << column.name;
}

// Columns are found by name: a misspelt one would be looked for in the context.
TEST(Anonymity, EveryQuasiIdentifierIsAColumn) {
  for (const TableSchema& table : tables())
    for (const QuasiIdentifier& quasi : quasi_identifiers(table.id)) {
      bool found = table.id == TableId::kDecisions && (quasi.name == "module" || quasi.name == "stage");
      for (const FieldSpec& field : table.fields) found = found || field.name == quasi.name;
      EXPECT_TRUE(found) << table.name << '.' << quasi.name;
    }
}

TEST(Anonymity, HierarchiesEndInNothing) {
  for (const TableSchema& table : tables())
    for (const QuasiIdentifier& quasi : quasi_identifiers(table.id)) {
      EXPECT_FALSE(generalised(quasi, "BIOG", quasi.levels)) << quasi.name;
      EXPECT_EQ(generalised(quasi, "BIOG", 0), "BIOG") << quasi.name;
      EXPECT_FALSE(generalised(quasi, std::nullopt, 0)) << quasi.name;
    }
}

}  // namespace
}  // namespace qf
