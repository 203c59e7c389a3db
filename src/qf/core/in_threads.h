// Work that is shared out to threads, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

#include "qf/core/result.h"

namespace qf {

// More than any machine of today has cores; what asks for more is a slip.
inline constexpr std::int64_t kMostThreads = 1024;

// As many threads as a configuration asks for: 0 stands for one for each core.
unsigned wanted_threads(std::int64_t configured);

// Calls work(i) once for each i below `count`, in that order as far as threads come to it, on up to `threads` threads
// of which the calling one is the first. The first error ends it and is returned; an exception (no memory is left) ends
// it as well and comes out here, not in a thread where nobody could catch it. Where the system gives fewer threads,
// those that there are do it all.
Status in_threads(std::size_t count, unsigned threads, const std::function<Status(std::size_t)>& work);

// Starts `work` on a thread of its own. Where none is wanted, or the system gives none, whoever asks for the result
// does it.
template <class Work>
std::future<std::invoke_result_t<Work&>> beside(bool wanted, Work work) {
  // Shared, since an attempt that fails takes along what it was given.
  const auto shared = std::make_shared<Work>(std::move(work));
  const auto call = [shared] { return (*shared)(); };
  if (wanted) try {
      return std::async(std::launch::async, call);
    } catch (const std::system_error&) {  // no further thread
    }
  return std::async(std::launch::deferred, call);
}

}  // namespace qf
