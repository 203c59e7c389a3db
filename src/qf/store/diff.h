// What differs between two published versions: rows, columns and settings, with reasons as far as the store knows them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"
#include "qf/store/version_name.h"

namespace qf {

// A row that differs. Its record_id is another in each version; the one of a version that it is not in is "".
struct ChangedRow {
  RowChange change = RowChange::kAdded;
  std::string_view table;
  std::string record_before, record_after;
  std::string_view split_before, split_after;
  std::string fold_before, fold_after;
  std::string reason;
};

struct DiffRequest {
  Store store;
  std::string before, after;  // [AUDIENCE/]MAJOR.MINOR.PATCH
  // For record_ids; unused without `each`.
  std::filesystem::path key_file;
  std::function<void(const ChangedRow&)> each;
};

struct ChangedColumn {
  std::string table, column;
  std::string change;  // added, removed, changed
};

struct VersionDifference {
  NamedVersion before, after;
  RowDifference rows;
  std::uint64_t moved_too = 0;  // of the changed rows, those that are in another split as well
  std::map<std::string, RowDifference> tables;
  // (added, removed, changed or moved; reason) → rows. A reason is the likeliest one that the records of the two builds
  // allow; "unknown" where they allow none.
  std::map<std::pair<std::string, std::string>, std::uint64_t> reasons;
  std::vector<ChangedColumn> columns;
  std::vector<std::string> settings;  // "key: before → after"
  bool other_key = false;             // built under two keys: no row of one can be found in the other
};

// kNotFound where one of them is not there, or gc has removed it with its records.
Result<VersionDifference> diff_versions(const DiffRequest& request);

}  // namespace qf
