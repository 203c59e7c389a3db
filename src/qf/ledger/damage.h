// What is said where the ledger holds what this program does not write.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// kCorrupt, with the ledger's path before `what` and the way on behind it.
inline tl::unexpected<Error> damaged_ledger(const Database& ledger, std::string_view what) {
  return failure(ErrorCode::kCorrupt,
                 fmt::format("{}: {}: put the ledger back from a backup", ledger.path().string(), what));
}

}  // namespace qf
