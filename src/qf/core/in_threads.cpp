#include "qf/core/in_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace qf {

unsigned wanted_threads(std::int64_t configured) {
  return configured > 0 ? static_cast<unsigned>(configured) : std::max(1U, std::thread::hardware_concurrency());
}

Status in_threads(std::size_t count, unsigned threads, const std::function<Status(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Status first_error;
  std::exception_ptr thrown;
  const auto run = [&]() noexcept {
    try {
      for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
        Status done = work(i);
        if (done) continue;
        next = count;
        const std::lock_guard lock(mutex);
        if (first_error) first_error = std::move(done);
        return;
      }
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      const std::size_t wanted = std::min<std::size_t>(std::max(1U, threads), count);
      others.reserve(wanted);
      while (others.size() + 1 < wanted) others.emplace_back(run);
    } catch (const std::system_error&) {  // no further thread
    } catch (const std::bad_alloc&) {
    }
    run();
  }
  if (thrown) std::rethrow_exception(thrown);
  return first_error;
}

}  // namespace qf
