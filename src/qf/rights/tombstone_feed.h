// The signed list of rows that nobody may keep: for whoever has a copy of a version.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/tombstones.h"

namespace qf {

// The feed as it is to be written: JSON, signed like a receipt.
Result<std::string> tombstone_feed(std::span<const Tombstone> stones, const KeyFile& key, std::int64_t issued_at_us);

struct TombstoneFeed {
  std::string issued_at, public_key;
  std::vector<Tombstone> stones;
};
// kCorrupt where it is no whole feed, or its signature does not hold. `public_key`: whose signature it must be; "":
// whoever it names.
Result<TombstoneFeed> parse_feed(std::string_view text, std::string_view public_key);

// Writes the feed of all tombstones of a store; returns how many there are.
Result<std::size_t> write_feed(const std::filesystem::path& store, const std::filesystem::path& key_file,
                               const std::filesystem::path& out, std::int64_t issued_at_us);

// What of these rows a folder still holds: a version, part of one, or an export.
struct CopyFile {
  std::string path;        // below the folder
  std::uint64_t rows = 0;  // that nobody may keep
  bool removed = false;
  std::string by_hand;  // why they cannot be removed
};
struct CopyCheck {
  std::vector<CopyFile> files;  // that hold any
  std::size_t files_read = 0;
  std::string whole_version;  // the folder is a copy of a version that nobody may keep at all
  std::uint64_t rows_left() const;
};
// Looks into every file: tables of ours by their record_id, any other for the names of the rows. With `remove`, tables
// and JSON Lines are written anew without them; what a folder says of its own sums then holds no longer.
Result<CopyCheck> check_copy(const std::filesystem::path& folder, std::span<const Tombstone> stones, bool remove);

}  // namespace qf
