// A small test of the redaction that every build which exports text has to pass first.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "qf/privacy/redactor.h"

namespace qf {

// What share of the planted values each profile has to cover whole.
inline constexpr double kSelfTestFloor = 0.98;

struct SelfTestResult {
  std::size_t planted = 0, covered = 0;     // values of people in the built-in texts
  std::size_t innocent = 0, untouched = 0;  // texts that hold nothing of anybody
  std::vector<std::string> missed;          // "type in sv_3": names the built-in text, not a user's
  double recall() const { return planted == 0 ? 0 : static_cast<double>(covered) / static_cast<double>(planted); }
  // Recall at or above the floor, nothing changed by a second redaction, and every innocent text as it was.
  bool passed = false;
};

// Redacts the built-in texts, invented by us, in this profile. Deterministic; a few milliseconds.
SelfTestResult redaction_self_test(RedactionProfile profile);

}  // namespace qf
