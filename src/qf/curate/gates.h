// Gates: what must hold before a version is published. An open table; a gate is one row and one function.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

enum class Severity : std::uint8_t { kRefuse, kWarn };
std::string_view to_string(Severity severity);

// What the gates look at.
struct GateFacts {
  std::uint64_t rows = 0;  // that would be written
  std::uint64_t decisions = 0;
  std::uint64_t subjects = 0;  // people who have rows
  std::uint64_t confirmed_subjects = 0;
  std::uint64_t sittings_with_decisions = 0;
  std::int64_t required_sessions = 0;
  std::int64_t required_subjects = 0;
  bool is_private = true;
};

struct GateResult {
  std::string name;
  bool passed = false;
  std::string measured, required;
  Severity severity = Severity::kRefuse;
};

struct Gate {
  std::string_view name;
  std::string_view meaning;
  Severity (*severity)(const GateFacts&);
  std::uint64_t (*measure)(const GateFacts&);
  std::uint64_t (*require)(const GateFacts&);
};

std::span<const Gate> gates();
std::vector<GateResult> run_gates(const GateFacts& facts);
// Whether every gate that refuses has passed.
bool may_publish(const std::vector<GateResult>& results);

}  // namespace qf
