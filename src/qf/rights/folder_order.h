// Whether a path lies in a folder.
#pragma once

#include <filesystem>

namespace qf {

// By their names alone, `.`, `..` and a slash at the end aside; links are the caller's. A folder is below itself.
bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace qf
