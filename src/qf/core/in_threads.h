// Work that is shared out to threads, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "qf/core/result.h"

namespace qf {

// As many threads as a configuration asks for: 0 stands for one for each core.
unsigned wanted_threads(std::int64_t configured);

// Calls work(i) once for each i below `count`, in that order as far as threads come to it, on up to `threads` threads
// of which the calling one is the first. The first error ends it and is returned; an exception (no memory is left) ends
// it as well and comes out here, not in a thread where nobody could catch it. Where the system gives fewer threads,
// those that there are do it all.
Status in_threads(std::size_t count, unsigned threads, const std::function<Status(std::size_t)>& work);

}  // namespace qf
