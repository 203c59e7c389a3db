#include "qf/run/result_json.h"

#include <nlohmann/json.hpp>

namespace qf {

nlohmann::json to_json(const Tally& tally) {
  return {{"files", tally.files},
          {"twins", {{"files", tally.twin_files}, {"lines", tally.twin_lines}}},
          {"lines", tally.lines},
          {"blank", tally.blank},
          {"pending", tally.pending},
          {"salvaged", tally.salvaged},
          {"rejected", tally.rejected},
          {"filtered", tally.filtered},
          {"events", tally.events},
          {"event_names", tally.event_names},
          {"noted", tally.noted},
          {"linked", tally.linked},
          {"orphans", tally.orphans},
          {"records", tally.records},
          {"dropped", tally.dropped},
          {"masked", tally.masked},
          {"quarantined", tally.quarantined},
          {"quarantined_rows", tally.quarantined_rows},
          {"written", tally.written}};
}

nlohmann::json to_json(const std::vector<GateResult>& gates) {
  nlohmann::json list = nlohmann::json::array();
  for (const GateResult& gate : gates)
    list.push_back({{"name", gate.name},
                    {"passed", gate.passed},
                    {"measured", gate.measured},
                    {"required", gate.required},
                    {"severity", to_string(gate.severity)},
                    {"hint", gate.hint}});
  return list;
}

nlohmann::json to_json(const std::vector<TableAnonymity>& tables) {
  nlohmann::json list = nlohmann::json::array();
  for (const TableAnonymity& table : tables) {
    const Anonymised& facts = table.facts;
    nlohmann::json columns = nlohmann::json::array();
    for (const RetainedInformation& column : facts.columns)
      columns.push_back({{"name", column.name},
                         {"level", column.level},
                         {"levels", column.levels},
                         {"retained_information", column.retained}});
    list.push_back({{"table", table.table},
                    {"k", facts.k},
                    {"l", facts.l},
                    {"groups", facts.classes},
                    {"rows", facts.rows},
                    {"left_out", facts.left_out},
                    {"locally_suppressed", facts.locally_suppressed},
                    {"people", facts.people},
                    {"unique_rows", {{"before", facts.unique_before}, {"after", facts.unique_after}}},
                    {"unique_profiles", {{"before", facts.profiles_before}, {"after", facts.profiles_after}}},
                    {"columns", std::move(columns)},
                    {"rare_values_in", facts.rare_values_in}});
  }
  return list;
}

}  // namespace qf
