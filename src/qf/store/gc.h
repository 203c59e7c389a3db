// Removing versions that nobody needs any more: on request, never a live one, never one under legal hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/recover.h"

namespace qf {

struct GcItem {
  std::string audience, version;
  std::uint64_t bytes = 0;  // of its folder and its records
  bool removed = false;     // in a dry run: would be
  std::string kept_because;
};

// Every version whose files are there, and what becomes of it. `only` names versions; empty: all that are superseded or
// revoked. A version named that may not go is kRefused, before anything is removed.
Result<std::vector<GcItem>> plan_gc(const Store& store, const Database& ledger, const std::vector<std::string>& only);

// Carries a plan out: the ledger first, then what recover() removes of a version that the ledger says is gone.
Status collect(const Store& store, const WritableStore& writable, const std::vector<GcItem>& plan, std::int64_t now_us);

}  // namespace qf
