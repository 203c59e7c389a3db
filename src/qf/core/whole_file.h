// A file's content as one text.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>

#include "qf/core/result.h"

namespace qf {

// Of a store and of versions only regular files are read: from a pipe or a device, a read may never end. What a person
// names may be one (`--config <(…)`).
enum class FileKind { kRegular, kAny };

// kInvalidInput where something is there that is no regular file; nothing where there is none.
Status check_regular(const std::filesystem::path& path);

// kNotFound where there is none, kInvalidInput for what is no file of that kind and for more than `max_bytes`, kIo
// where it cannot be read.
Result<std::string> read_whole_file(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::numeric_limits<std::size_t>::max(),
                                    FileKind kind = FileKind::kRegular);

}  // namespace qf
