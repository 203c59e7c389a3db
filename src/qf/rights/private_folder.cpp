#include "qf/rights/private_folder.h"

#include <fmt/format.h>

namespace qf {

namespace fs = std::filesystem;

Status check_new_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error)))
    return failure(ErrorCode::kInvalidInput, folder.string() + ": is there and not an empty folder; name a new one");
  return {};
}

namespace {
fs::path without_slash(const fs::path& path) { return path.filename().empty() ? path.parent_path() : path; }
}  // namespace

Status make_folders_above(const fs::path& folder) {
  const fs::path parent = without_slash(folder).parent_path();
  if (parent.empty()) return {};
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", parent.string(), error.message()));
  return {};
}

Status make_private_folder(const fs::path& folder) {
  QF_CHECK(check_new_folder(folder));
  std::error_code error;
  const fs::path path = without_slash(folder);
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", path.string(), error.message()));
  return {};
}

}  // namespace qf
