#include "qf/core/audience.h"

namespace qf {

std::string_view to_string(Audience audience) {
  constexpr std::array<std::string_view, kAudiences.size()> kNames = {"private", "internal", "external"};
  return kNames[static_cast<std::size_t>(audience)];
}

std::optional<Audience> audience_named(std::string_view name) {
  for (const Audience audience : kAudiences)
    if (to_string(audience) == name) return audience;
  return std::nullopt;
}

}  // namespace qf
