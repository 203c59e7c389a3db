// Room on the disk, asked for before the first byte is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "qf/core/result.h"

namespace qf {

// What a build is expected to write at its fullest, in bytes: the rows between the passes and the version itself.
// From the size of the logs on disk; where a version is there, from its size and that of the logs it was made from.
struct SpaceEstimate {
  std::uint64_t log_bytes = 0;
  std::optional<std::uint64_t> last_version_bytes, last_log_bytes;
  std::uint64_t bytes() const;
};

// kIo, with both figures, where the file system of `folder` has less room than `needed`. Where it does not say, nothing
// is refused: the writes themselves will be.
Status check_space(const std::filesystem::path& folder, std::uint64_t needed);

}  // namespace qf
