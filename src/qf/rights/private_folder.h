// A folder that only its owner may read, for papers about people.
#pragma once

#include <filesystem>

#include "qf/core/result.h"

namespace qf {

// kInvalidInput where something is there that is no empty folder.
Status check_new_folder(const std::filesystem::path& folder);

// Makes the folders above it, where they are missing.
Status make_folders_above(const std::filesystem::path& folder);

// Makes the folder (mode 0700). kInvalidInput where it is there and not empty, or is no folder.
Status make_private_folder(const std::filesystem::path& folder);

}  // namespace qf
