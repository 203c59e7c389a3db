#include "qf/core/out_of_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace qf {

void check_out_of_files(const std::filesystem::path& path, int error) {
  if (error == EMFILE || error == ENFILE)
    throw OutOfFiles(
        fmt::format("{}: {}; allow more at a time (`ulimit -n`) and run again: nothing may be left out for it",
                    path.string(), std::strerror(error)));
}

}  // namespace qf
