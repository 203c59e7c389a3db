// Comparing versions: what somebody who holds an earlier one would learn from the next about a few people.
#pragma once

#include <optional>
#include <vector>

#include "qf/curate/gates.h"
#include "qf/run/build_state.h"

namespace qf {

// Compares what would be published with every version that somebody is known to hold and that stands. Of each it counts
// the people who came, those who went, those whose rows came or went, those with new rows in a group, and those of whom
// anything differs: fewer than k of any could be told apart by whoever holds both. Gives the fewest, 0 where nothing
// differs; nothing where nobody holds a version.
Result<std::optional<GateFacts::Differencing>> compare_with_received(BuildState& state, const Database& ledger,
                                                                     const std::vector<WrittenSubject>& subjects);

}  // namespace qf
