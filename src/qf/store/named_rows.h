// The rows of a version by name: which of them are a person's, and what the version calls them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/tombstones.h"
#include "qf/store/build_record.h"
#include "qf/store/store.h"

namespace qf {

// The record_id of a row in the version of this pseudonymiser: so whoever holds the key can name a row of the store's
// row index.
using RecordName = std::array<char, Pseudonymiser::kLength>;
void name_row(const Pseudonymiser& pseudonymiser, TableId table, const RowKey& key, RecordName& name);

// Names people and rows as the version of this record did. Nothing where its salt is not there.
Result<std::optional<Pseudonymiser>> pseudonymiser_of(const KeyFile& key, const BuildRecord& record);

// Whether rows of the project were published as the person's, or as somebody else's though the project is among
// `projects`, which are theirs: before the register was put right, or while the owner was guessed.
bool holds_rows_of(const RecordedProject& project, std::string_view subject_tag, const std::set<std::string>& projects);

// By number, whether a project of the record is the person's: the rows of the index carry these numbers.
std::vector<bool> projects_of_person(const BuildRecord& record, std::string_view subject_tag,
                                     const std::set<std::string>& projects);

// The tombstones of a person's rows in a version: by name, or all of the version where they cannot be told apart.
// `key` may be null: then they cannot.
std::vector<Tombstone> tombstones_of(const Store& store, const KeyFile* key, Audience audience,
                                     const VersionFacts& facts, std::string_view subject_tag,
                                     const std::set<std::string>& projects, std::string_view reason,
                                     std::int64_t removed_at_us);

}  // namespace qf
