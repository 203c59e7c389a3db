// Sorting that is shared out to threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>

#include "qf/core/in_threads.h"

namespace qf {

// Sorts as std::sort does, on up to `threads` threads and without further memory: cut at the median, the halves are
// independent of each other. Items that neither stands before may come in another order than with one thread.
template <class Iterator, class Less = std::less<>>
void sort_in_threads(Iterator begin, Iterator end, unsigned threads, Less less = {}) {
  constexpr std::ptrdiff_t kWorthAThread = 1 << 15;
  if (threads < 2 || end - begin < kWorthAThread) return std::sort(begin, end, less);
  const Iterator middle = begin + (end - begin) / 2;
  std::nth_element(begin, middle, end, less);
  // Sorting cannot fail, only throw, which comes out of in_threads().
  [[maybe_unused]] const Status sorted = in_threads(2, 2, [&](std::size_t half) -> Status {
    if (half == 0)
      sort_in_threads(begin, middle, threads / 2, less);
    else
      sort_in_threads(middle, end, threads - threads / 2, less);
    return {};
  });
}

}  // namespace qf
