// Gates: what must hold before a version is published. An open table; a gate is one row and one function.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

enum class Severity : std::uint8_t { kRefuse, kWarn };
std::string_view to_string(Severity severity);

// What the gates look at. What is absent was not looked at, since the build does not need it.
struct GateFacts {
  std::uint64_t rows = 0;                // that would be written
  std::uint64_t permitted_subjects = 0;  // people whose rows may be in it, before small groups are left out
  std::uint64_t decisions = 0;
  std::uint64_t subjects = 0;  // people who have rows
  std::uint64_t confirmed_subjects = 0;
  std::uint64_t sittings_with_decisions = 0;
  std::int64_t required_sessions = 0;
  std::int64_t required_subjects = 0;
  bool is_private = true;

  std::optional<std::uint64_t> authorisations;  // in force for the audience
  struct SelfTest {
    double recall = 0, floor = 0;
    bool passed = false;
  };
  std::optional<SelfTest> self_test;         // of the redaction, its worse profile
  std::optional<std::uint64_t> quarantined;  // texts that await a decision, each once
  struct Anonymity {
    std::uint64_t k = 0, required_k = 0;                // people in the smallest group of rows
    std::uint64_t l = 0, required_l = 0;                // different choices in the group with the fewest
    std::uint64_t suppressed = 0, most_suppressed = 0;  // rows left out
    std::string hint;
  };
  std::optional<Anonymity> anonymity;
  std::optional<std::uint64_t> linking_columns;  // of pseudonyms, that tie rows of one person to each other
  struct TextTies {
    std::uint64_t tied = 0, rows = 0;
    std::string columns;
  };
  std::optional<TextTies> text_ties;      // rows that a text tells to be of one person with another row
  std::optional<std::uint64_t> canaries;  // invented people that came through
  struct Differencing {
    std::uint64_t people = 0, required = 0;  // fewest that a version which somebody holds would tell apart
    std::string hint;
    std::vector<std::string> in_the_way;  // versions that tell too few apart
  };
  std::optional<Differencing> differencing;
};

struct GateResult {
  std::string name;
  bool passed = false;
  std::string measured, required;
  Severity severity = Severity::kRefuse;
  std::string hint{};  // what would help, where it did not pass
};

struct Gate {
  std::string_view name;
  std::string_view meaning;
  // Nothing where the gate does not apply.
  std::optional<GateResult> (*look)(const GateFacts&);
};

std::span<const Gate> gates();
std::vector<GateResult> run_gates(const GateFacts& facts);
// Whether every gate that refuses has passed.
bool may_publish(const std::vector<GateResult>& results);

}  // namespace qf
