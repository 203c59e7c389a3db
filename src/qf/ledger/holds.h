// Legal holds: versions that must stay on the disk, whoever wants them gone, until the hold is lifted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/ledger/versions.h"

namespace qf {

struct VersionHold {
  std::string audience;
  VersionNumber version;
  std::string reason, placed_by;
  std::int64_t placed_at_us = 0;
  std::string lifted_by;
  std::optional<std::int64_t> lifted_at_us;  // absent: in force
};

// All holds, in the order in which they were placed; lifted ones stay on record.
Result<std::vector<VersionHold>> load_holds(const Database& database);
// Whether one of them keeps this version now.
bool is_held(const std::vector<VersionHold>& holds, const VersionFacts& version);

// kRefused where the version is held already or its files are gone; kNotFound where there is none.
Status place_hold(const Database& database, const VersionFacts& version, std::string_view reason,
                  std::string_view placed_by, std::int64_t placed_at_us);
// kNotFound where the version is not held.
Status lift_hold(const Database& database, const VersionFacts& version, std::string_view lifted_by,
                 std::int64_t lifted_at_us);

}  // namespace qf
