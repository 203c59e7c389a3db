#include "qf/curate/splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qf/core/digest.h"

namespace qf {
namespace {

constexpr std::size_t kMinForTest = 6;
constexpr std::size_t kMinForValidation = 12;

}  // namespace

std::string_view to_string(Split split) {
  constexpr std::array<std::string_view, kSplitCount> kNames = {"train", "validation", "test"};
  return kNames[static_cast<std::size_t>(split)];
}

Assignments assign_splits(const Assignments& old, std::vector<std::string> tags,
                          const std::array<double, kSplitCount>& ratios, std::uint64_t draw) {
  Assignments all = old;
  // Keyed tags are in no order that says anything about people, so their order is as good as a lot.
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  std::erase_if(tags, [&](const std::string& tag) { return old.contains(tag); });
  if (draw != 0) {
    const auto lot = [&](const std::string& tag) { return sha256(std::to_string(draw) + ":" + tag); };
    std::sort(tags.begin(), tags.end(), [&](const std::string& a, const std::string& b) { return lot(a) < lot(b); });
  }

  std::array<std::size_t, kSplitCount> people{};
  std::array<std::size_t, kFoldCount> folds{};
  for (const auto& [tag, assignment] : old) {
    ++people[static_cast<std::size_t>(assignment.split)];
    ++folds[static_cast<std::size_t>(assignment.fold)];
  }
  const std::size_t total = old.size() + tags.size();
  std::size_t unplaced = tags.size();
  // Evaluation splits may hold at most half of all people.
  const std::size_t held_out = people[1] + people[2];
  std::size_t room = total / 2 > held_out ? total / 2 - held_out : 0;

  std::array<std::size_t, kSplitCount> take{};
  const auto fill = [&](Split split, std::size_t needed_people) {
    const auto at = static_cast<std::size_t>(split);
    if (ratios[at] <= 0 || total < needed_people) return;
    const auto wished = static_cast<std::size_t>(std::lround(ratios[at] * static_cast<double>(total)));
    const std::size_t target = std::max(kMinEvaluationSubjects, wished);
    std::size_t more = target > people[at] ? target - people[at] : 0;
    more = std::min({more, unplaced, room});
    if (people[at] + more < kMinEvaluationSubjects) return;  // it would not be worth opening
    take[at] = more;
    unplaced -= more;
    room -= more;
  };
  fill(Split::kTest, kMinForTest);
  fill(Split::kValidation, kMinForValidation);

  for (std::size_t i = 0; i < tags.size(); ++i) {
    Assignment placed;
    if (i < take[2])
      placed.split = Split::kTest;
    else if (i < take[2] + take[1])
      placed.split = Split::kValidation;
    const auto emptiest = std::min_element(folds.begin(), folds.end());
    placed.fold = static_cast<int>(emptiest - folds.begin());
    ++*emptiest;
    all.emplace(tags[i], placed);
  }
  return all;
}

std::array<int, kSplitCount> folds_of_at_least(const std::vector<Assignment>& people, std::size_t k) {
  std::array<int, kSplitCount> folds{};
  for (std::size_t split = 0; split < kSplitCount; ++split) {
    const auto each_holds = [&](int count) {
      std::array<std::size_t, kFoldCount> of{};
      for (const Assignment& one : people)
        if (static_cast<std::size_t>(one.split) == split) ++of[static_cast<std::size_t>(one.fold % count)];
      return std::all_of(of.begin(), of.end(), [k](std::size_t here) { return here == 0 || here >= k; });
    };
    folds[split] = kFoldCount;
    while (folds[split] > 1 && !each_holds(folds[split])) --folds[split];
  }
  return folds;
}

std::vector<std::string> split_warnings(const Assignments& placed, const std::vector<std::string>& tags,
                                        const std::array<double, kSplitCount>& ratios) {
  std::array<std::size_t, kSplitCount> people{};
  for (const std::string& tag : tags)
    if (const auto found = placed.find(tag); found != placed.end())
      ++people[static_cast<std::size_t>(found->second.split)];
  std::vector<std::string> warnings;
  constexpr std::string_view kWayOut = "`qf-dataset split --reassign` places everybody anew";
  const auto wished = [&](Split split, std::size_t needed_people) {
    return ratios[static_cast<std::size_t>(split)] > 0 && tags.size() >= needed_people;
  };
  for (const Split split : {Split::kValidation, Split::kTest}) {
    const auto at = static_cast<std::size_t>(split);
    if (people[at] != 0 && people[at] < kMinEvaluationSubjects)
      warnings.push_back(
          fmt::format("the split {} has come to hold fewer than {} people: what is measured on it says "
                      "little about others; {}",
                      to_string(split), kMinEvaluationSubjects, kWayOut));
  }
  if (people[1] + people[2] == 0 &&
      (wished(Split::kTest, kMinForTest) || wished(Split::kValidation, kMinForValidation)))
    warnings.push_back(
        fmt::format("everybody is in train, though there are people enough for an evaluation split; {}", kWayOut));
  return warnings;
}

}  // namespace qf
