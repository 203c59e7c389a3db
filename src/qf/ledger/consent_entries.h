// What the audit log says of consent and of the register, beside what is on record of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/people.h"

namespace qf {

// The audit log's words for a statement.
std::string entry_body(const ConsentStatement& statement);

// The statements that entries tell of, by the numbers of the entries; without those whose bodies are gone
// and those that retention has since reduced to counts.
std::vector<ConsentEvent> told_statements(const std::vector<ChainEntry>& entries);

// Whether the register is what the audit log says of it: of each project the last entry names its owner, and each such
// project is in the register. Projects whose entries were erased, are older than the log or came with an imported one
// are taken as they are. kCorrupt, naming what does not agree.
Status check_owners(std::span<const ProjectOwner> owners, const std::vector<ChainEntry>& entries);

// Whether each statement on record is one that an entry of that instant tells of, and each that an entry tells of is on
// record: the record alone has no hashes. Statements older than the log, and entries whose bodies were erased, are
// taken as they are. kCorrupt, naming the row or the entry.
Status check_consent(std::span<const ConsentEvent> events, const std::vector<ChainEntry>& entries);

}  // namespace qf
