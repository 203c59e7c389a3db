// What people decided about texts that were set apart, as a build looks it up.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "qf/ledger/quarantine.h"
#include "qf/privacy/row_redaction.h"

namespace qf {

// Items that a person decided about, by id.
using DecidedItems = std::map<std::string, QuarantineItem>;

inline QuarantineDecision decision_about(const DecidedItems& decided, const std::string& id) {
  const auto found = decided.find(id);
  if (found == decided.end()) return QuarantineDecision::kNone;
  return found->second.decision == "release" ? QuarantineDecision::kRelease : QuarantineDecision::kDestroy;
}

// Appends the decisions about one person's texts, in one form: a part of what a build depends on.
inline void append_decisions(const DecidedItems& decided, std::string_view subject_key, std::string& out) {
  for (const auto& [id, item] : decided)
    if (item.subject_key == subject_key) out += "\n" + id + " " + item.decision;
}

}  // namespace qf
