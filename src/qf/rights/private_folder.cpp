#include "qf/rights/private_folder.h"

#include <fmt/format.h>

namespace qf {

Status make_private_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path path = folder.filename().empty() ? folder.parent_path() : folder;
  if (fs::exists(path, error)) {
    if (!fs::is_directory(path, error) || !fs::is_empty(path, error))
      return failure(ErrorCode::kInvalidInput, path.string() + ": is there and not an empty folder; name a new one");
  } else {
    fs::create_directories(path, error);
  }
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", path.string(), error.message()));
  return {};
}

}  // namespace qf
