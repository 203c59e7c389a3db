#include "qf/core/in_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace qf {
namespace {

TEST(InThreads, EachPieceIsDoneOnce) {
  for (const unsigned threads : {0U, 1U, 2U, 8U, 64U}) {
    std::vector<std::atomic<int>> done(100);
    ASSERT_TRUE(in_threads(done.size(), threads, [&](std::size_t i) -> Status {
      ++done[i];
      return {};
    }));
    for (const auto& count : done) EXPECT_EQ(count, 1);
  }
  EXPECT_TRUE(in_threads(0, 8, [](std::size_t) -> Status { return failure(ErrorCode::kInternal, "never called"); }));
}

TEST(InThreads, TheFirstErrorEndsItAndComesOut) {
  std::atomic<int> done{0};
  const Status ended = in_threads(1'000'000, 4, [&](std::size_t i) -> Status {
    ++done;
    if (i == 10) return failure(ErrorCode::kIo, "the tenth");
    return {};
  });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "the tenth");
  EXPECT_LT(done, 1'000'000);
}

TEST(InThreads, AnExceptionComesOutWhereItCanBeCaught) {
  for (const unsigned threads : {1U, 8U})
    EXPECT_THROW((void)in_threads(100, threads,
                                  [](std::size_t i) -> Status {
                                    if (i == 50) throw std::bad_alloc();
                                    return {};
                                  }),
                 std::bad_alloc);
}

TEST(Beside, GivesTheSameWhereverItRuns) {
  for (const bool wanted : {true, false}) {
    auto text = std::make_unique<std::string>("moved in");
    auto result = beside(wanted, [text = std::move(text)] { return *text; });
    EXPECT_EQ(result.get(), "moved in");
  }
}

}  // namespace
}  // namespace qf
