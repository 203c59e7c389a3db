// Which rows of which versions must no longer be kept by anyone who has a copy. A tombstone names a row by its
// pseudonymous record_id and says nothing of the person.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

struct Tombstone {
  std::string audience, version;
  std::string record_id;  // "*": every row of the version
  std::string reason;     // a class: erasure, withdrawal, revoked, retention
  std::int64_t removed_at_us = 0;
};

// Adds it in the caller's transaction; one that is there stays as it is.
Status add_tombstone(const Database& database, const Tombstone& tombstone);
// Those of the given that are there already, as they are there.
Result<std::vector<Tombstone>> tombstones_there(const Database& database, std::span<const Tombstone> wanted);
// By audience, version and record.
Result<std::vector<Tombstone>> list_tombstones(const Database& database);

}  // namespace qf
