// What the gates of a build look at, measured on its staged rows.
#pragma once

#include <vector>

#include "qf/curate/gates.h"
#include "qf/run/build_state.h"

namespace qf {

// Measures, and on the way leaves out the rows that too few people share: between the passes, when splits are known.
// `ledger` is null where there is no store yet.
Result<GateFacts> gate_facts(BuildState& state, const Database* ledger, const std::vector<WrittenSubject>& subjects);

}  // namespace qf
