// Shows the people of a few projects what of their logs would leave, before anything does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ingest/source.h"
#include "qf/store/config.h"

namespace qf {

struct PreviewRequest {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path store, key_file, out;
  Config config;
  std::string language = "sv";
  std::optional<std::int64_t> as_of_us;
  std::int64_t now_us = 0;
};

struct PreviewResult {
  std::uint64_t projects = 0, rows = 0, leaving = 0, set_apart = 0;
  std::map<std::string, std::uint64_t> left_out, masked;
  std::vector<std::string> refused;   // gates that would stop a version made now: then nothing leaves
  std::uint64_t otherwise = 0;        // rows that would leave if they passed
  std::uint64_t if_agreed = 0;        // and of people who have not agreed, if they did: what the page shows of them
  std::vector<std::string> supposed;  // the scopes that the page takes to be given for that
  std::uint64_t all_projects = 0;     // that the rows were computed with
  std::string live_version;           // whose folders were read, too; "" where none is live
  std::vector<SkippedInput> skipped;
};

// Writes the page, for its owner alone, and nothing else: the store is only read, and may not be there yet. What
// leaves, and as what, a dry run of the build says, over these logs and those that the live version rests on.
Result<PreviewResult> preview(const PreviewRequest& request);

}  // namespace qf
