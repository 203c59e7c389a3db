// What a store has on record about its versions, for people to read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/holds.h"
#include "qf/store/store.h"

namespace qf {

struct ListedVersion {
  std::string audience, version, state;
  std::int64_t created_at_us = 0, as_of_us = 0;
  std::optional<std::int64_t> removed_at_us;
  bool held = false;
  std::filesystem::path path;  // "" where its files are gone: removed, or missing where there is no removed_at_us
  std::string program_version, key_id, identity, content_digest, logical_digest;
};
// By audience and number.
Result<std::vector<ListedVersion>> list_versions(const Store& store);

struct ShownVersion {
  ListedVersion listed;
  std::vector<VersionHold> holds;
  std::string manifest;  // JSON; "" where its files are gone
};
Result<ShownVersion> show_version(const Store& store, std::string_view name);

}  // namespace qf
