#include "qf/ingest/home_path.h"

#include <algorithm>
#include <array>

namespace qf {
namespace {

constexpr std::array<std::string_view, 14> kStandIns = {"USERNAME", "username", "user",    "User",  "Shared",
                                                        "Public",   "Default",  "<name>",  "name",  "admin",
                                                        "Guest",    "root",     "unknown", "manual"};

}  // namespace

std::string_view user_of_path(std::string_view path) {
  for (const std::string_view root : {"/Users/", "/home/", "\\Users\\"}) {
    const std::size_t at = path.find(root);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = path.substr(at + root.size());
    const std::size_t end = rest.find_first_of("/\\");
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
  }
  return {};
}

bool is_stand_in(std::string_view user) {
  return std::find(kStandIns.begin(), kStandIns.end(), user) != kStandIns.end();
}

std::string_view guess_of_path(std::string_view path) {
  const std::string_view user = user_of_path(path);
  return is_stand_in(user) ? std::string_view() : user;
}

}  // namespace qf
