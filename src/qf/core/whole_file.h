// A file's content as one text.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>

#include "qf/core/result.h"

namespace qf {

// kNotFound where there is none, kInvalidInput for a folder and for more than `max_bytes`, kIo where it cannot be read.
Result<std::string> read_whole_file(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

}  // namespace qf
