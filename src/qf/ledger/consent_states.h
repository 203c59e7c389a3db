// What the audit log calls a statement, and agreements that ended by themselves: DPV's states beside the three that a
// person can say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/consent.h"

namespace qf {

// The methods of a withdrawal that the law has words of its own for: an objection (Article 21 GDPR) and a restriction
// of processing (Article 18). And that an agreement on record never counted, whoever found it: DPV's
// ConsentInvalidated. They take effect as every withdrawal does.
inline constexpr std::string_view kObjection = "objection";
inline constexpr std::string_view kRestriction = "restriction";
inline constexpr std::string_view kInvalidated = "invalidated";

// The kind of entry for a statement that stands in the ledger already: consent_given, consent_renewed where the person
// had agreed to that scope before, consent_refused, consent_withdrawn, consent_invalidated, objection, restriction.
Result<std::string> entry_kind(const Database& database, const ConsentStatement& statement);
// Every kind that a statement may have got, whatever was on record before it.
std::vector<std::string> entry_kinds(const ConsentStatement& statement);
// The other way round: the status that an entry of this kind tells of; nothing where it tells of no statement.
std::optional<ConsentStatus> status_of_kind(std::string_view kind);

// Writes an entry consent_expired for each agreement that ran out by then, once. Returns how many were new.
Result<std::size_t> note_expired_consent(const Database& database, std::int64_t now_us);

}  // namespace qf
