// The digests of rows that are grouped with those of others: of what a row says when it is published, and not of what
// its log said before values were generalised and emptied.
#pragma once

#include <functional>
#include <string_view>

#include "qf/core/result.h"
#include "qf/run/row_groups.h"
#include "qf/run/settled_row.h"
#include "qf/run/staging.h"

namespace qf {

struct SaidRows {
  const StagedRun& run;
  const RowGroups& groups;
  bool external = false;  // then no row says what was decided before it
  std::string_view salt;  // goes into each digest: whose rows they are, where the rows say that
};

// Calls `each` with every row of the project that is published and the digest of all its columns but the pseudonyms
// and its place in the splits. What a row shows of earlier ones is part of it.
using SaidSink = std::function<Status(const StagedBlock& block, const StagedEntry& entry, const RowDigest& digest)>;
Status for_each_said(const SaidRows& rows, const StagedRun::Project& project, const SaidSink& each);

}  // namespace qf
