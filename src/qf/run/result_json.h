// The facts of a run as JSON: the one form for the screen and for the manifest.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/gates.h"
#include "qf/run/anonymity_facts.h"

namespace qf {

nlohmann::json to_json(const Tally& tally);
nlohmann::json to_json(const std::vector<GateResult>& gates);
nlohmann::json to_json(const std::vector<TableAnonymity>& tables);

}  // namespace qf
