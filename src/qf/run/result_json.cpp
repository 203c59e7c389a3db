#include "qf/run/result_json.h"

#include <nlohmann/json.hpp>

namespace qf {

nlohmann::json to_json(const Tally& tally) {
  return {{"files", tally.files},       {"twins", {{"files", tally.twin_files}, {"lines", tally.twin_lines}}},
          {"lines", tally.lines},       {"blank", tally.blank},
          {"pending", tally.pending},   {"salvaged", tally.salvaged},
          {"rejected", tally.rejected}, {"filtered", tally.filtered},
          {"events", tally.events},     {"event_names", tally.event_names},
          {"noted", tally.noted},       {"linked", tally.linked},
          {"orphans", tally.orphans},   {"records", tally.records},
          {"dropped", tally.dropped},   {"written", tally.written}};
}

nlohmann::json to_json(const std::vector<GateResult>& gates) {
  nlohmann::json list = nlohmann::json::array();
  for (const GateResult& gate : gates)
    list.push_back({{"name", gate.name},
                    {"passed", gate.passed},
                    {"measured", gate.measured},
                    {"required", gate.required},
                    {"severity", to_string(gate.severity)}});
  return list;
}

}  // namespace qf
