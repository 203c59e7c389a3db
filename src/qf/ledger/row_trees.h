// What the rows of each version were committed to: the root of the tree over their salted hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/ledger/versions.h"

namespace qf {

struct RowTreeRoot {
  std::string root;  // hexadecimal digits
  std::uint64_t rows = 0;
};
Status record_row_tree(const Database& database, std::string_view audience, const VersionNumber& version,
                       const RowTreeRoot& tree);
// Nothing for versions that were published without one.
Result<std::optional<RowTreeRoot>> load_row_tree(const Database& database, std::string_view audience,
                                                 const VersionNumber& version);

// Fills `out` with random bytes for the salts of rows: what nobody draws twice, nobody can guess a row by.
Status draw_row_salts(std::span<std::uint8_t> out);

}  // namespace qf
