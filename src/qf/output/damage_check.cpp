#include "qf/output/damage_check.h"

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): the name is the library's
#include <arrow/vendored/xxhash.h>

#include <cstring>

namespace qf {

DamageCheck damage_check(std::string_view first, std::string_view second) {
  std::uint64_t hash = XXH3_64bits(first.data(), first.size());
  if (!second.empty()) hash = XXH3_64bits_withSeed(second.data(), second.size(), hash);
  DamageCheck check;
  std::memcpy(check.data(), &hash, check.size());
  return check;
}

}  // namespace qf
