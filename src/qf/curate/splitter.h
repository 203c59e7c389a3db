// Who is in train, validation and test: people, not rows; who was assigned once stays.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

enum class Split : std::uint8_t { kTrain, kValidation, kTest };
inline constexpr std::size_t kSplitCount = 3;
std::string_view to_string(Split split);

inline constexpr int kFoldCount = 5;
// A split to evaluate on needs several people, or it measures one person's habits.
inline constexpr std::size_t kMinEvaluationSubjects = 3;

struct Assignment {
  Split split = Split::kTrain;
  int fold = 0;
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

// Keyed tag of a person → where they are.
using Assignments = std::map<std::string, Assignment, std::less<>>;

// Places the people of `tags` that `old` does not know; `old` stays as it is. `ratios` are the wished shares of
// people in train, validation and test. A first assignment of 12 people or more has three splits, of 6 to 11 train and
// test, of fewer only train; later a split opens once 3 new people can fill it. At least half of all people
// are in train. The order of `tags` makes no difference; `draw` is the lot: another number gives another placing.
Assignments assign_splits(const Assignments& old, std::vector<std::string> tags,
                          const std::array<double, kSplitCount>& ratios, std::uint64_t draw = 0);

// For each split the most folds, at most kFoldCount, so that every fold (modulo that number) holds `k` of its people or
// nobody; 1 where they are too few. Split and fold together must not stand for a person where no id may.
std::array<int, kSplitCount> folds_of_at_least(const std::vector<Assignment>& people, std::size_t k);

// What people should know of how the people of `tags` are placed: an evaluation split that has come to hold fewer than
// 3, or none at all though there are people enough, who came too few at a time. It tells no small number.
std::vector<std::string> split_warnings(const Assignments& placed, const std::vector<std::string>& tags,
                                        const std::array<double, kSplitCount>& ratios);

}  // namespace qf
