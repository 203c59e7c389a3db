// Which counts leave with a version: outside the private circle none that fewer than five people make up.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/gates.h"
#include "qf/privacy/policy.h"
#include "qf/run/anonymity_facts.h"

namespace qf {

// Of a count of people; below it the count itself would point at somebody.
inline constexpr std::uint64_t kFewestPeople = 5;

// The tally as the manifest holds it. Outside the private circle it says what the files say anyway: counts by reason,
// event and rule are of who happened to be left out or to have met them, and sums would give single ones back.
nlohmann::json leaving_tally(const Tally& tally, Audience audience);

// The gates with what they measured, except where that is a count of few people's rows.
std::vector<GateResult> leaving_gates(std::vector<GateResult> gates, Audience audience);

// What was measured of singling out. Never how many rows were left out, and no count of one to four people.
nlohmann::json leaving_anonymity(const std::vector<TableAnonymity>& tables);

// "fewer than 5" for one to four.
std::string people_in_words(std::uint64_t people);

}  // namespace qf
