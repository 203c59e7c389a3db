// Tells whether bytes that lay on a disk are still the ones that were written.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace qf {

using DamageCheck = std::array<std::uint8_t, 8>;

// XXH3 with 64 bits, several times as fast as SHA-256. It finds damage, not intent: whoever can write the bytes can
// write these, too.
DamageCheck damage_check(std::string_view first, std::string_view second = {});

}  // namespace qf
