// Who is in which split, as numbers; and the wish to draw anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "qf/core/result.h"
#include "qf/store/recover.h"

namespace qf {

struct SplitCounts {
  std::map<std::string, std::uint64_t> people;  // by split
  std::map<std::string, std::uint64_t> folds;   // by fold
};
Result<SplitCounts> count_splits(const Database& ledger);

// Forgets where everybody is: the next build of each audience places all its people by a new lot, and is MAJOR where
// somebody moves. Published versions stay as they are.
Status reassign_splits(const WritableStore& store, std::int64_t now_us);

}  // namespace qf
