#include "qf/privacy/technical_constants.h"

#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

bool is_common_address(std::string_view address) {
  if (const std::size_t prefix = address.find('/'); prefix != std::string_view::npos)
    address = address.substr(0, prefix);
  if (is_one_of(address, "::|::1|fe80::|fe80::1|ff02::1|2001:db8::|2001:db8::1")) return true;
  std::array<int, 4> part{};
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::size_t dot = address.find('.');
    if ((dot == std::string_view::npos) != (i == 3) || dot == 0 || address.empty()) return false;
    part[i] = number_of(address.substr(0, dot));
    address = i == 3 ? std::string_view() : address.substr(dot + 1);
  }
  return part[0] == 0 || part[0] == 10 || part[0] == 127 || part[0] == 255 || (part[0] == 192 && part[1] == 168) ||
         (part[0] == 172 && part[1] >= 16 && part[1] < 32);
}

// Of the system, and no folder of a user anywhere in it.
bool is_system_path(std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  const std::string_view root = path.substr(1, path.find('/', 1) - 1);
  return is_one_of(root, "etc|usr|bin|sbin|lib|dev|proc|sys|var|tmp|boot|opt") &&
         path.find("home") == std::string_view::npos && path.find("Users") == std::string_view::npos;
}

}  // namespace

bool is_technical_constant(std::string_view found, EntityType type) {
  switch (type) {
    case EntityType::kIpAddress: return is_common_address(found);
    case EntityType::kPath: return is_system_path(found);
    case EntityType::kMacAddress: return found.find_first_not_of("0:-.fF") == std::string_view::npos;
    default: return false;
  }
}

}  // namespace qf
