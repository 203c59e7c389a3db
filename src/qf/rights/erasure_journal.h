// What an erasure still has to do once its transaction is through, kept in the ledger until it is finished. It names
// nobody.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/tombstones.h"
#include "qf/rights/erase_plan.h"

namespace qf {

struct JournalVersion {
  Audience audience = Audience::kPrivate;
  std::string version, state_before, unknown;
  std::string identity, key_id;  // of the salt that is to be destroyed; "" where others share it
  std::string name() const { return std::string(to_string(audience)) + "/" + version; }
};

struct ErasureJournal {
  std::vector<JournalVersion> versions;
  std::vector<SuccessorPlan> successors;
  std::map<std::string, std::int64_t> ledger_rows, names_masked;
  // Of the person's rows, those that nobody was to keep before: they keep their older reason and time.
  std::vector<Tombstone> listed_before;
};

ErasureJournal journal_of(const ErasePlan& plan);
std::string journal_json(const ErasureJournal& journal);
Result<ErasureJournal> parse_journal(std::string_view json);

// The rows that were this person's, of the versions that this erasure took back.
Result<std::vector<Tombstone>> tombstones_of_erasure(const Database& ledger, const ErasureJournal& journal,
                                                     std::int64_t started_at_us);

}  // namespace qf
