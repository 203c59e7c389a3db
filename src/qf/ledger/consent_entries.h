// What the audit log says of consent, beside what is on record of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"

namespace qf {

// The audit log's words for a statement.
std::string entry_body(const ConsentStatement& statement);

// Whether each statement on record is one that an entry of that instant tells of: the record alone has no hashes.
// Statements older than the log, and entries whose bodies were erased, are taken as they are. kCorrupt, naming the row.
Status check_consent(std::span<const ConsentEvent> events, const std::vector<ChainEntry>& entries);

}  // namespace qf
