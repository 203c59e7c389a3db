// The rows of a published version, as the store keeps them for comparison.
#pragma once

#include "qf/core/result.h"
#include "qf/ledger/versions.h"
#include "qf/privacy/policy.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"

namespace qf {

// Opens them once they are known to be those that the ledger has the digest of: a version number or a difference that
// rests on damaged rows would be wrong and nobody could tell. kCorrupt where they are not.
Result<RowIndexReader> open_published_rows(const Store& store, Audience audience, const VersionFacts& version);

}  // namespace qf
