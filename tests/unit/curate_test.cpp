#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <set>
#include <vector>

#include "qf/curate/duplicates.h"
#include "qf/curate/gates.h"
#include "qf/curate/readiness.h"
#include "qf/curate/splitter.h"

namespace qf {
namespace {

std::vector<std::string> people(int count) {
  std::vector<std::string> tags;
  for (int i = 0; i < count; ++i) tags.push_back("tag" + std::to_string(1000 + i * 7919 % 1000) + std::to_string(i));
  return tags;
}

std::array<int, kSplitCount> sizes(const Assignments& all) {
  std::array<int, kSplitCount> count{};
  for (const auto& [tag, placed] : all) ++count[static_cast<std::size_t>(placed.split)];
  return count;
}

constexpr std::array<double, kSplitCount> kRatios = {0.8, 0.1, 0.1};

TEST(Splitter, FewPeopleGetFewSplits) {
  EXPECT_EQ(sizes(assign_splits({}, people(5), kRatios)), (std::array<int, 3>{5, 0, 0}));
  EXPECT_EQ(sizes(assign_splits({}, people(6), kRatios)), (std::array<int, 3>{3, 0, 3}));
  EXPECT_EQ(sizes(assign_splits({}, people(11), kRatios)), (std::array<int, 3>{8, 0, 3}));
  EXPECT_EQ(sizes(assign_splits({}, people(12), kRatios)), (std::array<int, 3>{6, 3, 3}));
  EXPECT_EQ(sizes(assign_splits({}, people(100), kRatios)), (std::array<int, 3>{80, 10, 10}));
}

TEST(Splitter, SaysWhereAnEvaluationSplitIsMissingOrSmall) {
  const auto all = people(9);
  const Assignments placed = assign_splits({}, all, kRatios);
  EXPECT_TRUE(split_warnings(placed, all, kRatios).empty());
  EXPECT_TRUE(split_warnings(assign_splits({}, people(5), kRatios), people(5), kRatios).empty());
  // Somebody of the test split is gone.
  auto left = all;
  std::erase_if(left, [&, gone = false](const std::string& tag) mutable {
    return !gone && placed.at(tag).split == Split::kTest && (gone = true);
  });
  ASSERT_EQ(left.size(), 8U);
  ASSERT_EQ(split_warnings(placed, left, kRatios).size(), 1U);
  EXPECT_NE(split_warnings(placed, left, kRatios)[0].find("split test"), std::string::npos);
  // One at a time, nobody ever opens one; whoever wants none is not told.
  Assignments one_by_one;
  for (int count = 1; count <= 9; ++count) one_by_one = assign_splits(one_by_one, people(count), kRatios);
  ASSERT_EQ(split_warnings(one_by_one, all, kRatios).size(), 1U);
  EXPECT_NE(split_warnings(one_by_one, all, kRatios)[0].find("everybody is in train"), std::string::npos);
  EXPECT_TRUE(split_warnings(one_by_one, all, {1, 0, 0}).empty());
}

TEST(Splitter, ALaterSplitOpensOnceThreeNewPeopleCanFillIt) {
  const Assignments first = assign_splits({}, people(5), kRatios);
  std::vector<std::string> more = people(5);
  more.insert(more.end(), {"x1", "x2"});
  const Assignments seven = assign_splits(first, more, kRatios);
  EXPECT_EQ(sizes(seven)[2], 0);
  more.insert(more.end(), {"x3", "x4", "x5"});
  EXPECT_EQ(sizes(assign_splits(seven, more, kRatios))[2], 3);
}

TEST(Splitter, ASplitWithAShareOfZeroStaysShut) {
  EXPECT_EQ(sizes(assign_splits({}, people(30), {1.0, 0.0, 0.0})), (std::array<int, 3>{30, 0, 0}));
}

TEST(Splitter, FoldsHoldEquallyManyPeople) {
  std::array<int, kFoldCount> folds{};
  for (const auto& [tag, placed] : assign_splits({}, people(50), kRatios))
    ++folds[static_cast<std::size_t>(placed.fold)];
  for (const int fold : folds) EXPECT_EQ(fold, 10);
}

TEST(SharedTexts, OnlyRowsOfTrainThatStandElsewhereAreNamedInMemoryAndOnDisk) {
  const auto text = [](int number) {
    std::array<std::uint8_t, 16> made{};
    made[0] = static_cast<std::uint8_t>(number);
    made[1] = static_cast<std::uint8_t>(number >> 8);
    return made;
  };
  for (const int others : {0, 5'000}) {
    SharedTexts shared(std::filesystem::temp_directory_path(), 4'096);
    for (int i = 0; i < others; ++i)
      ASSERT_TRUE(shared.add(text(1'000 + i), static_cast<std::uint64_t>(10 + i), Split::kTrain));
    ASSERT_TRUE(shared.add(text(1), 0, Split::kTrain));
    ASSERT_TRUE(shared.add(text(1), 1, Split::kTrain));
    ASSERT_TRUE(shared.add(text(2), 2, Split::kTrain));
    ASSERT_TRUE(shared.add(text(2), 3, Split::kTest));
    ASSERT_TRUE(shared.add(text(3), 4, Split::kTest));
    ASSERT_TRUE(shared.add(text(3), 5, Split::kValidation));
    ASSERT_TRUE(shared.add(text(2), 0, Split::kTrain));
    std::set<std::uint64_t> dropped;
    ASSERT_TRUE(shared.for_each_shared_row_of_train([&](std::uint64_t row) { dropped.insert(row); }));
    EXPECT_EQ(dropped, (std::set<std::uint64_t>{0, 2})) << others;
  }
}

TEST(Gates, APrivateDatasetWarnsAboutFewSessionsAndOthersRefuse) {
  GateFacts facts;
  facts.rows = facts.decisions = 10;
  facts.subjects = facts.permitted_subjects = 1;
  facts.sittings_with_decisions = 5;
  facts.required_sessions = 100;
  facts.required_subjects = 1;
  EXPECT_TRUE(may_publish(run_gates(facts)));
  facts.is_private = false;
  EXPECT_FALSE(may_publish(run_gates(facts)));
  facts.is_private = true;
  facts.rows = 0;
  EXPECT_FALSE(may_publish(run_gates(facts)));
}

TEST(Gates, WithoutAnAuthorisationNothingElseIsSaid) {
  GateFacts facts;
  facts.is_private = false;
  facts.required_subjects = 5;
  facts.authorisations = 0;
  const auto results = run_gates(facts);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].name, "authorisation");
  EXPECT_FALSE(may_publish(results));
}

TEST(Gates, PeopleAreCountedBeforeSmallGroupsAreLeftOut) {
  GateFacts facts;
  facts.is_private = false;
  facts.rows = 1;
  facts.required_subjects = 5;
  facts.permitted_subjects = 4;
  for (const GateResult& one : run_gates(facts))
    if (one.name == "subjects") {
      EXPECT_EQ(one.measured, "4");
      EXPECT_NE(one.hint.find("1 more person with rows is needed"), std::string::npos);
    }
  facts.permitted_subjects = 6;
  facts.subjects = 3;
  for (const GateResult& one : run_gates(facts))
    if (one.name == "subjects") {
      EXPECT_FALSE(one.passed);
      EXPECT_NE(one.hint.find("of 6 people, rows of 3 are left"), std::string::npos);
    }
}

TEST(Readiness, SaysPlainlyThatNoDecisionIsThere) {
  ReadinessFacts facts;
  facts.questions = 3;
  facts.corrections = 2;
  const auto list = assess(facts);
  EXPECT_NE(verdict(facts, list).find("No decision event is in these logs: user_decision is needed"),
            std::string::npos);
  EXPECT_NE(verdict(facts, list).find("corrections (2), questions (3)"), std::string::npos);
  for (const Readiness& one : list) {
    EXPECT_EQ(one.passed, one.hint.empty()) << one.name;
  }
}

TEST(Folds, AreAsManyAsHoldKPeople) {
  using Counts = std::array<int, kSplitCount>;
  std::vector<Assignment> people;
  const auto add = [&](Split split, const std::array<int, kFoldCount>& folds) {
    for (int fold = 0; fold < kFoldCount; ++fold)
      for (int i = 0; i < folds[static_cast<std::size_t>(fold)]; ++i) people.push_back({split, fold});
  };
  EXPECT_EQ(folds_of_at_least({}, 10), (Counts{5, 5, 5})) << "nobody is singled out";
  add(Split::kTrain, {10, 10, 10, 10, 10});
  EXPECT_EQ(folds_of_at_least(people, 10), (Counts{5, 5, 5}));
  people.pop_back();
  EXPECT_EQ(folds_of_at_least(people, 10), (Counts{4, 5, 5})) << "fold 4 goes with fold 0";
  add(Split::kTest, {3, 0, 0, 0, 0});
  EXPECT_EQ(folds_of_at_least(people, 10), (Counts{4, 5, 1})) << "three are too few for any";
  add(Split::kTest, {7, 10, 0, 0, 0});
  EXPECT_EQ(folds_of_at_least(people, 10), (Counts{4, 5, 5}));
}

}  // namespace
}  // namespace qf
