// Addresses and paths that are the same for everybody: what questions about computers are made of.
#pragma once

#include <string_view>

#include "qf/privacy/recognizers.h"

namespace qf {

// Whether what was found is one: loopback, netmasks, private networks (RFC 1918), system folders, the null MAC.
bool is_technical_constant(std::string_view found, EntityType type);

}  // namespace qf
