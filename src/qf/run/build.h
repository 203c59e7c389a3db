// The build: from logs to a published version, in one path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/gates.h"
#include "qf/run/config.h"
#include "qf/run/reading.h"

namespace qf {

struct BuildRequest {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path store;
  std::filesystem::path key_file;
  Config config;
  std::optional<std::int64_t> as_of_us;  // absent: now
  std::int64_t now_us = 0;               // the one reading of the clock
  bool dry_run = false;
  ProgressCallback progress;
};

struct BuildResult {
  std::string version;  // empty: nothing was published
  std::string audience;
  std::filesystem::path path;
  bool unchanged = false;
  bool dry_run = false;
  Tally tally;
  std::vector<GateResult> gates;
  std::string content_digest, logical_digest;
  double seconds = 0;
  std::uint64_t bytes = 0;  // of the logs, decompressed
  std::vector<SkippedInput> skipped;
  std::vector<std::string> next;  // commands that lead on from a refusal
  std::vector<std::string> warnings;
  std::uint64_t subjects = 0, confirmed_subjects = 0;
  bool key_created = false;
};

// Builds. A refusal by a gate is a result without a version; an error means that the run could not go on.
Result<BuildResult> build(const BuildRequest& request);

}  // namespace qf
