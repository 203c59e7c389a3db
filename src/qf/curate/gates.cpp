#include "qf/curate/gates.h"

#include <algorithm>

namespace qf {
namespace {

Severity refuse(const GateFacts&) { return Severity::kRefuse; }
Severity warn_if_private(const GateFacts& facts) { return facts.is_private ? Severity::kWarn : Severity::kRefuse; }

constexpr Gate kGates[] = {
    {"rows", "there is something to publish", refuse, [](const GateFacts& f) { return f.rows; },
     [](const GateFacts&) { return std::uint64_t{1}; }},
    {"subjects", "people whose rows are in it", refuse, [](const GateFacts& f) { return f.subjects; },
     [](const GateFacts& f) { return static_cast<std::uint64_t>(f.required_subjects); }},
    {"sessions", "sittings that hold a decision", warn_if_private,
     [](const GateFacts& f) { return f.sittings_with_decisions; },
     [](const GateFacts& f) { return static_cast<std::uint64_t>(f.required_sessions); }},
};

}  // namespace

std::string_view to_string(Severity severity) { return severity == Severity::kRefuse ? "refuse" : "warn"; }

std::span<const Gate> gates() { return kGates; }

std::vector<GateResult> run_gates(const GateFacts& facts) {
  std::vector<GateResult> results;
  for (const Gate& gate : kGates) {
    const std::uint64_t measured = gate.measure(facts), required = gate.require(facts);
    results.push_back({std::string(gate.name), measured >= required, std::to_string(measured), std::to_string(required),
                       gate.severity(facts)});
  }
  return results;
}

bool may_publish(const std::vector<GateResult>& results) {
  return std::none_of(results.begin(), results.end(),
                      [](const GateResult& r) { return !r.passed && r.severity == Severity::kRefuse; });
}

}  // namespace qf
