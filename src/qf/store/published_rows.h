// What the store keeps of a published version beside its files: its rows, for comparison, and the record of its build.
#pragma once

#include "qf/core/result.h"
#include "qf/ledger/versions.h"
#include "qf/privacy/policy.h"
#include "qf/store/build_record.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"

namespace qf {

// Opens them once they are known to be those that the ledger has the digest of: a version number or a difference that
// rests on damaged rows would be wrong and nobody could tell. kCorrupt where they are not.
Result<RowIndexReader> open_published_rows(const Store& store, Audience audience, const VersionFacts& version);

// Reads the record of its build once it is known to be of that build: another one names other people. kNotFound where
// there is none, for instance since gc removed the version; kCorrupt where it is damaged or of another build.
Result<BuildRecord> read_published_record(const Store& store, const VersionFacts& version);

}  // namespace qf
