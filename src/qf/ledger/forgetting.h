// Removing a person from the ledger: every row about them, with nothing of it left in the file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// What the ledger holds of a person.
struct PersonRows {
  std::map<std::string, std::int64_t> tables;  // table → rows; only where there are any
  std::set<std::string> projects;              // named in them as this person's and not registered as another's by now
  bool any() const { return !tables.empty(); }
};
// `subject_tag` is the person's keyed tag; with an empty `subject_key`, only what is known by tag is looked at.
Result<PersonRows> rows_of_person(const Database& database, std::string_view subject_key, std::string_view subject_tag);

// Deletes them, and the history of these projects; in the caller's transaction. The chain keeps its entries and
// commitments: what they said is gone, that there was something is not.
Status forget_person(const Database& database, std::string_view subject_key, std::string_view subject_tag,
                     const std::set<std::string>& projects);

// Writes the file anew without its free pages. Not inside a transaction.
Status compact(const Database& database);

// An erasure as the ledger keeps it: under way until it has an end.
struct ErasureEntry {
  std::int64_t id = 0;
  std::string subject_tag;
  std::int64_t started_at_us = 0;
  std::optional<std::int64_t> finished_at_us;
  std::string journal;  // JSON: what is still to be done; "" once it is finished
  std::string receipt;  // name of its file; "" until it is finished
};
Result<std::vector<ErasureEntry>> load_erasures(const Database& database);
// Returns the number of the new entry.
Result<std::int64_t> begin_erasure(const Database& database, std::string_view subject_tag, std::string_view journal,
                                   std::int64_t started_at_us);
Status finish_erasure(const Database& database, std::int64_t id, std::string_view receipt, std::int64_t finished_at_us);

}  // namespace qf
