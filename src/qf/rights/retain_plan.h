// What a store keeps, with the day on which each thing is due.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qf/ledger/keys.h"
#include "qf/ledger/quarantine.h"
#include "qf/ledger/versions.h"
#include "qf/rights/retain.h"
#include "qf/store/store.h"

namespace qf {

// An item with what carrying it out needs.
struct PlannedItem {
  RetainItem item;
  std::optional<VersionFacts> version;  // of versions and salts
  std::string quarantine_id;
};

// In the order of their kinds and days. `key` may be null: then salts cannot be destroyed.
Result<std::vector<PlannedItem>> plan_retention(const Store& store, const Database& ledger, const KeyFile* key,
                                                const RetainRequest& request);

}  // namespace qf
