// What a store keeps, with the day on which each thing is due.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

// Whose salt a version has or, where nothing says that any more, what it was of a version without a linkage group.
std::string salt_of(const Store& store, const VersionFacts& version);

// Since when nothing uses a salt: the last removal of a version that has it. Nothing while one of them is there.
std::optional<std::int64_t> salt_unused_since(const Store& store, const std::vector<VersionFacts>& versions,
                                              std::string_view salt);

// In the order of their kinds and days. `key` may be null: then salts cannot be destroyed.
Result<std::vector<PlannedItem>> plan_retention(const Store& store, const Database& ledger, const KeyFile* key,
                                                const RetainRequest& request);

}  // namespace qf
