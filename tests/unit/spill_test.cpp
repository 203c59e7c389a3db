// What waits on disk for want of memory: sorted runs, flat tables, questions.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>
#include <utility>

#include "qf/core/external_sort.h"
#include "qf/core/flat_map.h"
#include "qf/core/sort_in_threads.h"
#include "qf/ingest/question_store.h"

namespace qf {
namespace {

struct Pair {
  std::uint64_t first = 0, second = 0;
  friend auto operator<=>(const Pair&, const Pair&) = default;
};

TEST(ExternalSort, GivesTheSameOrderWhateverFitsIntoMemory) {
  std::mt19937_64 random(1);
  std::vector<Pair> all(20'000);
  for (Pair& pair : all) pair = {random() % 1'000, random() % 1'000};
  std::vector<Pair> expected = all;
  std::sort(expected.begin(), expected.end());
  for (const std::size_t memory : {std::size_t{1} << 30, std::size_t{40'000}, std::size_t{1}}) {
    ExternalSort<Pair> sort(std::filesystem::temp_directory_path(), memory);
    for (const Pair& pair : all) ASSERT_TRUE(sort.add(pair));
    ASSERT_TRUE(sort.sort());
    std::vector<Pair> sorted;
    while (true) {
      const auto next = sort.next();
      ASSERT_TRUE(next);
      if (*next == nullptr) break;
      sorted.push_back(**next);
    }
    EXPECT_EQ(sorted, expected) << memory;
  }
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

TEST(ExternalSort, HasOneFileOpenHoweverManyRuns) {
  if (!std::filesystem::exists("/proc/self/fd")) GTEST_SKIP() << "no /proc";
  const auto before = open_files();
  std::vector<ExternalSort<Pair>> parts;
  for (int i = 0; i < 3; ++i) parts.emplace_back(std::filesystem::temp_directory_path(), 1);
  std::mt19937_64 random(2);
  std::vector<Pair> expected;
  for (std::size_t i = 0; i < 100'000; ++i) {
    expected.push_back({random() % 1'000, i});
    ASSERT_TRUE(parts[i % parts.size()].add(expected.back()));
  }
  ASSERT_TRUE(parts[1].put_aside());
  EXPECT_EQ(open_files() - before, 3);
  for (std::size_t i = 1; i < parts.size(); ++i) ASSERT_TRUE(parts[0].merge(std::move(parts[i])));
  std::sort(expected.begin(), expected.end());
  ASSERT_TRUE(parts[0].sort());
  for (const Pair& pair : expected) {
    const auto next = parts[0].next();
    ASSERT_TRUE(next && *next != nullptr);
    ASSERT_EQ(**next, pair);
  }
  EXPECT_EQ(open_files() - before, 3);
}

TEST(SortInThreads, GivesTheSameOrderWithAnyNumberOfThreads) {
  std::mt19937_64 random(3);
  std::vector<Pair> all(200'000);
  for (Pair& pair : all) pair = {random() % 5'000, random() % 50};
  std::vector<Pair> expected = all;
  std::sort(expected.begin(), expected.end());
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    std::vector<Pair> sorted = all;
    sort_in_threads(sorted.begin(), sorted.end(), threads);
    EXPECT_EQ(sorted, expected) << threads;
    ExternalSort<Pair> sort(std::filesystem::temp_directory_path(), std::size_t{1} << 30);
    for (const Pair& pair : all) ASSERT_TRUE(sort.add(pair));
    ASSERT_TRUE(sort.sort(threads));
    for (const Pair& pair : expected) {
      const auto next = sort.next();
      ASSERT_TRUE(next && *next != nullptr);
      ASSERT_EQ(**next, pair) << threads;
    }
  }
}

TEST(ExternalSort, SaysThatAFolderIsMissing) {
  ExternalSort<Pair> sort("/nowhere/at/all", 1);
  Status status;
  for (int i = 0; i < 2'000 && status; ++i) status = sort.add({1, 2});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
}

TEST(FlatMap, KeepsEveryValueWhileItGrows) {
  FlatMap map;
  std::mt19937_64 random(2);
  std::vector<std::uint64_t> keys(10'000);
  for (std::uint64_t& key : keys) key = random();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto [value, is_new] = map.find_or_add(keys[i]);
    EXPECT_TRUE(is_new);
    *value = i;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_NE(map.find(keys[i]), nullptr);
    EXPECT_EQ(*map.find(keys[i]), i);
    EXPECT_FALSE(map.find_or_add(keys[i]).second);
  }
  EXPECT_EQ(map.size(), keys.size());
  EXPECT_EQ(FlatMap().find(1), nullptr);
}

TEST(QuestionStore, BringsBackWhatWaitedOnDisk) {
  QuestionStore store(std::filesystem::temp_directory_path());
  const int count = static_cast<int>(QuestionStore::kResident) * 2;
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < count; ++i) {
      bool is_new = false;
      QuestionState& question = store.find_or_add("Q" + std::to_string(i), is_new);
      EXPECT_EQ(is_new, round == 0);
      if (round == 1) {
        EXPECT_EQ(question.order, i);
      }
      question.order = i;
      question.text = "What is " + std::to_string(i) + "?";
      ++question.decisions;
      ASSERT_TRUE(store.trim());
    }
  EXPECT_TRUE(store.contains("Q7"));
  EXPECT_FALSE(store.contains("Q-7"));
  ASSERT_EQ(store.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto looked = store.look(static_cast<std::size_t>(i));
    const QuestionState* question = looked.question;
    ASSERT_EQ(question->id, "Q" + std::to_string(i));
    EXPECT_EQ(question->text, "What is " + std::to_string(i) + "?");
    EXPECT_EQ(question->decisions, 2);
    EXPECT_FALSE(question->title);
  }
  EXPECT_TRUE(store.status());
}

}  // namespace
}  // namespace qf
