// The time that the name of an earlier version of a file carries.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace qf {

// The UTC instant in the name of a history file, in microseconds: 20260120T115844Z, 20260120_115844,
// 2026-01-20T11-58-44, 2026-01-20_115844, each with a fraction (.664, or exactly 3 or 6 digits after '-' or
// '_') and Z or without. Nothing where the name holds no such time or states another zone.
std::optional<std::int64_t> version_time_us(std::string_view file_name);

}  // namespace qf
