#include "qf/core/out_of_memory.h"

#include <gtest/gtest.h>

#include <csignal>
#include <new>
#include <stdexcept>
#include <thread>

namespace qf {
namespace {

template <class Exception>
[[noreturn]] void raise(const Exception& exception) {
  throw exception;
}

template <class Exception>
void lose(const Exception& exception) noexcept {  // NOLINT(bugprone-exception-escape): what is tried
  raise(exception);
}

TEST(OutOfMemory, AFunctionThatMayNotThrowEndsTheProgramWithAMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        end_where_memory_is_gone(2, "no memory\n");
        std::thread([] { lose(std::bad_alloc()); }).join();
      },
      testing::ExitedWithCode(2), "^no memory\n$");
}

TEST(OutOfMemory, AnyOtherExceptionAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        end_where_memory_is_gone(2, "no memory\n");
        lose(std::logic_error("a slip"));
      },
      testing::KilledBySignal(SIGABRT), "a slip");
}

}  // namespace
}  // namespace qf
