#include "qf/run/leaving_counts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/run/result_json.h"

namespace qf {

std::string people_in_words(std::uint64_t people) {
  return people == 0 || people >= kFewestPeople ? std::to_string(people) : fmt::format("fewer than {}", kFewestPeople);
}

nlohmann::json leaving_tally(const Tally& tally, Audience audience) {
  if (audience == Audience::kPrivate) return to_json(tally);
  return {{"written", tally.written}};
}

std::vector<GateResult> leaving_gates(std::vector<GateResult> gates, Audience audience) {
  if (audience == Audience::kPrivate) return gates;
  for (GateResult& gate : gates)
    if (gate.name == "suppression" || gate.name == "quarantine")
      gate.measured = gate.passed ? "within the limit" : "some";
  return gates;
}

nlohmann::json leaving_anonymity(const std::vector<TableAnonymity>& tables) {
  nlohmann::json list = to_json(tables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    list[i].erase("left_out");
    list[i].erase("locally_suppressed");
    list[i].erase("rows");
    list[i].erase("unique_rows");
    const Anonymised& facts = tables[i].facts;
    list[i]["people"] = people_in_words(facts.people);
    list[i]["unique_profiles"] = people_in_words(facts.profiles_after);
  }
  return list;
}

}  // namespace qf
