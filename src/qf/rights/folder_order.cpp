#include "qf/rights/folder_order.h"

#include <algorithm>

namespace qf {

bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const std::filesystem::path inner = path.lexically_normal();
  std::filesystem::path outer = folder.lexically_normal();
  // "a/" ends with an empty name, which nothing in it has.
  if (outer.filename().empty() && outer.has_relative_path()) outer = outer.parent_path();
  const auto [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

}  // namespace qf
