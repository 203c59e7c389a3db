// Agreements and authorisations whose period is over: numbers are what is left of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

struct EvidenceCounters {
  std::map<std::string, std::int64_t> statements;  // "SCOPE STATUS" → how many
  std::int64_t people = 0, authorisations = 0;
};

// Deletes all statements and authorisations and says how many there were; in the caller's transaction. Without them
// nobody may be used for anything, until they are asked anew.
Result<EvidenceCounters> reduce_evidence(const Database& database);

}  // namespace qf
