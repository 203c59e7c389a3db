// Building a published version once more, and comparing it file by file with what was published.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/run/reading.h"
#include "qf/store/row_index.h"

namespace qf {

struct RebuildRequest {
  std::filesystem::path store;
  std::string version;                       // [AUDIENCE/]MAJOR.MINOR.PATCH
  std::vector<std::filesystem::path> paths;  // where the logs lie now; empty: where they lay
  std::filesystem::path key_file;
  std::filesystem::path out;  // keeps the rebuilt version; empty: it is compared and removed
  std::int64_t threads = 0;
  std::int64_t now_us = 0;
  ProgressCallback progress;
};

struct RebuiltFile {
  std::string path;
  std::string state;  // same, differs, missing, extra
};

struct RebuildResult {
  std::string version, audience;
  bool same = false;
  bool built = false;  // false where the build's identity is another one: then no file can be the same
  std::vector<RebuiltFile> files;
  std::vector<std::string> reasons;  // why it differs, or may: program, libraries, inputs, consent
  RowDifference rows;                // published → now
  std::filesystem::path path;        // of the rebuilt version, where it was kept
};

// Reads the same inputs under the same configuration, as of the same instant, with the splits and the salt of then.
// What a person no longer allows is not used. The store is only read. kNotFound without a record of that build (gc
// removes it) or without its salt; kInvalidInput under another key.
Result<RebuildResult> rebuild(const RebuildRequest& request);

}  // namespace qf
