#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "qf/curate/splitter.h"

namespace qf {
namespace {

constexpr std::array<double, kSplitCount> kRatios = {0.8, 0.1, 0.1};

RC_GTEST_PROP(SplitterProperty, GrowthMovesNobody,
              (const std::set<std::string>& first, const std::set<std::string>& more)) {
  const Assignments before = assign_splits({}, {first.begin(), first.end()}, kRatios);
  std::set<std::string> everyone = first;
  everyone.insert(more.begin(), more.end());
  const Assignments after = assign_splits(before, {everyone.begin(), everyone.end()}, kRatios);
  RC_ASSERT(after.size() == everyone.size());
  for (const auto& [tag, placed] : before) RC_ASSERT(after.at(tag) == placed);
}

RC_GTEST_PROP(SplitterProperty, TheOrderOfPeopleMakesNoDifference, (std::vector<std::string> tags)) {
  const Assignments sorted = assign_splits({}, tags, kRatios);
  std::reverse(tags.begin(), tags.end());
  RC_ASSERT(assign_splits({}, tags, kRatios) == sorted);
}

RC_GTEST_PROP(SplitterProperty, AnEvaluationSplitHoldsThreeOrNobodyAndTrainHalf, (const std::set<std::string>& tags)) {
  std::array<std::size_t, kSplitCount> people{};
  for (const auto& [tag, placed] : assign_splits({}, {tags.begin(), tags.end()}, kRatios))
    ++people[static_cast<std::size_t>(placed.split)];
  RC_ASSERT(people[1] == 0 || people[1] >= kMinEvaluationSubjects);
  RC_ASSERT(people[2] == 0 || people[2] >= kMinEvaluationSubjects);
  RC_ASSERT(people[0] * 2 >= tags.size());
}

}  // namespace
}  // namespace qf
